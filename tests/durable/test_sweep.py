"""The sweep finds work that nobody rang for: Redis may have been wiped meanwhile."""

import asyncio
from collections.abc import Awaitable

import pytest
from redis.asyncio import Redis
from sqlalchemy import func, select

from spoonfeeder.durable.sweep import SWEEP_LOCK_KEY, sweep_for_ever, sweep_line
from spoonfeeder.features.generations.line import GENERATIONS
from spoonfeeder.realtime.doorbell import queue_key
from spoonfeeder.realtime.lane import Lane
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import open_system_work
from tests.durable.rows import BACKEND, add, claimed_row
from tests.waiting import until_async


@pytest.fixture(autouse=True)
def patient_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ring that Redis takes late is not let go."""
    monkeypatch.setitem(Lane.__init__.__kwdefaults__, "deadline_seconds", 60.0)  # type: ignore[arg-type]


def _redis(runtime: Runtime) -> Redis:
    assert runtime.redis_url is not None
    client: Redis = Redis.from_url(runtime.redis_url)
    return client


async def _rings(runtime: Runtime) -> int:
    async with _redis(runtime) as redis:
        return int(await redis.zcard(queue_key(GENERATIONS.name)))


async def test_it_rings_once_per_free_slot_and_not_per_row(runtime: Runtime) -> None:
    for number in range(12):
        await add(runtime, backend_url=f"{BACKEND}{number % 2}")
    await claimed_row(runtime)
    await sweep_line(runtime, GENERATIONS)
    await until_async(lambda: _equals(_rings(runtime), 3))


async def _equals(counted: Awaitable[int], number: int) -> bool:
    return await counted == number


async def test_after_a_flush_the_rows_are_rung_for_again(runtime: Runtime) -> None:
    await add(runtime)
    sweeping = asyncio.create_task(sweep_for_ever(runtime, [GENERATIONS]))
    for _ in range(2):
        await until_async(lambda: _rings(runtime))
        async with _redis(runtime) as redis:
            await redis.flushall()
    await until_async(lambda: _rings(runtime))
    sweeping.cancel()
    await asyncio.gather(sweeping, return_exceptions=True)


async def test_one_process_at_a_time_sweeps(runtime: Runtime) -> None:
    await add(runtime)
    async with open_system_work(runtime, "another process") as work:
        await work.session.execute(select(func.pg_advisory_xact_lock(SWEEP_LOCK_KEY, GENERATIONS.lock_key)))
        await sweep_line(runtime, GENERATIONS)
        assert await _rings(runtime) == 0
    await sweep_line(runtime, GENERATIONS)
    await until_async(lambda: _rings(runtime))
