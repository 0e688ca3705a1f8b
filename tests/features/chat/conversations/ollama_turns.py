"""An Ollama whose answers a test speaks word by word, over a real socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

END = {"model": "answered:1b", "done": True, "done_reason": "stop", "prompt_eval_count": 3, "eval_count": 5}


@dataclass
class Turn:
    """One request for an answer, and what is said to it. `left` is set when the asker closes the connection."""

    asked: dict[str, Any]
    writer: asyncio.StreamWriter = field(repr=False)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def say(self, *texts: str) -> None:
        for text in texts:
            await self.send({"message": {"role": "assistant", "content": text}, "done": False})

    async def send(self, reply: dict[str, Any]) -> None:
        await self.raw(orjson.dumps(reply) + b"\n")

    async def raw(self, data: bytes) -> None:
        self.writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        await self.writer.drain()

    async def end(self, *texts: str) -> None:
        """Says the last words, and that they were the last."""
        await self.say(*texts)
        await self.send(END)
        self.writer.write(b"0\r\n\r\n")
        await self.writer.drain()
        self.ended.set()

    def cut(self) -> None:
        self.writer.close()
        self.ended.set()


@dataclass
class Model:
    url: str
    turns: asyncio.Queue[Turn] = field(default_factory=asyncio.Queue)
    asked: list[dict[str, Any]] = field(default_factory=list)

    async def turn(self) -> Turn:
        """The next request for an answer."""
        async with asyncio.timeout(20):
            return await self.turns.get()

    async def answer(self, *texts: str) -> dict[str, Any]:
        """Answers the next request; what was asked."""
        turn = await self.turn()
        await turn.end(*texts)
        return turn.asked


async def _take(model: Model, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length:")[2].partition("\r\n")[0] or 0)
        asked = orjson.loads(await reader.readexactly(length) or b"{}")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n")
        turn = Turn(asked, writer)
        model.asked.append(asked)
        model.turns.put_nowait(turn)
        ending = asyncio.create_task(turn.ended.wait())
        watching = asyncio.create_task(_closed(reader))
        await asyncio.wait({ending, watching}, return_when=asyncio.FIRST_COMPLETED)
        watching.cancel()
        if not turn.ended.is_set():
            turn.left.set()
            ending.cancel()
            return


async def _closed(reader: asyncio.StreamReader) -> None:
    while not reader.at_eof() and reader.exception() is None:  # noqa: ASYNC110 - a stream tells nobody
        await asyncio.sleep(0.005)


@asynccontextmanager
async def open_model() -> AsyncIterator[Model]:
    writers: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.add(writer)
        try:
            await _take(model, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    model = Model(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield model
    finally:
        server.close()
        for writer in writers:
            writer.close()
