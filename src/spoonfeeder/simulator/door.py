"""The outermost layer: body limit, foreign origins, counted requests, faults, and 500 for what nobody caught."""

from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spoonfeeder.simulator.faults import Faults, play

BODY_LIMIT_BYTES = 104_857_600
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class BodyTooLarge(Exception):
    """The request has more bytes than the server takes."""


class Door:
    def __init__(self, app: ASGIApp, faults: Faults, requests: Counter[str], reset: Callable[[Scope], None]) -> None:
        self._app = app
        self._faults = faults
        self._requests = requests
        self._reset = reset

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif self._faults.sockets_refused:
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._requests[f"{scope['method']} {scope['path'].removeprefix('/api') or '/'}"] += 1
        fault = self._faults.take(scope["method"], scope["path"])
        if fault is None:
            await self._guarded(scope, receive, send)
        elif await play(fault, self._guarded, scope, receive, send):
            self._reset(scope)
            while not await _is_disconnected(receive):
                pass

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        if is_foreign(scope):
            await Response(status_code=403)(scope, receive, send)
            return
        scope["app"] = self._app
        try:
            await self._app(scope, _limited(receive), send)
        except BodyTooLarge:
            text = f"Maximum request body size {BODY_LIMIT_BYTES} exceeded."
            await PlainTextResponse(text, 413)(scope, receive, send)
        except Exception:  # noqa: BLE001  whatever it was, the client of a ComfyUI sees just this
            text = "500 Internal Server Error\n\nServer got itself in trouble"
            await PlainTextResponse(text, 500)(scope, receive, send)


def is_foreign(scope: Scope) -> bool:
    """A loopback Host together with an Origin of another host or port."""
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    host, origin = headers.get(b"host", ""), headers.get(b"origin", "")
    if not origin or urlsplit(f"//{host}").hostname not in _LOOPBACK:
        return False
    return str(urlsplit(origin).netloc).lower() != str(host).lower()


async def _is_disconnected(receive: Receive) -> bool:
    return bool((await receive())["type"] == "http.disconnect")


def _limited(receive: Receive) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > BODY_LIMIT_BYTES:
            raise BodyTooLarge
        return message

    return counted
