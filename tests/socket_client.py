"""A Socket.IO client over `websockets`, since python-socketio's own needs aiohttp (STACK: keep it out).

engine.io 4 frames: 0 open, 1 close, 2 ping, 3 pong, 4 message; inside a message 0 connect, 1 disconnect, 2 event,
3 acknowledgement, 4 refused (https://socket.io/docs/v4/engine-io-protocol/, https://socket.io/docs/v4/socket-io-protocol/).
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, NamedTuple

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PATH = "/socket.io/?EIO=4&transport=websocket"


class Refused(Exception):
    """The server does not take this connection; the argument is what it said."""


class Received(NamedTuple):
    name: str
    payload: Any
    at: float
    """time.monotonic() when it was read."""


class SocketClient:
    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.received: list[Received] = []
        self.sid: str | None = None
        self.ended = asyncio.Event()
        self.refusal: Any = None
        self._ids = count()
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._connected = asyncio.Event()
        self._news = asyncio.Condition()
        self._task = asyncio.create_task(self._read())

    def payloads(self, name: str) -> list[Any]:
        return [received.payload for received in self.received if received.name == name]

    async def send(self, frame: str | bytes) -> None:
        """A raw engine.io frame."""
        await self.connection.send(frame)

    async def emit(self, name: str, *arguments: Any) -> None:
        await self.send("42" + json.dumps([name, *arguments]))

    async def call(self, name: str, *arguments: Any, within_seconds: float = 30.0) -> Any:
        """Emits and returns the acknowledgement's argument."""
        number = next(self._ids)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self.send(f"42{number}" + json.dumps([name, *arguments]))
        async with asyncio.timeout(within_seconds):
            return await answer

    async def event(
        self, name: str, fits: Callable[[Any], bool] = lambda _: True, *, within_seconds: float = 30.0
    ) -> Any:
        """The payload of the first event of that name that fits, received before or yet to come."""

        def found() -> list[Any]:
            return [payload for payload in self.payloads(name) if fits(payload)]

        async with asyncio.timeout(within_seconds), self._news:
            await self._news.wait_for(lambda: found() or self.ended.is_set())
        if not found():
            raise ConnectionError(f"the connection ended before {name}")
        return found()[0]

    async def join(self, namespace: str = "/", *, auth: Any = None, within_seconds: float = 30.0) -> None:
        """Opens the Socket.IO session; raises Refused."""
        shown = "" if auth is None else json.dumps(auth)
        await self.send(f"40{shown}" if namespace == "/" else f"40{namespace},{shown}")
        async with asyncio.timeout(within_seconds), self._news:
            await self._news.wait_for(lambda: self._connected.is_set() or self.refusal or self.ended.is_set())
        if not self._connected.is_set():
            raise Refused(self.refusal)

    async def until_ended(self, *, within_seconds: float = 30.0) -> None:
        """Returns when the server has ended the connection."""
        async with asyncio.timeout(within_seconds):
            await self.ended.wait()

    async def close(self) -> None:
        await self.connection.close()
        await self._task

    async def _read(self) -> None:
        try:
            async for frame in self.connection:
                assert isinstance(frame, str)
                await self._take(frame)
        except ConnectionClosed:
            pass
        finally:
            self.ended.set()
            for answer in self._answers.values():
                if not answer.done():
                    answer.cancel()
            async with self._news:
                self._news.notify_all()

    async def _take(self, frame: str) -> None:
        if frame == "2":
            await self.connection.send("3")
        elif frame.startswith("42"):
            name, *arguments = json.loads(frame[2:])
            self.received.append(Received(name, arguments[0] if arguments else None, time.monotonic()))
        elif frame.startswith("43"):
            bracket = frame.index("[")
            answer = self._answers.pop(int(frame[2:bracket]))
            if not answer.done():
                answer.set_result(json.loads(frame[bracket:])[0])
        elif frame.startswith("44"):
            self.refusal = json.loads(frame[frame.index("{") if "{" in frame else frame.index('"') :])
        elif frame.startswith("40"):
            self.sid = json.loads(frame[2:])["sid"]
            self._connected.set()
        async with self._news:
            self._news.notify_all()


@asynccontextmanager
async def raw_socket(
    base_url: str, headers: Mapping[str, str] | None = None, query: str = ""
) -> AsyncIterator[SocketClient]:
    """An engine.io connection to `http://host:port` without a Socket.IO session yet."""
    address = base_url.replace("http", "ws", 1) + PATH + query
    async with connect(address, additional_headers=headers, compression=None, max_size=None) as connection:
        client = SocketClient(connection)
        try:
            yield client
        finally:
            await client.close()


@asynccontextmanager
async def open_socket(
    base_url: str, headers: Mapping[str, str] | None = None, *, auth: Any = None, query: str = ""
) -> AsyncIterator[SocketClient]:
    """A connected Socket.IO client; raises Refused."""
    async with raw_socket(base_url, headers, query) as client:
        await client.join(auth=auth)
        yield client
