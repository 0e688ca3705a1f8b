"""Reading a stream that may stall, break off or lie: patience, lines, Server-Sent Events (R24, R25, R28)."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

from spoonfeeder.providers.errors import Broken, FirstByteTimeout, IdleTimeout

IDLE_SECONDS = 60.0
TOTAL_SECONDS = 30 * 60.0
MAX_LINE_BYTES = 1024 * 1024
MAX_STREAM_BYTES = 32 * 1024 * 1024


async def patient(chunks: AsyncIterator[bytes], first_byte_at: float) -> AsyncGenerator[bytes]:
    """The chunks; `first_byte_at` is by the loop's clock. Raises FirstByteTimeout, IdleTimeout, Broken."""
    loop = asyncio.get_running_loop()
    ends_at, received, due = loop.time() + TOTAL_SECONDS, 0, first_byte_at
    while True:
        try:
            async with asyncio.timeout_at(min(due, ends_at)):
                chunk = await anext(chunks, None)
        except TimeoutError:
            raise (IdleTimeout if received else FirstByteTimeout) from None
        if chunk is None:
            return
        received += len(chunk)
        if received > MAX_STREAM_BYTES:
            raise Broken(f"The answer is longer than {MAX_STREAM_BYTES // 1024 // 1024} MiB.")
        due = loop.time() + IDLE_SECONDS
        yield chunk


async def lines(chunks: AsyncIterable[bytes]) -> AsyncGenerator[bytes]:
    """Whole lines without their ends (LF or CRLF), and what stands after the last one. Raises Broken."""
    rest = bytearray()
    async for chunk in chunks:
        rest += chunk
        *whole, last = rest.split(b"\n")
        if max(map(len, (*whole, last))) > MAX_LINE_BYTES:
            raise Broken("The answer has a line of more than 1 MiB.")
        for line in whole:
            yield bytes(line.removesuffix(b"\r"))
        rest = last
    if rest:
        yield bytes(rest.removesuffix(b"\r"))


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    data: bytes
    name: str = ""


async def server_sent_events(chunks: AsyncIterable[bytes]) -> AsyncGenerator[ServerSentEvent]:
    """Events that were ended by an empty line; comments, ids and unknown fields are skipped.

    https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
    """
    data: list[bytes] = []
    name = ""
    async with aclosing(lines(chunks)) as all_lines:
        async for line in all_lines:
            if not line:
                if data:
                    yield ServerSentEvent(b"\n".join(data), name)
                data, name = [], ""
                continue
            field, _, value = line.partition(b":")
            value = value.removeprefix(b" ")
            if field == b"data":
                data.append(value)
            elif field == b"event":
                name = value.decode("utf-8", "replace")
