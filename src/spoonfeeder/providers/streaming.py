"""Reading a stream that may stall, break off or lie: patience, lines, Server-Sent Events (R24, R25, R28)."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any

import httpx2

from spoonfeeder.core.alarm import Alarm
from spoonfeeder.providers.errors import (
    Broken,
    FirstByteTimeout,
    IdleTimeout,
    ProviderError,
    StreamTruncated,
    Timeout,
)

CONNECT_SECONDS = 5.0
IDLE_SECONDS = 60.0
TOTAL_SECONDS = 30 * 60.0
DRAIN_SECONDS = 0.2
SLICE_BYTES = 64 * 1024
"""A few compressed bytes may come out as 32 MiB at once; others get their turn in between."""
MAX_LINE_BYTES = 1024 * 1024
MAX_STREAM_BYTES = 32 * 1024 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def due_in(seconds: float) -> float:
    """By the loop's clock."""
    return asyncio.get_running_loop().time() + seconds


async def body(response: httpx2.Response, first_byte_at: float, most_bytes: int | None = None) -> AsyncGenerator[bytes]:
    """The body of a response, decompressed, in pieces of at most 64 KiB.

    The response is closed when this ends or is closed. Raises what `patient` raises, and StreamTruncated where the
    connection breaks off.
    """
    try:
        async with (
            aclosing(response.aiter_bytes()) as chunks,
            aclosing(patient(chunks, first_byte_at, most_bytes)) as received,
        ):
            async for chunk in received:
                for start in range(0, len(chunk), SLICE_BYTES):
                    if start:
                        await asyncio.sleep(0)
                    yield chunk[start : start + SLICE_BYTES]
    except httpx2.DecodingError:
        raise Broken("The answer could not be decompressed.") from None
    except httpx2.TransportError:
        raise StreamTruncated from None
    finally:
        await response.aclose()


async def file_in(response: httpx2.Response, first_byte_at: float, most_bytes: int) -> AsyncGenerator[bytes]:
    """As `body`, of a file that was asked for; an empty one is none. Raises Broken, too."""
    is_empty = True
    async with aclosing(body(response, first_byte_at, most_bytes)) as received:
        async for chunk in received:
            is_empty = False
            yield chunk
    if is_empty:
        raise Broken("The server answered with an empty file.")


async def patient(
    chunks: AsyncIterator[bytes], first_byte_at: float, most_bytes: int | None = None
) -> AsyncGenerator[bytes]:
    """The chunks; `first_byte_at` is by the loop's clock. Raises FirstByteTimeout, IdleTimeout, Timeout, Broken."""
    loop = asyncio.get_running_loop()
    ends_at, received, due = loop.time() + TOTAL_SECONDS, 0, first_byte_at
    most = MAX_STREAM_BYTES if most_bytes is None else most_bytes
    with Alarm(loop) as alarm:
        while True:
            try:
                chunk = await alarm.before(min(due, ends_at), anext(chunks, None))
            except TimeoutError:
                raise _too_late(ends_at <= due, received) from None
            if chunk is None:
                return
            received += len(chunk)
            if received > most:
                raise Broken(f"The answer is longer than {most // 1024 // 1024} MiB.")
            due = loop.time() + IDLE_SECONDS
            yield chunk


def _too_late(is_end: bool, received: int) -> Timeout:
    if is_end:
        return Timeout(f"The answer took longer than {TOTAL_SECONDS / 60:g} minutes.")
    return IdleTimeout() if received else FirstByteTimeout()


async def drained(rest: AsyncIterable[Any]) -> None:
    """Reads what follows the provider's end, so that the connection can serve again; but not for long."""
    with suppress(TimeoutError, ProviderError, httpx2.HTTPError):
        async with asyncio.timeout(DRAIN_SECONDS):
            async for _ in rest:
                pass


async def lines(chunks: AsyncIterable[bytes]) -> AsyncGenerator[bytes]:
    """Whole lines without their ends (LF or CRLF), and what stands after the last one. Raises Broken."""
    torn = _Torn()
    async for chunk in chunks:
        for line in torn.lines(chunk):
            yield line
    if torn.rest:
        yield _line(torn.rest)


class _Torn:
    """What is left of the last chunk: the beginning of a line."""

    def __init__(self) -> None:
        self.rest = bytearray()

    def lines(self, chunk: bytes) -> Iterator[bytes]:
        """Those that end in this chunk. Raises Broken."""
        first, *others = chunk.split(b"\n")
        self.rest += first
        for part in others:
            yield _line(self.rest)
            self.rest = bytearray(part)
        if len(self.rest) > MAX_LINE_BYTES:
            _line(self.rest)


def _line(line: bytearray) -> bytes:
    if len(line) > MAX_LINE_BYTES:
        raise Broken("The answer has a line of more than 1 MiB.")
    return bytes(line.removesuffix(b"\r"))


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    data: bytes
    name: str = ""


async def server_sent_events(chunks: AsyncIterable[bytes]) -> AsyncGenerator[ServerSentEvent]:
    """Events that have data and were ended by an empty line; comments, ids and unknown fields are skipped.

    https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
    """
    data: list[bytes] = []
    name, torn = "", _Torn()
    async for chunk in chunks:
        for line in torn.lines(chunk):
            if not line:
                if any(data):
                    yield ServerSentEvent(b"\n".join(data), name)
                data, name = [], ""
                continue
            field, _, value = line.removeprefix(BYTE_ORDER_MARK).partition(b":")
            value = value.removeprefix(b" ")
            if field == b"data":
                data.append(value)
            elif field == b"event":
                name = value.decode("utf-8", "replace")
