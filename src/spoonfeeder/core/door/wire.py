"""How uvicorn listens: limits on what it would otherwise buffer or wait for without end (A44, A59)."""

import asyncio
from http import HTTPStatus
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from spoonfeeder.core.door.refusals import AddressTooLong, BadRequest, BodyTooSlow, HeadersTooLarge
from spoonfeeder.core.door.websocket import ABORT, AbortableWebSocket
from spoonfeeder.core.error_forms import formed
from spoonfeeder.core.errors import AppError

MAX_HEAD_BYTES = 64 * 1024
MAX_TARGET_BYTES = 16 * 1024
HEAD_SECONDS = 15.0
LINGER_SECONDS = 1.0
WEBSOCKET_MESSAGE_BYTES = 256 * 1024


class GuardedHttp(HttpToolsProtocol):
    """A head has at most 64 KiB and 15 s, and its target is a path; what is refused ends the connection."""

    head_seconds = HEAD_SECONDS
    _head_bytes = 0
    _head_is_open = False
    _timer: asyncio.TimerHandle | None = None
    _refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        super().data_received(data)
        if self._head_is_open:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self._hang_up(HeadersTooLarge())

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {ABORT: self.transport.abort}  # type: ignore[dict-item]
        self._head_is_open, self._head_bytes = True, 0
        self._start_timer()

    def on_headers_complete(self) -> None:
        self._head_is_open = False
        self._stop_timer()
        if not self.url.startswith(b"/"):
            raise BadRequest
        if len(self.url) > MAX_TARGET_BYTES:
            self._hang_up(AddressTooLong())
            raise AddressTooLong
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        self._hang_up(BadRequest("This is not a valid HTTP request."))

    def _start_timer(self) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(self.head_seconds, self._too_slow)

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        if self._head_is_open:
            self._hang_up(BodyTooSlow("The request did not arrive in time."))
        else:
            self.transport.close()

    def _hang_up(self, error: AppError) -> None:
        """Answers and closes a moment later: closing with unread input would reset the client before it has read."""
        if self._refused or self.transport.is_closing():
            return
        self._refused, self._head_is_open = True, False
        self._stop_timer()
        status, form = formed(self.url.partition(b"?")[0].decode("latin-1"), error.envelope())
        body = orjson.dumps(form)
        head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\ncontent-type: application/json\r\n"
        head += f"content-length: {len(body)}\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n"
        self.transport.write(head.encode("ascii") + body)
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._timer = self.loop.call_later(LINGER_SECONDS, self.transport.close)


def server_options() -> dict[str, Any]:
    """Keyword arguments of `uvicorn.Config`, beside the application, the address and logging."""
    return {
        "http": GuardedHttp,
        "ws": AbortableWebSocket,
        "ws_max_size": WEBSOCKET_MESSAGE_BYTES,
        "ws_per_message_deflate": False,
        "server_header": False,
        "proxy_headers": False,
        "timeout_keep_alive": 15,
        "access_log": False,
        "log_config": None,
    }
