"""The answer that sends events as they come: when it begins, what it ends with, and who waits for whom."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.exc import InterfaceError

from spoonfeeder.core import server_sent_events
from spoonfeeder.core.door.websocket import ABORT
from spoonfeeder.core.errors import AppError, Conflict
from spoonfeeder.core.server_sent_events import COMMENT, EventStream, ServerStops, Streams, event
from tests.waiting import until

HELLO = event(b'{"text":"hello"}', name="delta", id=5)


class Reader:
    """The other side of an answer; `takes` decides whether it reads, `leaves` ends its connection."""

    def __init__(self, streams: Streams | None = None) -> None:
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.pieces: list[bytes] = []
        self.has_end = False
        self.was_aborted = False
        self.takes = asyncio.Event()
        self.takes.set()
        self.leaves = asyncio.Event()
        self._streams = streams or Streams()

    @property
    def text(self) -> str:
        return b"".join(self.pieces).decode()

    def read(self, events: AsyncGenerator[bytes]) -> asyncio.Task[None]:
        state = SimpleNamespace(state=SimpleNamespace(streams=self._streams))
        scope = {"type": "http", "app": state, "extensions": {ABORT: self._abort}}

        async def reading() -> None:
            async with asyncio.timeout(10):
                await EventStream(events)(scope, self._receive, self._send)

        return asyncio.create_task(reading())

    def _abort(self) -> None:
        self.was_aborted = True
        self.leaves.set()

    async def _receive(self) -> Any:
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        await self.takes.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): text.decode() for name, text in message["headers"]}
            return
        self.pieces.append(message["body"])
        self.has_end = not message.get("more_body", False)


async def _failing(step: Callable[[], Awaitable[None]], *errors: Exception) -> AsyncGenerator[bytes]:
    """Before its first event."""
    await step()
    for error in errors:
        raise error
    yield HELLO


@pytest.fixture
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST_SECONDS", "PULSE_SECONDS", "STUCK_SECONDS", "GRACE_SECONDS"):
        monkeypatch.setattr(server_sent_events, name, 0.02)


async def test_the_first_leaves_at_once_then_what_is_ready_in_one_piece_and_the_headers_forbid_buffering() -> None:
    async def events() -> AsyncGenerator[bytes]:
        for _ in range(3):
            yield HELLO
        await asyncio.sleep(0)
        yield HELLO

    reader = Reader()
    await reader.read(events())

    assert reader.pieces == [HELLO, HELLO * 2, HELLO, b""]
    assert (reader.status, reader.has_end) == (200, True)
    assert reader.headers == {
        "content-type": "text/event-stream",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
    }


async def test_an_error_before_the_first_event_is_an_ordinary_one() -> None:
    reader = Reader()
    with pytest.raises(Conflict):
        await reader.read(_failing(lambda: asyncio.sleep(0), Conflict()))
    assert reader.status is None


@pytest.mark.parametrize(
    ("error", "code"),
    [(Conflict(), "CONFLICT"), (InterfaceError("", {}, Exception()), "UNAVAILABLE"), (KeyError("x"), "INTERNAL")],
)
async def test_an_error_after_it_is_the_last_event(error: Exception, code: str) -> None:
    async def events() -> AsyncGenerator[bytes]:
        yield HELLO
        raise error

    reader = Reader()
    await reader.read(events())

    assert reader.text.startswith(HELLO.decode() + "event: error\n")
    assert f'"code":"{code}"' in reader.text
    assert reader.text.count("event:") == 2
    assert reader.has_end


@pytest.mark.usefixtures("brisk")
async def test_a_late_first_event_is_waited_for_with_comments_and_its_error_is_an_event() -> None:
    reader = Reader()

    await reader.read(_failing(lambda: until(lambda: len(reader.pieces) > 2), Conflict()))

    assert reader.status == 200
    assert reader.pieces[:3] == [COMMENT] * 3
    assert "CONFLICT" in reader.text


async def test_a_reader_who_leaves_ends_the_events_at_once() -> None:
    ended = False

    async def events() -> AsyncGenerator[bytes]:
        nonlocal ended
        try:
            yield HELLO
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended = True

    reader = Reader()
    reading = reader.read(events())
    await until(lambda: bool(reader.pieces))
    reader.leaves.set()
    await reading

    assert ended
    assert not reader.has_end


async def test_who_leaves_before_the_first_event_is_noted_as_gone() -> None:
    async def events() -> AsyncGenerator[bytes]:
        await asyncio.Event().wait()
        yield HELLO

    reader = Reader()
    reader.leaves.set()
    await reader.read(events())

    assert reader.status == 499


async def test_a_slow_reader_slows_the_maker_and_misses_nothing() -> None:
    made = 0
    piece = event(b"x" * 1000)

    async def events() -> AsyncGenerator[bytes]:
        nonlocal made
        for _ in range(500):
            made += 1
            yield piece

    reader = Reader()
    reader.takes.clear()
    reading = reader.read(events())
    for _ in range(20):
        await asyncio.sleep(0)
    assert made * len(piece) < 2 * 64 * 1024 + 2 * len(piece)
    reader.takes.set()
    await reading

    assert reader.text == piece.decode() * 500


@pytest.mark.usefixtures("brisk")
async def test_a_reader_who_takes_nothing_is_given_up() -> None:
    ended = asyncio.Event()

    async def events() -> AsyncGenerator[bytes]:
        try:
            yield HELLO
            await asyncio.Event().wait()
        finally:
            ended.set()

    reader = Reader()
    reading = reader.read(events())
    await until(lambda: bool(reader.pieces))
    reader.takes.clear()
    await reading

    assert ended.is_set()
    assert reader.was_aborted


async def _for_ever() -> AsyncGenerator[bytes]:
    yield HELLO
    await asyncio.Event().wait()


@pytest.mark.usefixtures("brisk")
async def test_the_end_of_the_server_ends_every_stream_with_a_word() -> None:
    streams = Streams()
    reader = Reader(streams)
    reading = reader.read(_for_ever())
    await until(lambda: bool(reader.pieces))
    await streams.close()
    await reading

    assert "SERVER_STOPS" in reader.text
    assert reader.has_end
    with pytest.raises(ServerStops):
        await Reader(streams).read(_for_ever())


async def test_a_stream_that_ends_in_time_is_let_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_sent_events, "GRACE_SECONDS", 30.0)
    streams, may_end = Streams(), asyncio.Event()

    async def events() -> AsyncGenerator[bytes]:
        yield HELLO
        await may_end.wait()
        yield HELLO

    reader = Reader(streams)
    reading = reader.read(events())
    await until(lambda: bool(reader.pieces))
    closing = asyncio.create_task(streams.close())
    await asyncio.sleep(0)
    may_end.set()
    await closing
    await reading

    assert reader.text == HELLO.decode() * 2
    await Streams().close()


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda: event(b"{}"), "data: {}\n\n"),
        (lambda: event(b"{}", name="delta", id=0), "event: delta\nid: 0\ndata: {}\n\n"),
        (
            lambda: server_sent_events.failure(AppError("No.")),
            'event: error\ndata: {"success":false,"error":"No.","code":"INTERNAL","statusCode":500}\n\n',
        ),
    ],
)
def test_an_event_is_written_as_the_standard_says(made: Callable[[], bytes], text: str) -> None:
    assert made().decode() == text
