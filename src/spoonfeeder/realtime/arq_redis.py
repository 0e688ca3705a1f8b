"""arq's connection to Redis, whose pipelines are left in order even by tasks that are cancelled."""

import asyncio
from contextlib import suppress
from typing import Any

import orjson
from arq.connections import ArqRedis
from redis.asyncio import ConnectionPool
from redis.asyncio.client import Pipeline


class _Pipeline(Pipeline):
    async def reset(self) -> None:
        """To its end, which comes within Redis's timeouts: one that is broken off never gives its connection back."""
        resetting = asyncio.ensure_future(super().reset())  # type: ignore[no-untyped-call]
        try:
            await asyncio.shield(resetting)
        except asyncio.CancelledError:
            while not resetting.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait({resetting})
            raise


class JsonArqRedis(ArqRedis):
    """Jobs are JSON, never pickles, which would run whatever somebody puts into Redis."""

    def __init__(self, pool: ConnectionPool) -> None:
        super().__init__(pool, job_serializer=orjson.dumps, job_deserializer=orjson.loads)

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Any:
        return _Pipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint)
