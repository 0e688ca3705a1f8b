"""A bounded line of actions on the buses that run one after the other, beside the request that asked for them."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from redis.exceptions import RedisError

from spoonfeeder.realtime import tasks
from spoonfeeder.realtime.breaker import Breaker, BreakerOpen

DEADLINE_SECONDS = 3.0
"""A second for a Redis that does not answer, the rest for PostgreSQL in its place."""

log = logging.getLogger(__name__)

Action = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class _Entry:
    action: Action
    keep_until: float


class Lane:
    """Each action has a deadline; while they fail a kept one waits at the head and the others are let go."""

    def __init__(self, name: str, *, size: int = 10_000, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        self._name = name
        self._entries: deque[_Entry] = deque(maxlen=size)
        self._breaker = Breaker(deadline_seconds=deadline_seconds)
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self.lost = 0

    def put(self, action: Action, *, keep_seconds: float = 0.0) -> None:
        """Returns at once and never raises. Beyond the line's size the oldest entry is lost."""
        if self._closed or (not keep_seconds and self._breaker.closed_in_seconds):
            self.lost += 1
            return
        if len(self._entries) == self._entries.maxlen:
            self.lost += 1
        self._entries.append(_Entry(action, time.monotonic() + keep_seconds))
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run(), name=f"lane {self._name}")

    def __len__(self) -> int:
        return len(self._entries)

    async def close(self, drain_seconds: float) -> None:
        """Takes nothing more; what is not done within `drain_seconds` is lost."""
        self._closed = True
        task = self._task
        if task is None:
            return
        await asyncio.wait({task}, timeout=drain_seconds)
        await tasks.cancel(task)

    async def _run(self) -> None:
        try:
            while self._entries:
                await self._perform(self._entries.popleft())
        finally:
            self._task = None

    async def _perform(self, entry: _Entry) -> None:
        while True:
            try:
                await self._breaker.call(entry.action)
                return
            except (BreakerOpen, RedisError, OSError) as error:
                if time.monotonic() >= entry.keep_until:
                    self.lost += 1
                    log.warning("%s: given up (%s)", self._name, type(error).__name__)
                    return
                await asyncio.sleep(self._breaker.closed_in_seconds)
            except Exception:
                self.lost += 1
                log.exception("%s: cannot be done", self._name)
                return
