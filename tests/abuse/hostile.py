"""A server on loopback that plays a hostile ComfyUI: it gives one prepared answer and counts who comes."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

Reply = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


class Hostile:
    def __init__(self) -> None:
        self.heads: list[bytes] = []
        self.url = ""


@asynccontextmanager
async def hostile(reply: Reply) -> AsyncIterator[Hostile]:
    """`reply` gets the head of each request and the stream to answer on."""
    it = Hostile()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            it.heads.append(head)
            await reply(head, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    it.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield it
    finally:
        server.close()


def fixed(body: bytes, *headers: str, status: str = "200 OK") -> Reply:
    """Always the same answer; the connection closes after it."""

    async def reply(_: bytes, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    return reply


def fixed_json(value: Any) -> Reply:
    return fixed(json.dumps(value).encode(), "Content-Type: application/json")


async def dripping(_: bytes, writer: asyncio.StreamWriter) -> None:
    """One byte at a time, for ever."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n{")
    while not writer.is_closing():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.2)
