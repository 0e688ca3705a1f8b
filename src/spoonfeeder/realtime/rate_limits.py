"""How often something may be asked for: fixed windows of `limits`, counted in Redis for all processes together."""

import asyncio
import hashlib
import logging
import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache

from limits import RateLimitItem, parse_many
from limits.aio.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError

from spoonfeeder.core.settings import SettingsError
from spoonfeeder.realtime import connection
from spoonfeeder.realtime.breaker import Breaker, BreakerOpen
from spoonfeeder.realtime.counters import KEYS_IN_MEMORY, Counters, MemoryCounters, RedisCounters

PREFIX = "spoonfeeder:limit:"
LONGEST_WINDOW_SECONDS = 31 * 24 * 3600
BLOCKS = 50
"""A process takes a large limit's requests from Redis in so many parts, so that most of them cost no round trip."""

COMMANDS_AT_ONCE = 16
"""Each has a connection of its own; more requests than that wait their turn."""

Limit = RateLimitItem

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Usage:
    """`remaining` of `limit` requests until the window ends in `reset_seconds`, which are rounded up."""

    limit: int
    remaining: int
    reset_seconds: int
    allowed: bool


@lru_cache(maxsize=100)
def parse_limit(name: str, text: str) -> Limit:
    """The limit that a setting means, e.g. `600/minute`; two of different names are counted apart.

    Raises SettingsError with a sentence that begins with `name`.
    """
    try:
        [limit] = parse_many(text)
    except ValueError:
        raise SettingsError(f"{name} must be a number of requests and a time, as in 600/minute.") from None
    if limit.amount < 1 or not 1 <= limit.get_expiry() <= LONGEST_WINDOW_SECONDS:
        raise SettingsError(f"{name} must allow at least one request, in a time of at most 31 days.")
    limit.namespace = PREFIX + name.lower().removeprefix("limit_")
    return limit


class FixedWindow(FixedWindowRateLimiter):
    """The strategy of `limits`, with what is left told by the hit itself: no second question to the storage."""

    def __init__(self, counters: Counters) -> None:
        super().__init__(counters)
        self._counters = counters

    async def use(self, limit: Limit, key: str, window_seconds: float) -> Usage:
        count = await self._counters.count(limit.key_for(key), window_seconds)
        return Usage(
            limit=limit.amount,
            remaining=max(0, limit.amount - count.hits),
            reset_seconds=max(1, math.ceil(count.seconds_left)),
            allowed=count.hits <= limit.amount,
        )

    async def take(self, limit: Limit, key: str) -> "Share":
        """A part of the window for this process: what was in it, when others have had the rest."""
        block, asked_at = max(1, limit.amount // BLOCKS), time.monotonic()
        count = await self._counters.count(limit.key_for(key), limit.get_expiry(), block)
        before = count.hits - block
        mine = min(block, max(0, limit.amount - before))
        return Share(mine, max(0, limit.amount - count.hits), asked_at + count.seconds_left)


@dataclass(slots=True)
class Share:
    """`left` of a window's requests are this process's to give, `elsewhere` nobody's yet; good until `ends_at`."""

    left: int
    elsewhere: int
    ends_at: float

    def use(self, limit: Limit) -> Usage:
        allowed = self.left > 0
        self.left -= allowed
        return Usage(limit.amount, self.left + self.elsewhere, max(1, math.ceil(self.seconds_left)), allowed)

    @property
    def seconds_left(self) -> float:
        return self.ends_at - time.monotonic()

    def is_open(self) -> bool:
        """There is something to give, or it is known that nothing is left for anybody."""
        return (self.left > 0 or self.elsewhere == 0) and self.seconds_left > 0


class RateLimits:
    """Never raises and never waits longer than a second; while Redis is away, each process counts for itself."""

    def __init__(self, redis_url: str, breaker: Breaker | None = None) -> None:
        self._redis = connection.connect(redis_url)
        self._breaker = breaker or Breaker()
        self._turns = asyncio.Semaphore(COMMANDS_AT_ONCE)
        self._shared = FixedWindow(RedisCounters(self._redis, PREFIX))
        self._own = FixedWindow(MemoryCounters())
        self._shares: OrderedDict[tuple[str, str], Share] = OrderedDict()
        self._away = self._looking = False

    async def hit(self, limit: Limit, *key: str) -> Usage:
        """Counts one request. `key` may be what somebody sent: its digest is what is kept.

        A refused request moves no window: the limit is free again when it ends. What is allowed is counted in this
        process too, until the shared window ends, so that who has used a limit up gets no new one when Redis goes away.
        """
        digest = hashlib.blake2b(repr(key).encode(), digest_size=16).hexdigest()
        share = self._shares.get((limit.namespace, digest))
        if share is None or not share.is_open():
            share = await self._in_redis(limit, digest)
        if share is None:
            return await self._own.use(limit, digest, limit.get_expiry())
        usage = share.use(limit)
        if not usage.allowed:
            return usage
        own = await self._own.use(limit, digest, share.seconds_left)
        if own.allowed:
            return usage
        share.left += 1
        return own

    async def close(self) -> None:
        try:
            await self._redis.aclose()
        except (RedisError, OSError) as error:
            log.debug("closing the rate limits: %s", error)

    async def _in_redis(self, limit: Limit, digest: str) -> Share | None:
        """None while Redis is away. Then one request at a time looks for it again, and no other waits."""
        if self._away and self._looking:
            return None
        self._looking = True
        try:
            async with self._turns:
                taken = await self._breaker.call(lambda: self._shared.take(limit, digest))
        except BreakerOpen:
            return None
        except (RedisError, OSError) as error:
            if not self._away:
                log.warning("Redis does not answer for rate limits: %s", type(error).__name__)
            self._away = True
            return None
        finally:
            self._looking = False
        self._away = False
        return self._put((limit.namespace, digest), taken)

    def _put(self, key: tuple[str, str], taken: Share) -> Share:
        """What several requests took at the same time is put together."""
        known = self._shares.pop(key, None)
        if known is not None and known.seconds_left > 0:
            taken.left += known.left
        while len(self._shares) >= KEYS_IN_MEMORY:
            self._shares.popitem(last=False)
        self._shares[key] = taken
        return taken
