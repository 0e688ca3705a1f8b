"""What is left of arq's connections when a task is cancelled at the worst moment."""

import asyncio

import pytest
from redis.asyncio import BlockingConnectionPool

from spoonfeeder.realtime.arq_redis import JsonArqRedis

PAUSED_MS = 150


async def test_a_cancelled_pipeline_gives_its_connection_back(redis_url: str) -> None:
    pool = BlockingConnectionPool.from_url(redis_url, max_connections=1, timeout=20)
    redis = JsonArqRedis(pool)
    leaving = asyncio.Event()

    async def watch_and_leave() -> None:
        async with redis.pipeline(transaction=True) as pipe:
            await pipe.watch("job")
            await pipe.execute_command("CLIENT", "PAUSE", PAUSED_MS, "ALL")
            leaving.set()

    task = asyncio.create_task(watch_and_leave())
    await leaving.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await redis.ping(), "the only connection of the pool is free again"
    await redis.aclose(close_connection_pool=True)
