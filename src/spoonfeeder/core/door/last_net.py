"""The last net: what nobody expected becomes a plain 500 without a word of its cause, and a log line with it."""

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spoonfeeder.core.door.refusals import answer
from spoonfeeder.core.errors import AppError

log = structlog.get_logger("spoonfeeder.door")


class LastNet:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_noting(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        except Exception:
            log.exception("request failed", method=scope.get("method", "WEBSOCKET"), path=scope["path"])
            if not started:
                await answer(scope, send, AppError())
