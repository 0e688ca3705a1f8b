"""OpenTelemetry, for those who name a collector: spans of requests, statements, calls and rows; else it costs nothing.

No span holds a parameter, a path, a prompt or a key: what it holds is listed where it is begun.
"""

import asyncio
from contextlib import suppress
from importlib.util import find_spec
from threading import Thread
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import NoOpTracer, Span, SpanKind, StatusCode, Tracer
from sqlalchemy import Engine, event

from spoonfeeder import __version__
from spoonfeeder.core.settings import Settings, SettingsError

EXPORT_SECONDS = 3.0
CLOSE_SECONDS = 4.0
NEEDED = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")
MISSING = (
    "OTEL_EXPORTER_OTLP_ENDPOINT is set, and OpenTelemetry is not installed: start with SPOONFEEDER_EXTRA=otel"
    " ./spoonfeeder, or pip install 'spoonfeeder[otel]'."
)


class Tracing:
    """`tracer` makes spans that go to the collector, or nowhere where none is named (`is_on` tells)."""

    def __init__(self, provider: Any = None) -> None:
        self._provider = provider
        self.is_on = provider is not None
        self.tracer: Tracer = provider.get_tracer("spoonfeeder", __version__) if provider else NoOpTracer()

    def trace_statements(self, engine: Engine) -> None:
        """From now on each statement inside a span of ours is one too, with its text and never its parameters."""
        if self.is_on:
            event.listen(engine, "before_cursor_execute", self._begin_statement)
            event.listen(engine, "after_cursor_execute", _end_statement)
            event.listen(engine, "handle_error", _fail_statement)

    async def close(self) -> None:
        """Sends what waits, for a few seconds at most; then the thread that waits for the collector is left behind."""
        if not self._provider:
            return
        loop, sent = asyncio.get_running_loop(), asyncio.Event()

        def send() -> None:
            self._provider.shutdown()
            with suppress(RuntimeError):  # the loop is closed by now
                loop.call_soon_threadsafe(sent.set)

        Thread(target=send, daemon=True).start()
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await sent.wait()

    def _begin_statement(
        self, _connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool
    ) -> None:
        if context is None or not trace.get_current_span().is_recording():
            return
        known = {"db.system.name": "postgresql", "db.query.text": statement}
        name = statement.split(maxsplit=1)[0].upper()
        context.span = self.tracer.start_span(name, kind=SpanKind.CLIENT, attributes=known)


def _end_statement(
    _connection: Any, _cursor: Any, _statement: str, _parameters: Any, context: Any, _many: bool
) -> None:
    span: Span | None = getattr(context, "span", None)
    if span is not None:
        span.end()


def _fail_statement(told: Any) -> None:
    """Postgres may name values in its message, so that only the kind of error is kept."""
    span: Span | None = getattr(told.execution_context, "span", None)
    if span is not None:
        code = getattr(told.original_exception, "sqlstate", None)
        span.set_attribute("error.type", code or type(told.original_exception).__name__)
        span.set_status(StatusCode.ERROR)
        span.end()


def open_tracing(settings: Settings, process: str) -> Tracing:
    """Raises SettingsError where a collector is named and the packages are missing.

    Everything else that OTEL_* variables say (headers, sampler, resource attributes), the SDK reads itself.
    """
    if not settings.otel_exporter_otlp_endpoint:
        return Tracing()
    if not _is_installed():
        raise SettingsError(MISSING)
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    address = f"{settings.otel_exporter_otlp_endpoint}/v1/traces"
    resource = Resource.create({"service.name": f"spoonfeeder-{process}", "service.version": __version__})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(address, timeout=EXPORT_SECONDS)))
    return Tracing(provider)


def _is_installed() -> bool:
    try:
        return all(find_spec(name) for name in NEEDED)
    except ModuleNotFoundError:
        return False
