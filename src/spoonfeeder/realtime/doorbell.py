"""arq as the doorbell: tells workers that there is work; the rows themselves are the queue (docs/decisions)."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from redis.asyncio import BlockingConnectionPool

from spoonfeeder.realtime import connection
from spoonfeeder.realtime.arq_redis import JsonArqRedis

SERVE = "serve"
WAKE = "wake"


@dataclass(frozen=True, slots=True)
class Ring:
    """`subject` None: claim the best row of `queue`; else: that row wants its holder's attention."""

    queue: str
    subject: UUID | None = None


def queue_key(queue: str) -> str:
    return f"spoonfeeder:{queue}"


class Doorbell:
    """Enqueues arq jobs; connects at first use. Job ids are unique, since arq drops a known id without a word."""

    def __init__(self, redis_url: str) -> None:
        pool = BlockingConnectionPool.from_url(redis_url, max_connections=4, **connection.OPTIONS)
        self._redis = JsonArqRedis(pool)

    async def ring(self, ring: Ring) -> None:
        """Raises redis.RedisError or OSError when Redis is away."""
        function, arguments = (SERVE, ()) if ring.subject is None else (WAKE, (str(ring.subject),))
        await self._redis.enqueue_job(function, *arguments, _job_id=uuid4().hex, _queue_name=queue_key(ring.queue))

    async def close(self) -> None:
        await self._redis.aclose(close_connection_pool=True)
