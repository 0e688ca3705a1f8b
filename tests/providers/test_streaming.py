"""Lines and Server-Sent Events come out the same however the bytes are cut."""

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spoonfeeder.providers.errors import Broken
from spoonfeeder.providers.streaming import (
    MAX_LINE_BYTES,
    SLICE_BYTES,
    ServerSentEvent,
    body,
    lines,
    server_sent_events,
)

EVENT_LINES = [
    b"data: a",
    b"data:b",
    b"data",
    b"data:",
    b"event: x",
    b": hm",
    b"id: 1",
    b"",
    b"",
    b"\xff",
    b"d\xc3\xa9",
]
_streams = st.lists(st.sampled_from(EVENT_LINES) | st.binary(max_size=6), max_size=12)
_newlines = st.sampled_from([b"\n", b"\r\n"])
_cuts = st.lists(st.integers(0, 100), max_size=12)


async def _chunks(body: bytes, cuts: Sequence[int]) -> AsyncIterator[bytes]:
    edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    for start, end in pairwise(edges):
        yield body[start:end]


@settings(max_examples=150, deadline=None)
@given(_streams, _newlines, _cuts)
async def test_cuts_change_nothing(parts: list[bytes], newline: bytes, cuts: list[int]) -> None:
    body = newline.join(parts)
    whole = [line async for line in lines(_chunks(body, []))]
    assert [line async for line in lines(_chunks(body, cuts))] == whole
    *ended, last = body.split(b"\n")
    assert whole == [line.removesuffix(b"\r") for line in ([*ended, last] if last else ended)]
    events = [event async for event in server_sent_events(_chunks(body, []))]
    assert [event async for event in server_sent_events(_chunks(body, cuts))] == events


async def test_events_as_the_standard_has_them() -> None:
    body = b": hm\nevent: a\ndata: 1\ndata:  2\nid: 7\n\nevent: lost\n\ndata\ndata\n\ndata: {}\n\ndata: not ended\n"
    events = [event async for event in server_sent_events(_chunks(body, []))]
    assert events == [ServerSentEvent(b"1\n 2", "a"), ServerSentEvent(b"{}")]


async def test_longest_line() -> None:
    longest = b"x" * MAX_LINE_BYTES
    assert [line async for line in lines(_chunks(longest + b"\n" + longest, []))] == [longest, longest]
    for longer in (longest + b"x\n", longest + b"x"):
        with pytest.raises(Broken):
            _ = [line async for line in lines(_chunks(longer, []))]


async def test_line_in_tiny_pieces_costs_no_more_than_its_length() -> None:
    async def drip() -> AsyncIterator[bytes]:
        for _ in range(MAX_LINE_BYTES // 8):
            yield b"12345678"

    before = time.process_time()
    assert [len(line) async for line in lines(drip())] == [MAX_LINE_BYTES]
    assert time.process_time() - before < 2


async def test_a_few_bytes_that_unpack_to_many_come_in_pieces() -> None:
    packed = gzip.compress(b"\n" * 4_000_000)
    response = httpx2.Response(200, headers={"content-encoding": "gzip"}, content=_chunks(packed, []))
    sizes = [len(piece) async for piece in body(response, asyncio.get_running_loop().time() + 5)]
    assert sum(sizes) == 4_000_000
    assert max(sizes) <= SLICE_BYTES
    assert response.is_closed


async def test_what_cannot_be_unpacked() -> None:
    response = httpx2.Response(200, headers={"content-encoding": "gzip"}, content=_chunks(b"plain", []))
    with pytest.raises(Broken):
        _ = [piece async for piece in body(response, asyncio.get_running_loop().time() + 5)]
    assert response.is_closed
