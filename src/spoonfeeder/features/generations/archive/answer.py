"""The answer that is an archive: whole, or visibly cut off."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import structlog
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from spoonfeeder.core.door.websocket import ABORT
from spoonfeeder.core.late_answers import nobody_reads, until_left
from spoonfeeder.core.server_sent_events import ServerStops, Streams
from spoonfeeder.core.waiting_events import WaitingEvents
from spoonfeeder.features.generations.archive.zip_stream import Sending

STUCK_SECONDS = 600.0
"""A download may be paused for as long."""

log = structlog.get_logger(__name__)


class Archive(Response):
    """Sends what `write` gives it. A reader who leaves ends it at once, one who is slow slows it.

    What is raised before the first bytes is rendered as a handler's errors; later the connection is cut, so that
    nobody takes half an archive for a whole one.
    """

    media_type = "application/zip"

    def __init__(self, write: Callable[[Sending], Awaitable[object]], headers: Mapping[str, str]) -> None:
        super().__init__(headers=dict(headers))
        del self.headers["content-length"]
        self._write = write
        self._has_begun = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        streams: Streams = scope["app"].state.streams
        with streams.opened() as stopping:
            is_answered = await until_left(receive, self._answer(stopping, scope, send))
        if not is_answered and not self._has_begun:
            await nobody_reads(scope, receive, send)

    async def _answer(self, stopping: WaitingEvents, scope: Scope, send: Send) -> None:
        try:
            if not await until_left(partial(_as_leaving, stopping), self._send_all(send)):
                raise ServerStops
        except Exception as error:
            cut = scope.get("extensions", {}).get(ABORT)
            if not self._has_begun or cut is None:
                raise
            log.warning("archive_cut_off", exc_info=error)
            cut()

    async def _send_all(self, send: Send) -> None:
        async def leave(piece: bytes) -> None:
            if not self._has_begun:
                self._has_begun = True
                await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            async with asyncio.timeout(STUCK_SECONDS):
                await send({"type": "http.response.body", "body": piece, "more_body": True})

        await self._write(leave)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _as_leaving(stopping: WaitingEvents) -> Message:
    """Waits for the server's end."""
    await stopping.take()
    return {"type": "http.disconnect"}
