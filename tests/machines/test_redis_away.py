"""F6, F8, smaller: Redis is gone or says nothing, under load; rows are accepted as ever and run when it is back."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from spoonfeeder.embedded.redis import EmbeddedRedis
from tests.chaos.gpu_runs import read_runs
from tests.machines.load import percentile, steady_load
from tests.machines.stage import open_machines, open_traffic
from tests.socket_client import open_socket
from tests.waiting import until

pytestmark = pytest.mark.alone

NORMAL_SECONDS = 2.0
AWAY_SECONDS = 4.0
NOISE_SECONDS = 0.02
RESUME_SECONDS = 5.0

Away = Callable[[EmbeddedRedis], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def silent(redis: EmbeddedRedis) -> AsyncIterator[None]:
    os.kill(redis.pid, signal.SIGSTOP)
    yield
    os.kill(redis.pid, signal.SIGCONT)


@asynccontextmanager
async def gone(redis: EmbeddedRedis) -> AsyncIterator[None]:
    """Killed, and empty when it is back."""
    assert redis.process is not None
    redis.process.kill()
    await asyncio.to_thread(redis.process.wait)
    yield
    redis.launch()
    await asyncio.to_thread(redis.wait_until_ready)


@pytest.mark.parametrize("away", [silent, gone])
async def test_creates_stay_fast_and_running_resumes(away: Away) -> None:
    async with open_machines() as machines:
        [api] = await machines.start_apis(1)
        machines.start_worker()
        async with open_traffic(machines, [api]) as traffic, open_socket(api.url) as client:
            async with steady_load(api.url, traffic) as load:
                await client.event("generation:completed")
                await asyncio.sleep(NORMAL_SECONDS)
                normal = load.since(0, "POST")
                async with away(machines.redis):
                    left = time.monotonic()
                    await asyncio.sleep(AWAY_SECONDS)
                    meanwhile = load.since(left, "POST")
                back, heard = time.time(), len(client.received)
            await until(lambda: any(run.started_at > back for run in read_runs(machines.run_log)))
            resumed = time.time() - back
            await until(lambda: any(one.name == "generation:completed" for one in client.received[heard:]))
            told = time.time() - back
        usual, slow = percentile(normal, 0.95), percentile(meanwhile, 0.95)
        sys.stdout.write(
            f"\n{away.__name__}: creates p95 {usual * 1000:.0f} ms, without Redis {slow * 1000:.0f} ms;"
            f" runs again after {resumed:.1f} s, an end is heard after {told:.1f} s"
        )
        assert {answer.status for answer in load.answers} == {200, 201}
        assert slow <= 2 * usual + NOISE_SECONDS
        assert resumed <= RESUME_SECONDS
        assert told <= RESUME_SECONDS
