"""The listener of an API process, against a real Redis that is paused, killed and fed rubbish."""

import asyncio
import os
import pickle
import signal
from collections.abc import AsyncIterator
from inspect import signature
from typing import Any

import orjson
import pytest
from redis.asyncio import Redis

from spoonfeeder.embedded.redis import EmbeddedRedis
from spoonfeeder.realtime.connection import connect
from spoonfeeder.realtime.emitter import CHANNEL, Emitter, EventTooLarge, message_of
from spoonfeeder.realtime.events import Notification
from spoonfeeder.realtime.reader import Reader, read
from tests.fixtures.clock import Clock
from tests.realtime.make_events import WORKSPACE
from tests.waiting import until, until_async

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
        self.tries = 0
        super().__init__(self._count, **timing)

    async def _count(self) -> None:
        self.gaps += 1

    def _client(self) -> Redis:
        self.tries += 1
        return super()._client()

    async def _handle_emit(self, message: dict[str, Any]) -> None:
        self.messages.append(message["data"][0]["message"])


@pytest.fixture
async def reader(redis: EmbeddedRedis) -> AsyncIterator[Heard]:
    made = Heard()
    made.start(redis.url)
    await asyncio.wait_for(made.wait_until_listening(), 20)
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


async def _until_heard(reader: Heard, emitter: Emitter, mark: str) -> None:
    """Emits until one arrives."""

    async def is_heard() -> bool:
        await emitter.publish(message_of(_note(mark)))
        return mark in reader.messages

    await until_async(is_heard)


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
    await _until_heard(reader, emitter, "alive")
    assert set(reader.messages) == {"alive"}
    assert reader.gaps == 1


async def test_a_message_of_33_mb_costs_at_most_a_moment(reader: Heard, emitter: Emitter, client: Redis) -> None:
    await client.publish(CHANNEL, b"x" * (33 * 1024 * 1024))
    await _until_heard(reader, emitter, "alive")


async def test_a_flushed_redis_changes_nothing(reader: Heard, emitter: Emitter, client: Redis) -> None:
    await client.flushall()
    await _until_heard(reader, emitter, "alive")
    assert (reader.healthy, reader.gaps, reader.tries) == (True, 1, 1)


async def test_a_restarted_redis_is_heard_again_and_the_gap_is_told(
    reader: Heard, emitter: Emitter, redis: EmbeddedRedis
) -> None:
    reader._longest_pause_seconds = 0.2
    redis.stop()
    await until(lambda: not reader.healthy and reader.tries >= 10)
    redis.start()
    await _until_heard(reader, emitter, "alive")
    assert reader.healthy
    await until(lambda: reader.gaps == 2)


def test_it_is_tried_again_within_5_s() -> None:
    assert signature(Reader).parameters["longest_pause_seconds"].default * 1.2 < 5


async def test_a_silent_connection_is_noticed_by_the_missing_canary(redis: EmbeddedRedis, clock: Clock) -> None:
    reader = Heard(canary_seconds=0.02)
    reader.start(redis.url)
    try:
        await asyncio.wait_for(reader.wait_until_listening(), 20)
        for _ in range(3):
            clock.now += 10
            await until(lambda: not reader.silent_seconds)
        assert (reader.healthy, reader.gaps, reader.tries) == (True, 1, 1)
        os.kill(redis.pid, signal.SIGSTOP)
        try:

            def is_noticed() -> bool:
                clock.now += 20
                return reader.tries > 1

            await until(is_noticed)
            assert not reader.healthy
        finally:
            os.kill(redis.pid, signal.SIGCONT)
        await until(lambda: reader.healthy and reader.gaps >= 2)
    finally:
        await reader.close()


async def test_closing_leaves_no_task_and_no_connection(redis: EmbeddedRedis, client: Redis) -> None:
    reader = Heard()
    reader.start(redis.url)
    await asyncio.wait_for(reader.wait_until_listening(), 20)
    await reader.close()
    assert not reader.healthy
    assert len(asyncio.all_tasks()) == 1

    async def is_alone() -> bool:
        return [one["cmd"] for one in await client.client_list()] == ["client|list"]

    await until_async(is_alone)


async def test_an_event_beyond_the_cap_is_refused_where_it_is_made(emitter: Emitter) -> None:
    with pytest.raises(EventTooLarge):
        await emitter.publish(message_of(_note("x" * 600_000)))
