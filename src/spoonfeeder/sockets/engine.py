"""engine.io with bounds: on connections, on what waits for a slow reader, and on the time a write may take."""

import asyncio
from typing import Any

import engineio
from engineio.async_drivers.asgi import WebSocket
from engineio.async_drivers.asgi import _async as asgi_driver
from engineio.exceptions import SocketIsClosedError
from starlette.types import Receive, Scope, Send

from spoonfeeder.core.door.refusals import BadRequest, answer
from spoonfeeder.core.door.request_line import header_values
from spoonfeeder.core.door.websocket import ABORT
from spoonfeeder.sockets.limits import Limits
from spoonfeeder.sockets.outbox import Outbox


class Wire(WebSocket):  # type: ignore[misc]
    """One WebSocket; a reader that takes nothing for long is cut off, since uvicorn would wait for it for ever."""

    def __init__(self, handler: Any, server: "Engine") -> None:
        super().__init__(handler, server)
        self._outbox: Outbox = handler.__self__.queue
        self._write_seconds = server.limits.write_seconds

    async def __call__(self, environ: dict[str, Any]) -> Any:
        extensions = environ["asgi.scope"].get("extensions") or {}
        self._outbox.abort = extensions.get(ABORT, self._outbox.abort)
        return await super().__call__(environ)

    async def send(self, message: str | bytes) -> None:
        try:
            async with asyncio.timeout(self._write_seconds):
                await super().send(message)
        except TimeoutError:
            self._outbox.abort()
            raise


class Engine(engineio.AsyncServer):  # type: ignore[misc]
    def __init__(self, *, limits: Limits, **options: Any) -> None:
        self.limits = limits
        self.closing = False
        self.dropped = 0
        self.cut = 0
        super().__init__(async_mode="asgi", max_http_buffer_size=limits.inbound_bytes, **options)
        self._async: dict[str, Any] = {**asgi_driver, "websocket": Wire}

    async def handle_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A WebSocket that a proxy on the way did not let upgrade is told so; engine.io would take it for one."""
        if scope["type"] == "http" and b"websocket" in header_values(scope, b"upgrade"):
            await answer(scope, send, BadRequest("A WebSocket needs `Connection: upgrade`; let the proxy send it."))
        else:
            await super().handle_request(scope, receive, send)

    def create_queue(self, *args: Any, **kwargs: Any) -> Outbox:
        return Outbox(self.limits, self._count_dropped)

    def _count_dropped(self, packets: int) -> None:
        self.dropped += packets

    async def send_packet(self, sid: str, pkt: Any) -> None:
        """Never waits for the reader; one that does not keep up is dropped."""
        socket = self.sockets.get(sid)
        if socket is None or socket.closed:
            return
        try:
            await socket.send(pkt)
        except SocketIsClosedError:
            return
        if socket.queue.lost:
            self.cut += 1
            await self.drop(sid)
            socket.queue.abort()

    async def drop(self, sid: str) -> None:
        """Ends a connection without waiting for its reader; what waits for it is lost."""
        self.forget_waiting(sid)
        await self.end(sid)

    def forget_waiting(self, sid: str) -> None:
        """What waits for the reader is not sent any more."""
        socket = self.sockets.get(sid)
        if socket is not None:
            socket.queue.clear()

    async def end(self, sid: str) -> None:
        """Ends a connection once its reader has taken what waits for it, or too long has not."""
        socket = self.sockets.pop(sid, None)
        if socket is None:
            return
        await socket.close(wait=False)
        socket.queue.put_nowait(None)

    async def _handle_connect(self, environ: dict[str, Any], transport: str, jsonp_index: int | None = None) -> Any:
        if self.closing or len(self.sockets) >= self.limits.connections:
            return {"status": "503 SERVICE UNAVAILABLE", "headers": [("Retry-After", "5")], "response": b"Not now"}
        return await super()._handle_connect(environ, transport, jsonp_index)
