"""The newest progress and preview of running generations, kept in Redis for a minute. Redis away: there is none."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import orjson
from redis.exceptions import RedisError

from spoonfeeder.realtime import connection
from spoonfeeder.realtime.breaker import Breaker, BreakerOpen

LIFE_SECONDS = 60

log = logging.getLogger(__name__)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Preview:
    """`n` counts the previews of a generation, so that the URL of a newer one differs."""

    image: bytes
    media_type: str
    n: int


class Live:
    """Never raises and never waits longer than a second: what it holds only makes answers fresher."""

    def __init__(self, redis_url: str, breaker: Breaker | None = None) -> None:
        self._redis = connection.connect(redis_url)
        self._breaker = breaker or Breaker()

    @property
    def is_there(self) -> bool:
        """Whether what is put in now can be read again, as far as is known."""
        return not self._breaker.closed_in_seconds

    async def set_progress(self, generation_id: UUID, progress: Mapping[str, Any]) -> None:
        """`progress` holds what GET merges over the row: seq, progress, current_node, preview_url."""
        value = orjson.dumps(dict(progress))
        await self._try(lambda: self._redis.set(_progress_key(generation_id), value, ex=LIFE_SECONDS), None)

    async def get_progress(self, generation_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
        """Only generations that reported within the last minute are in the answer."""
        if not generation_ids:
            return {}
        keys = [_progress_key(each) for each in generation_ids]
        found: list[bytes | None] = await self._try(lambda: self._redis.mget(keys), [])
        return {
            each: orjson.loads(value) for each, value in zip(generation_ids, found, strict=False) if value is not None
        }

    async def set_preview(self, generation_id: UUID, preview: Preview) -> bool:
        """Whether it can be read now."""
        head = f"{preview.n} {preview.media_type}\n".encode()
        value = head + preview.image
        kept = await self._try(lambda: self._redis.set(_preview_key(generation_id), value, ex=LIFE_SECONDS), False)
        return bool(kept)

    async def get_preview(self, generation_id: UUID) -> Preview | None:
        value: bytes | None = await self._try(lambda: self._redis.get(_preview_key(generation_id)), None)
        if value is None:
            return None
        head, _, image = value.partition(b"\n")
        n, _, media_type = head.decode().partition(" ")
        return Preview(image, media_type, int(n))

    async def answers(self) -> bool:
        """Whether Redis is there now."""
        return bool(await self._try(self._redis.ping, False))

    async def close(self) -> None:
        try:
            await self._redis.aclose()
        except (RedisError, OSError) as error:
            log.debug("closing the live store: %s", error)

    async def _try(self, command: Callable[[], Awaitable[Any]], otherwise: Result) -> Any | Result:
        try:
            return await self._breaker.call(command)
        except (BreakerOpen, RedisError, OSError):
            return otherwise


def _progress_key(generation_id: UUID) -> str:
    return f"spoonfeeder:live:{generation_id}"


def _preview_key(generation_id: UUID) -> str:
    return f"spoonfeeder:preview:{generation_id}"
