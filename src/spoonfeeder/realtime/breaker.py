"""A circuit breaker with a deadline: nobody waits twice for a Redis that does not answer."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from redis.exceptions import RedisError

Result = TypeVar("Result")


class BreakerOpen(Exception):
    """The last attempt failed a moment ago; this one was not made."""


class Breaker:
    """Lets calls through until Redis fails one, then none for `open_seconds`."""

    def __init__(self, *, deadline_seconds: float = 1.0, open_seconds: float = 1.5) -> None:
        self._deadline_seconds = deadline_seconds
        self._open_seconds = open_seconds
        self._open_until = 0.0

    @property
    def closed_in_seconds(self) -> float:
        """How long calls are still refused; 0 when they are let through."""
        return max(0.0, self._open_until - time.monotonic())

    async def call(self, action: Callable[[], Awaitable[Result]]) -> Result:
        """Raises BreakerOpen, TimeoutError after the deadline, and whatever the action raises."""
        if self.closed_in_seconds:
            raise BreakerOpen
        try:
            async with asyncio.timeout(self._deadline_seconds):
                result = await action()
        except (RedisError, OSError) as error:
            self._failed(error)
            raise
        self._succeeded()
        return result

    def _failed(self, _: Exception) -> None:
        self._open_until = time.monotonic() + self._open_seconds

    def _succeeded(self) -> None:
        self._open_until = 0.0
