"""The listener of an API process, against a real Redis that is paused, killed and fed rubbish."""

import asyncio
import pickle
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from redis.asyncio import Redis

from spoonfeeder.embedded.redis import EmbeddedRedis
from spoonfeeder.realtime.connection import connect
from spoonfeeder.realtime.emitter import CHANNEL, Emitter, EventTooLarge, message_of
from spoonfeeder.realtime.events import Notification
from spoonfeeder.realtime.reader import Reader, read
from tests.realtime.make_events import WORKSPACE
from tests.waiting import until

_WRONG: list[dict[str, Any]] = [
    {"room": None},
    {"room": []},
    {"room": [["a"]]},
    {"room": "workspace:x"},
    {"data": 1},
    {"event": "connect"},
    {"event": {}},
    {"method": {}},
]


class Heard(Reader):
    """A reader that keeps what it would hand to sockets."""

    def __init__(self, **timing: float) -> None:
        self.messages: list[Any] = []
        self.gaps = 0
        super().__init__(self._count, **timing)

    async def _count(self) -> None:
        self.gaps += 1

    async def _handle_emit(self, message: dict[str, Any]) -> None:
        self.messages.append(message["data"][0]["message"])


@pytest.fixture
async def reader(redis: EmbeddedRedis) -> AsyncIterator[Heard]:
    made = Heard()
    made.start(redis.url)
    await asyncio.wait_for(made.wait_until_listening(), 5)
    yield made
    await made.close()


@pytest.fixture
async def emitter(redis: EmbeddedRedis) -> AsyncIterator[Emitter]:
    made = Emitter(redis.url)
    yield made
    await made.close()


@pytest.fixture
async def client(redis: EmbeddedRedis) -> AsyncIterator[Redis]:
    async with connect(redis.url) as made:
        yield made


def _note(message: str) -> Notification:
    return Notification(workspace_id=WORKSPACE, message=message)


async def _deaf_seconds(reader: Heard, emitter: Emitter, mark: str) -> float:
    """Emits until one arrives; how long that took."""
    started = asyncio.get_running_loop().time()
    async with asyncio.timeout(20):
        while mark not in reader.messages:
            await emitter.publish(message_of(_note(mark)))
            await asyncio.sleep(0.01)
    return asyncio.get_running_loop().time() - started


async def test_what_is_emitted_is_heard_in_order(reader: Heard, emitter: Emitter) -> None:
    for number in range(200):
        await emitter.publish(message_of(_note(str(number))))
    await until(lambda: len(reader.messages) == 200)
    assert reader.messages == [str(number) for number in range(200)]
    assert reader.healthy


async def test_hostile_messages_are_ignored_and_run_nothing(reader: Heard, emitter: Emitter, client: Redis) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return reader.messages.append, ("trapped",)

    well_formed = {"method": "emit", "event": "notification", "data": [{}], "room": ["workspace:x"]}
    hostile = [
        pickle.dumps(Trap.__name__),
        b"\x80\x04cos\nsystem\n.",
        b"",
        b"null",
        b"5",
        b'"method"',
        b'["method"]',
        b'{"method": "disconnect", "sid": "x"}',
        b'{"method": "close_room", "room": "workspace:x"}',
        b"[" * 5_000,
        b"x" * 1_000_000,
        *(orjson.dumps({**well_formed, **wrong}) for wrong in _WRONG),
    ]
    for message in hostile:
        assert read(message) is None
        await client.publish(CHANNEL, message)
    assert await _deaf_seconds(reader, emitter, "alive") < 1
    assert set(reader.messages) == {"alive"}
    assert reader.gaps == 1


async def test_a_message_of_33_mb_costs_at_most_a_moment(reader: Heard, emitter: Emitter, client: Redis) -> None:
    await client.publish(CHANNEL, b"x" * (33 * 1024 * 1024))
    assert await _deaf_seconds(reader, emitter, "alive") < 5


async def test_a_flushed_redis_changes_nothing(reader: Heard, emitter: Emitter, client: Redis) -> None:
    await client.flushall()
    assert await _deaf_seconds(reader, emitter, "alive") < 1


async def test_a_restarted_redis_is_heard_again_and_the_gap_is_told(
    reader: Heard, emitter: Emitter, redis: EmbeddedRedis
) -> None:
    redis.stop()
    await until(lambda: not reader.healthy)
    await asyncio.sleep(1)
    redis.start()
    assert await _deaf_seconds(reader, emitter, "alive") < 5
    assert reader.healthy
    await until(lambda: reader.gaps == 2)


async def test_a_silent_connection_is_noticed_by_the_missing_canary(redis: EmbeddedRedis, client: Redis) -> None:
    reader = Heard(canary_seconds=0.1, deaf_seconds=1.5)
    reader.start(redis.url)
    try:
        await asyncio.wait_for(reader.wait_until_listening(), 5)
        await asyncio.sleep(2)
        assert (reader.healthy, reader.gaps) == (True, 1)
        await client.execute_command("CLIENT PAUSE 3000 ALL")  # type: ignore[no-untyped-call]
        await until(lambda: not reader.healthy, within_seconds=4)
        await until(lambda: reader.healthy and reader.gaps >= 2, within_seconds=10)
    finally:
        await reader.close()


async def test_closing_leaves_no_task_and_no_connection(redis: EmbeddedRedis, client: Redis) -> None:
    reader = Heard()
    reader.start(redis.url)
    await asyncio.wait_for(reader.wait_until_listening(), 5)
    await reader.close()
    assert not reader.healthy
    assert len(asyncio.all_tasks()) == 1
    assert [one["cmd"] for one in await client.client_list()] == ["client|list"]


async def test_an_event_beyond_the_cap_is_refused_where_it_is_made(emitter: Emitter) -> None:
    with pytest.raises(EventTooLarge):
        await emitter.publish(message_of(_note("x" * 600_000)))
