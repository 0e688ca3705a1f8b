"""F6, F8, smaller: Redis is gone or says nothing, under load; rows are accepted, run and told as ever."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import pairwise

import pytest
import pytest_asyncio

from spoonfeeder.embedded.redis import EmbeddedRedis
from tests.chaos.gpu_runs import read_runs
from tests.machines.load import percentile, steady_load
from tests.machines.stage import Running, open_running
from tests.socket_client import open_socket
from tests.waiting import until

pytestmark = [pytest.mark.alone, pytest.mark.asyncio(loop_scope="module")]

NORMAL_SECONDS = 2.0
AWAY_SECONDS = 4.0
NOISE_SECONDS = 0.02
RESUME_SECONDS = 5.0
TOLD_SECONDS = 3.0

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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[Running]:
    """With one worker."""
    async with open_running() as opened:
        opened.machines.start_worker()
        yield opened


@pytest.mark.parametrize("away", [silent, gone])
async def test_creates_stay_fast_and_ends_are_told(running: Running, away: Away) -> None:
    machines, api, traffic = running
    async with open_socket(api.url) as client:
        async with steady_load(api.url, traffic) as load:
            await client.event("generation:completed")
            await asyncio.sleep(NORMAL_SECONDS)
            normal = load.since(0, "POST")
            async with away(machines.redis):
                left = time.monotonic()
                await asyncio.sleep(AWAY_SECONDS)
                meanwhile = load.since(left, "POST")
                ends = [one.at for one in client.received if one.name == "generation:completed" and one.at > left]
                quiet = max(later - earlier for earlier, later in pairwise([left, *ends, time.monotonic()]))
            back, heard = time.time(), len(client.received)
        await until(lambda: any(run.started_at > back for run in read_runs(machines.run_log)))
        resumed = time.time() - back
        await until(lambda: any(one.name == "generation:completed" for one in client.received[heard:]))
        told = time.time() - back
    usual, slow = percentile(normal, 0.95), percentile(meanwhile, 0.95)
    sys.stdout.write(
        f"\n{away.__name__}: creates p95 {usual * 1000:.0f} ms, without Redis {slow * 1000:.0f} ms;"
        f" {len(ends)} ends are heard, never none for more than {quiet:.1f} s;"
        f" afterwards one runs after {resumed:.1f} s, an end is heard after {told:.1f} s"
    )
    assert {answer.status for answer in load.answers} == {200, 201}
    assert slow <= 2 * usual + NOISE_SECONDS
    assert quiet <= TOLD_SECONDS
    assert resumed <= RESUME_SECONDS
    assert told <= RESUME_SECONDS
