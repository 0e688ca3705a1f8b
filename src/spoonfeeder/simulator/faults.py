"""What can be made to go wrong, from a test or through the control route."""

import asyncio
import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Kind = Literal["drop_reply", "drop_request", "status", "html", "empty", "json", "slow", "cut"]


@dataclass
class HttpFault:
    """Hits the next `times` requests whose method and path begin so; the path without /api.

    drop_reply: does the work, then resets the connection; drop_request: resets without doing it; status: `status`
    with a JSON body; html: 502 with a page; empty: 200 and nothing; json: 200 and `body`; slow: waits `seconds`, then
    works; cut: sends half of the reply's body and resets.
    """

    path: str
    kind: Kind
    method: str = "*"
    times: int = 1
    status: int = 500
    body: Any = None
    seconds: float = 1.0

    def fits(self, method: str, path: str) -> bool:
        return self.times > 0 and self.method in ("*", method) and path.removeprefix("/api").startswith(self.path)


@dataclass
class Faults:
    """`sockets_silent`: sockets are accepted, nothing is ever sent. `sockets_refused`: the handshake is answered 403.
    `worker_dead`: the worker thread ends with the next prompt, which then runs for ever. `own_prompt_ids`: chosen
    prompt ids are ignored, as by servers before 0.3.45. `history_entries` is laid over what /history answers."""

    http: list[HttpFault] = field(default_factory=list)
    sockets_silent: bool = False
    sockets_refused: bool = False
    worker_dead: bool = False
    own_prompt_ids: bool = False
    history_entries: dict[str, Any] = field(default_factory=dict)

    def add(self, path: str, kind: Kind, **more: Any) -> HttpFault:
        fault = HttpFault(path, kind, **more)
        self.http.append(fault)
        return fault

    def clear(self) -> None:
        self.http.clear()
        self.history_entries.clear()
        self.sockets_silent = self.sockets_refused = self.worker_dead = self.own_prompt_ids = False

    def take(self, method: str, path: str) -> HttpFault | None:
        for fault in self.http:
            if fault.fits(method, path):
                fault.times -= 1
                return fault
        return None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


async def play(fault: HttpFault, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> bool:
    """Does what the fault says; True if the connection has to be reset afterwards."""
    if fault.kind == "drop_request":
        return True
    if fault.kind == "drop_reply":
        await app(scope, receive, _swallow)
        return True
    if fault.kind == "cut":
        await app(scope, receive, _Half(send))
        return True
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
        await app(scope, receive, send)
        return False
    await _answer(fault, send)
    return False


async def _swallow(message: Message) -> None:
    return None


class _Half:
    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.body":
            body = message.get("body", b"")
            message = {**message, "body": body[: len(body) // 2], "more_body": True}
        await self._send(message)


async def _answer(fault: HttpFault, send: Send) -> None:
    replies = {
        "status": (fault.status, b"application/json", b'{"error": "made up by the simulator"}'),
        "html": (502, b"text/html", b"<html><body><h1>502 Bad Gateway</h1></body></html>"),
        "empty": (200, b"application/json", b""),
        "json": (200, b"application/json", json.dumps(fault.body).encode()),
    }
    status, content_type, body = replies[fault.kind]
    headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
