"""A client of streams that does next to nothing: one that does more would measure itself."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import orjson

END = b"0\r\n\r\n"


class Caller:
    """One connection, which stays open between calls, as that of every client."""

    def __init__(self, url: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target = urlsplit(url)
        self._head = f"POST {target.path} HTTP/1.1\r\nHost: {target.netloc}\r\nContent-Type: application/json\r\n"
        self._reader = reader
        self._writer = writer

    async def ask(self, body: Mapping[str, Any]) -> AsyncGenerator[bytes]:
        """What arrives, as it arrives, to the end of the answer."""
        content = orjson.dumps(body)
        self._writer.write(f"{self._head}Content-Length: {len(content)}\r\n\r\n".encode() + content)
        data = await self._reader.read(65_536)
        assert data.startswith(b"HTTP/1.1 200 "), data
        while True:
            yield data
            if data.endswith(END):
                return
            data = await self._reader.read(65_536)
            assert data, "the answer broke off"


@asynccontextmanager
async def calling(url: str) -> AsyncIterator[Caller]:
    target = urlsplit(url)
    reader, writer = await asyncio.open_connection(target.hostname, target.port)
    try:
        yield Caller(url, reader, writer)
    finally:
        writer.close()
