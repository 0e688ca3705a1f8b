"""F6, F8, smaller: Redis is gone or says nothing, under load; rows are accepted, run and told as ever."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
import pytest_asyncio

from spoonfeeder.embedded.redis import EmbeddedRedis
from tests.chaos.gpu_runs import read_runs
from tests.machines.load import percentile, steady_load
from tests.machines.stage import Running, open_running
from tests.socket_client import SocketClient, open_socket
from tests.waiting import until

pytestmark = [pytest.mark.alone, pytest.mark.asyncio(loop_scope="module")]

NOTICED_SECONDS = 2.0
DEADLINE_SECONDS = 1.0
"""Which the first call of a process waits for a Redis that says nothing; no other does."""
ENDS = 3

Away = Callable[[EmbeddedRedis], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def silent(redis: EmbeddedRedis) -> AsyncIterator[None]:
    os.kill(redis.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(redis.pid, signal.SIGCONT)


@asynccontextmanager
async def gone(redis: EmbeddedRedis) -> AsyncIterator[None]:
    """Killed, and empty when it is back."""
    assert redis.process is not None
    redis.process.kill()
    await asyncio.to_thread(redis.process.wait)
    try:
        yield
    finally:
        redis.launch()
        await asyncio.to_thread(redis.wait_until_ready)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[Running]:
    """With one worker."""
    async with open_running() as opened:
        opened.machines.start_worker()
        yield opened


def ends_heard(client: SocketClient, begin: int) -> int:
    return sum(one.name == "generation:completed" for one in client.received[begin:])


@pytest.mark.parametrize("away", [silent, gone])
async def test_creates_wait_for_nothing_and_ends_are_told(running: Running, away: Away) -> None:
    machines, api, traffic = running
    async with open_socket(api.url) as client:
        async with steady_load(api.url, traffic) as load:
            await until(lambda: ends_heard(client, 0) >= ENDS, within_seconds=120)
            before = percentile(load.since(0, "POST"), 0.5)
            async with away(machines.redis):
                left = time.monotonic()
                await asyncio.sleep(NOTICED_SECONDS)
                heard = len(client.received)
                await until(lambda: ends_heard(client, heard) >= ENDS)
                meanwhile = load.since(left, "POST")
            back, heard = time.time(), len(client.received)
        await until(lambda: any(run.started_at > back for run in read_runs(machines.run_log)))
        await until(lambda: ends_heard(client, heard))
    without = percentile(meanwhile, 0.5)
    p50 = f"p50 {without * 1000:.0f} ms, with it {before * 1000:.0f} ms"
    sys.stdout.write(f"\n{away.__name__}: of {len(meanwhile)} creates without Redis {p50}")
    assert {answer.status for answer in load.answers} == {200, 201}
    assert without < before + DEADLINE_SECONDS / 2, "every create waited for Redis"
