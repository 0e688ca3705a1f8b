"""Every request as an operator sees it: counted and timed, a span where they are wanted, and a line in the log.

All three name the route's template and never the address, which may hold ids, words to search for and signatures.
"""

import time
from contextlib import AbstractContextManager
from typing import Any

import structlog
from asgi_correlation_id import correlation_id
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spoonfeeder.core.actor import User
from spoonfeeder.core.telemetry import Telemetry

METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
OTHER_METHOD = "OTHER"
UNMATCHED = "(none)"
SOCKETS = "/socket.io"
GONE = 499
"""nginx's number for a caller who went away before there was an answer; whatever fails has one of ours by here."""
FAILED = 500
TRACE_HEADERS = {b"traceparent", b"tracestate"}

log = structlog.get_logger("spoonfeeder.access")
context_of = TraceContextTextMapPropagator()


class Traffic:
    """Whoever knows the route writes its template into the request's state, as `route`; `actor` is who asks."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry, *, logs: bool) -> None:
        self._app = app
        self._metrics = telemetry.metrics
        self._tracing = telemetry.tracing
        self._logs = logs
        self._timers: dict[tuple[str, str, int], Histogram] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        status, started = GONE, time.perf_counter()

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self._metrics.in_flight += 1
        try:
            if self._tracing.is_on:
                with self._span(scope) as span:
                    try:
                        await self._app(scope, receive, send_noting)
                    finally:
                        _finish(span, scope, status)
            else:
                await self._app(scope, receive, send_noting)
        finally:
            self._metrics.in_flight -= 1
            self._note(scope, state, status, time.perf_counter() - started)

    def _note(self, scope: Scope, state: dict[str, Any], status: int, seconds: float) -> None:
        method, route = _method(scope), route_of(scope)
        self._timer(method, route, status // 100).observe(seconds)
        if self._logs:
            actor: User | None = state.get("actor")
            log.info(
                "request",
                method=method,
                route=route,
                status=status,
                duration_ms=round(seconds * 1000, 3),
                user=str(actor.user_id) if actor else None,
            )

    def _timer(self, method: str, route: str, status_class: int) -> Histogram:
        key = (method, route, status_class)
        timer = self._timers.get(key)
        if timer is None:
            timer = self._timers[key] = self._metrics.requests.labels(method, route, f"{status_class}xx")
        return timer

    def _span(self, scope: Scope) -> AbstractContextManager[Span]:
        """It goes on with the caller's trace where that names one."""
        carrier = {name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in TRACE_HEADERS}
        return self._tracing.tracer.start_as_current_span(
            _method(scope),
            context=context_of.extract(carrier),
            kind=SpanKind.SERVER,
            attributes={"spoonfeeder.request_id": correlation_id.get() or ""},
            record_exception=False,
            set_status_on_exception=False,
        )


def route_of(scope: Scope) -> str:
    route: str | None = scope["state"].get("route")
    if route is not None:
        return route
    path = scope["path"]
    return SOCKETS if path == SOCKETS or path.startswith(f"{SOCKETS}/") else UNMATCHED


def _method(scope: Scope) -> str:
    method: str = scope["method"]
    return method if method in METHODS else OTHER_METHOD


def _finish(span: Span, scope: Scope, status: int) -> None:
    method, route = _method(scope), route_of(scope)
    span.update_name(f"{method} {route}")
    span.set_attributes({"http.request.method": method, "http.route": route, "http.response.status_code": status})
    if status >= FAILED:
        span.set_status(StatusCode.ERROR)
