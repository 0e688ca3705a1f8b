"""Notes every answer for the API log, at its end; what is kept of it stands in `calls`."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spoonfeeder.features.logs.calls import WaitingCalls

NEVER_ANSWERED = 500


def note_route(scope: Scope) -> None:
    """For the door, whose scope is another one, with the same state."""
    route = scope.get("route")
    if route is not None:
        scope["state"]["route"] = route.path_format


class ApiLog:
    """What fails without an answer of its own counts as 500, which the door then sends."""

    def __init__(self, app: ASGIApp, calls: WaitingCalls) -> None:
        self._app = app
        self._calls = calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        at, started = time.time(), time.perf_counter()
        status = NEVER_ANSWERED

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        finally:
            note_route(scope)
            self._calls.add(scope, at, status, time.perf_counter() - started)
