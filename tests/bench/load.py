"""The load generator, a process of its own: `python -m tests.bench.load SPEC`, which prints what it measured as JSON.

`calls` are closed loops of one connection each; `streams` read answers whose tokens carry their times (`@12.3;`);
`sockets` are Socket.IO clients that hear such tokens in events.
"""

import asyncio
import base64
import json
import os
import re
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import uvloop

TOKEN = re.compile(rb"@(\d+\.\d+);")
IN_EVENT = re.compile(rb'"current_node": ?"@(\d+\.\d+);')
FINAL = re.compile(rb"final-(\d+)")
LONGEST = 64
START_SECONDS = 0.025
SETTLE_SECONDS = 1.5
AGAIN_SECONDS = 0.5
MOST_SECONDS = 180.0
REFUSED = b"HTTP/1.1 5"
CONNECTION_LOST = "the connection broke off"


def quantile(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def _told(seconds: list[float]) -> dict[str, float]:
    return {f"p{part}": quantile(seconds, part / 100) * 1000 for part in (50, 95, 99)} if seconds else {}


async def milliseconds(work: Awaitable[Any]) -> float:
    began = time.perf_counter()
    await work
    return (time.perf_counter() - began) * 1000


class Wire:
    """One HTTP connection that stays open; answers have a length or are chunked."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def call(self, request: bytes) -> tuple[int, bytes]:
        self.writer.write(request)
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        status = int(head[9:12])
        length = head.partition(b"content-length:")[2].partition(b"\r")[0]
        if length:
            return status, await self.reader.readexactly(int(length))
        whole = bytearray()
        while not whole.endswith(b"0\r\n\r\n"):
            piece = await self.reader.read(65_536)
            assert piece, CONNECTION_LOST
            whole += piece
        return status, bytes(whole)


async def opened(url: str) -> Wire:
    target = urlsplit(url)
    return Wire(*await asyncio.open_connection(target.hostname, target.port, limit=2**22))


def request_of(method: str, url: str, body: Any = None) -> bytes:
    target = urlsplit(url)
    path = target.path + (f"?{target.query}" if target.query else "")
    content = json.dumps(body).encode() if body is not None else b""
    kind = "Content-Type: application/json\r\n" if content else ""
    return (
        f"{method} {path} HTTP/1.1\r\nHost: {target.netloc}\r\n{kind}Content-Length: {len(content)}\r\n\r\n".encode()
        + content
    )


async def calls(
    url: str, clients: int, seconds: float, body: Any = None, status: int = 200, **_: Any
) -> dict[str, Any]:
    """Also the bodies' `"id"`s where what is made has one."""
    request = request_of("POST" if body is not None else "GET", url, body)
    wires = [await opened(url) for _ in range(clients)]
    taken: list[float] = []
    ids: list[str] = []
    ends = time.perf_counter() + seconds

    async def loop(wire: Wire) -> None:
        while (began := time.perf_counter()) < ends:
            answered, content = await wire.call(request)
            taken.append(time.perf_counter() - began)
            assert answered == status, (answered, content[:500])
            if status == 201:
                ids.append(json.loads(content)["data"]["id"])

    began = time.perf_counter()
    await asyncio.gather(*(loop(wire) for wire in wires))
    spent = time.perf_counter() - began
    return {"per_second": len(taken) / spent, "count": len(taken), "ids": ids, **_told(taken)}


class Stream:
    """One answer, read on; `delays` are those of its tokens since `counts` was set."""

    def __init__(self) -> None:
        self.delays: list[float] = []
        self.begun = asyncio.Event()
        self.counts = False
        self.refused = 0

    async def read(self, url: str, request: bytes) -> None:
        """Asks again where the server refuses for the moment, or hangs up before the first token."""
        while True:
            wire = await opened(url)
            try:
                wire.writer.write(request)
                await self._listen(wire)
            finally:
                wire.writer.transport.abort()
            assert not self.begun.is_set(), CONNECTION_LOST
            self.refused += 1
            await asyncio.sleep(AGAIN_SECONDS)

    async def _listen(self, wire: Wire) -> None:
        rest = b""
        while piece := await wire.reader.read(65_536):
            clock = time.monotonic()
            rest += piece
            if rest.startswith(REFUSED):
                return
            last = 0
            for found in TOKEN.finditer(rest):
                last = found.end()
                if self.counts:
                    self.delays.append(clock - float(found[1]))
            if last:
                self.begun.set()
            rest = rest[last:][-LONGEST:]


async def streams(url: str, body: Any, clients: int, seconds: float) -> dict[str, Any]:
    """Counts from a moment after all have begun, who come one after the other."""
    request = request_of("POST", url, body)
    all_streams = [Stream() for _ in range(clients)]
    async with asyncio.timeout(MOST_SECONDS):
        async with asyncio.TaskGroup() as group:
            reading = []
            for stream in all_streams:
                reading.append(group.create_task(stream.read(url, request)))
                await asyncio.sleep(START_SECONDS)
            for stream in all_streams:
                await stream.begun.wait()
            await asyncio.sleep(SETTLE_SECONDS)
            for stream in all_streams:
                stream.counts = True
            await asyncio.sleep(seconds)
            for task in reading:
                task.cancel()
    delays = [delay for stream in all_streams for delay in stream.delays]
    refused = sum(stream.refused for stream in all_streams)
    return {"per_second": len(delays) / seconds, "refused": refused, **_told(delays)}


def _framed(text: str) -> bytes:
    """A short masked text frame of WebSocket, with a mask of zeros."""
    data = text.encode()
    head = bytes([0x81, 0x80 | len(data)]) if len(data) < 126 else bytes([0x81, 0xFE]) + len(data).to_bytes(2, "big")
    return head + bytes(4) + data


class Socket(asyncio.Protocol):
    """Hears tokens and final states; no more is parsed than that needs."""

    def __init__(self, host: str, subscription: str | None) -> None:
        self._host = host
        self._subscription = subscription
        self._rest = b""
        self.ready = asyncio.get_running_loop().create_future()
        self.delays: list[float] = []
        self.finals: set[bytes] = set()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {self._host}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        clock = time.monotonic()
        if not self.ready.done():
            self._enter(data)
        if b"\x81\x012" in data:
            self._transport.write(_framed("3"))
        self._rest += data
        last = 0
        for found in IN_EVENT.finditer(self._rest):
            last = found.end()
            self.delays.append(clock - float(found[1]))
        for found in FINAL.finditer(self._rest):
            last = max(last, found.end())
            self.finals.add(found[1])
        self._rest = self._rest[last:][-LONGEST:]

    def _enter(self, data: bytes) -> None:
        """Opened → Socket.IO session → room."""
        if b'0{"sid"' in data:
            self._transport.write(_framed("40"))
        if b'40{"sid"' in data:
            if self._subscription is None:
                self.ready.set_result(None)
            else:
                self._transport.write(_framed(f'420["subscribe:session","{self._subscription}"]'))
        if b'430[{"ok":true' in data.replace(b" ", b""):
            self.ready.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(CONNECTION_LOST))


async def sockets(
    url: str, clients: int, finals: int, within_seconds: float, session: str | None = None
) -> dict[str, Any]:
    """Listens until every socket has heard all final states, or is out of time."""
    target = urlsplit(url)
    loop: Any = asyncio.get_running_loop()
    heard: list[Socket] = []
    for _ in range(clients):
        _, socket = await loop.create_connection(partial(Socket, target.netloc, session), target.hostname, target.port)
        await asyncio.wait_for(socket.ready, 30)
        heard.append(socket)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    ends = time.perf_counter() + within_seconds
    while time.perf_counter() < ends and any(len(socket.finals) < finals for socket in heard):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    delays = [delay for socket in heard for delay in socket.delays]
    lost = sum(finals - len(socket.finals) for socket in heard)
    return {"events": len(delays), "finals_lost": lost, **_told(delays)}


KINDS: dict[str, Callable[..., Awaitable[dict[str, Any]]]] = {"calls": calls, "streams": streams, "sockets": sockets}


async def main(spec: dict[str, Any]) -> None:
    measured = await KINDS[spec.pop("kind")](**spec)
    sys.stdout.write(json.dumps(measured))


if __name__ == "__main__":
    uvloop.run(main(json.loads(sys.argv[1])))
