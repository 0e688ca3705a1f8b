"""HTTP spoken by hand over a plain socket, for requests that no client library would send."""

import asyncio
import contextlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from spoonfeeder.core.door.wire import server_options
from tests.serving import Server
from tests.waiting import until


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.json["code"])


class RunningServer:
    """The application behind a real uvicorn on a free loopback port."""

    def __init__(self, app: ASGIApp, **options: Any) -> None:
        self._server = Server(uvicorn.Config(app, port=0, lifespan="off", **(server_options() | options)))
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "RunningServer":
        self._task = asyncio.create_task(self._server.serve())
        await until(lambda: self._server.started)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.end()
        if self._task:
            await self._task

    @property
    def port(self) -> int:
        port: int = self._server.servers[0].sockets[0].getsockname()[1]
        return port

    async def send(self, *parts: bytes, within_seconds: float = 10.0) -> Answer:
        """Sends the parts over one connection and reads its answer until the server closes it."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            with contextlib.suppress(ConnectionError):
                for part in parts:
                    writer.write(part)
                    await writer.drain()
            async with asyncio.timeout(within_seconds):
                return parsed(await reader.read(-1))
        finally:
            writer.close()


def parsed(raw: bytes) -> Answer:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return Answer(int(first.split()[1]), {name.lower(): value for name, value in headers.items()}, body)


def request(
    method: str = "GET",
    target: str = "/api/things",
    *,
    host: str | None = "localhost",
    headers: Iterable[tuple[str, str]] = (),
    body: bytes | None = None,
    content_type: str | None = "application/json",
) -> bytes:
    """One request as bytes, after whose answer the connection closes."""
    lines = [f"{method} {target} HTTP/1.1", "Connection: close"]
    if host is not None:
        lines.append(f"Host: {host}")
    lines += [f"{name}: {value}" for name, value in headers]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
        lines += [f"Content-Type: {content_type}"] if content_type else []
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b"")
