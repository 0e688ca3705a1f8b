"""Whether Redis is there: one answer for all parts of a process, so that none of them waits to find it out."""

import asyncio
import logging
import math
from contextlib import suppress

from redis.exceptions import RedisError

from spoonfeeder.realtime import connection, tasks
from spoonfeeder.realtime.breaker import Breaker

MARK = "spoonfeeder:presence"
MARK_SECONDS = 60

log = logging.getLogger(__name__)


class Presence(Breaker):
    """Open from the first failure of any part until Redis takes a write again, which is tried in the background.

    A Redis that is full or read-only answers a PING, so it does not count as there. Without an address it never is.
    """

    def __init__(self, redis_url: str | None) -> None:
        super().__init__()
        self.is_wanted = redis_url is not None
        self.has_answered = False
        self._redis = connection.connect(redis_url or connection.NOWHERE)
        self._looking: asyncio.Task[None] | None = None
        if redis_url is None:
            self._open_until = math.inf

    @property
    def is_there(self) -> bool:
        """As far as is known: the next call may find that it is not."""
        return self.closed_in_seconds == 0

    async def close(self) -> None:
        if self._looking is not None:
            await tasks.cancel(self._looking)
        with suppress(RedisError, OSError):
            await self._redis.aclose()

    def _succeeded(self) -> None:
        """Only the search closes it again, since a call may have begun before the failure of another."""
        self.has_answered = True

    def _failed(self, error: Exception) -> None:
        if self._looking is None:
            log.warning("Redis is away (%s), PostgreSQL takes its place", type(error).__name__)
            self._open_until = math.inf
            self._looking = asyncio.create_task(self._look())

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(self._open_seconds)
            try:
                async with asyncio.timeout(self._deadline_seconds):
                    await self._redis.set(MARK, "", ex=MARK_SECONDS)
                break
            except (RedisError, OSError):
                continue
        log.warning("Redis is back")
        self._looking = None
        self._open_until = 0.0
