import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar
from uuid import uuid4

import pytest

from spoonfeeder.embedded.redis import EmbeddedRedis
from spoonfeeder.realtime import connection
from spoonfeeder.realtime.breaker import Breaker
from spoonfeeder.realtime.connection import connect
from spoonfeeder.realtime.live import Live, Preview
from tests.fixtures.clock import Clock
from tests.waiting import until_async

Result = TypeVar("Result")


@pytest.fixture
async def live(redis: EmbeddedRedis) -> AsyncIterator[Live]:
    store = Live(redis.url, Breaker(deadline_seconds=20))
    yield store
    await store.close()


async def test_progress_is_read_back_for_those_that_reported(live: Live) -> None:
    one, other, silent = uuid4(), uuid4(), uuid4()
    await live.set_progress(one, {"seq": 2_000_001, "progress": 40, "current_node": "3"})
    await live.set_progress(other, {"seq": 2_000_009, "progress": 90, "current_node": None})
    await live.set_progress(one, {"seq": 2_000_002, "progress": 50, "current_node": "4"})
    assert await live.get_progress([one, silent, other]) == {
        one: {"seq": 2_000_002, "progress": 50, "current_node": "4"},
        other: {"seq": 2_000_009, "progress": 90, "current_node": None},
    }
    assert await live.get_progress([]) == {}


async def test_a_preview_is_any_bytes_with_their_type(live: Live) -> None:
    running, image = uuid4(), bytes(range(256)) + b"\n\n"
    await live.set_preview(running, Preview(image, "image/jpeg", 7))
    assert await live.get_preview(running) == Preview(image, "image/jpeg", 7)
    assert await live.get_preview(uuid4()) is None


async def test_what_is_kept_is_gone_after_a_minute(live: Live, redis: EmbeddedRedis) -> None:
    running = uuid4()
    await live.set_progress(running, {"progress": 1})
    await live.set_preview(running, Preview(b"x", "image/png", 1))
    async with connect(redis.url) as client:
        lives = [await client.ttl(key) for key in await client.keys()]
        assert len(lives) == 2
        assert all(0 < life <= 60 for life in lives)


class Counting(Breaker):
    """Counts the calls that it lets through."""

    let_through = 0

    async def call(self, action: Callable[[], Awaitable[Result]]) -> Result:
        async def counted() -> Result:
            self.let_through += 1
            return await action()

        return await super().call(counted)


@pytest.mark.usefixtures("hasty_with_redis")
async def test_a_paused_redis_is_waited_for_once_and_not_for_long(
    live: Live, redis: EmbeddedRedis, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = uuid4()
    await live.set_progress(running, {"progress": 1})
    monkeypatch.setitem(connection.OPTIONS, "socket_timeout", 120.0)
    breaker = Counting()
    other = Live(redis.url, breaker)
    os.kill(redis.pid, signal.SIGSTOP)
    try:
        async with asyncio.timeout(15):
            for _ in range(100):
                assert await other.get_progress([running]) == {}
                await other.set_progress(running, {"progress": 2})
        assert breaker.let_through == 1
    finally:
        os.kill(redis.pid, signal.SIGCONT)

    async def is_read() -> object:
        clock.now += 5
        return await other.get_progress([running])

    await until_async(is_read)
    await other.close()


async def test_without_redis_there_is_nothing_and_no_error(live: Live, redis: EmbeddedRedis) -> None:
    redis.stop()
    await live.set_progress(uuid4(), {"progress": 1})
    assert await live.get_progress([uuid4()]) == {}
    assert await live.get_preview(uuid4()) is None
