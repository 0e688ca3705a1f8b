"""LISTEN and NOTIFY on a real PostgreSQL that cuts connections off."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from spoonfeeder.db.session import close_engine, open_alone, open_engine
from spoonfeeder.realtime import postgres_bus
from spoonfeeder.realtime.postgres_bus import BusAway, PostgresBus
from tests.waiting import until

CHANNEL = "spoonfeeder_events"
CUT_OFF = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""


@pytest.fixture(autouse=True)
def patient_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that is slow beside other tests is not away."""
    monkeypatch.setattr(postgres_bus, "ANSWER_SECONDS", 20.0)


@pytest.fixture
async def engine(empty_database_url: str) -> AsyncIterator[AsyncEngine]:
    made = open_engine(empty_database_url)
    yield made
    await close_engine(made)


@pytest.fixture
async def sender(engine: AsyncEngine) -> AsyncIterator[PostgresBus]:
    bus = PostgresBus(partial(open_alone, engine))
    yield bus
    await bus.close()


class Listener:
    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.gaps = 0

    def miss(self) -> None:
        self.gaps += 1


@asynccontextmanager
async def listening(engine: AsyncEngine) -> AsyncIterator[Listener]:
    bus, listener = PostgresBus(partial(open_alone, engine)), Listener()
    task = asyncio.create_task(bus.listen(CHANNEL, listener.heard.append, listener.miss))
    await asyncio.wait_for(bus.listening.wait(), 20)
    yield listener
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not bus.listening.is_set()
    await bus.close()


async def test_all_that_listen_hear_everything_whole_and_in_order(engine: AsyncEngine, sender: PostgresBus) -> None:
    large = [b"a" * 500_000, "\U0001f944".encode() * 100_000, b"b" * 3_800]
    said = [*(str(n).encode() for n in range(50)), *large, b"the same", b"the same"]
    async with listening(engine) as one, listening(engine) as other:
        await asyncio.gather(*(sender.send(CHANNEL, message) for message in said))
        await sender.send("spoonfeeder_rings", b"not for them")
        await sender.send(CHANNEL, b"last")
        for listener in (one, other):
            await until(lambda heard=listener.heard: heard[-1:] == [b"last"])  # type: ignore[misc]
            assert listener.heard == [*said, b"last"]
            assert listener.gaps == 1, "the time before it listened"


async def test_what_others_say_there_spoils_nothing(engine: AsyncEngine, sender: PostgresBus) -> None:
    async with listening(engine) as listener:
        async with engine.begin() as connection:
            hostile = text("SELECT pg_notify(:channel, part) FROM unnest(CAST(:parts AS text[])) part")
            endless = [f"{n}:{'x' * 1_000}" for n in range(2_000, 1_000, -1)]
            parts = ["", ":", "1", "-1:x", "\u0661:x", f"{'9' * 5_000}:x", *endless, "3:of a longer one"]
            await connection.execute(hostile, {"channel": CHANNEL, "parts": parts})
        await sender.send(CHANNEL, b"y" * 4_000)
        await until(lambda: listener.heard == [b"", b"y" * 4_000])


async def test_a_lost_connection_is_made_anew_and_the_gap_is_told(engine: AsyncEngine, sender: PostgresBus) -> None:
    async with listening(engine) as listener:
        for number in range(2, 5):
            await sender.send(CHANNEL, b"before")
            async with engine.connect() as connection:
                await connection.execute(text(CUT_OFF))
            await until(lambda gaps=number: listener.gaps == gaps)  # type: ignore[misc]
            await until(sender._connection.is_closed)
            await sender.send(CHANNEL, str(number).encode())
            await until(lambda mark=str(number).encode(): mark in listener.heard)  # type: ignore[misc]


async def test_without_postgres_it_says_so(engine: AsyncEngine) -> None:
    async def refuse() -> None:
        raise ConnectionRefusedError

    with pytest.raises(BusAway):
        await PostgresBus(refuse).send(CHANNEL, b"x")
