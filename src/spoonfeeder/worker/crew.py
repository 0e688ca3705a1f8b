"""The rows that this process works on, apart from arq, so that a restart of Redis disturbs none of them."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger(__name__)


class Crew:
    """At most `most` calls of `serve` at a time; each claims a row itself, or finds none and ends."""

    def __init__(self, serve: Callable[[], Awaitable[None]], most: int) -> None:
        self._serve = serve
        self._most = most
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    def call(self) -> None:
        """One more pair of hands, if any is free; a ring that finds none is rung again when a row ends."""
        if self._stopping or len(self._tasks) >= self._most:
            return
        task = asyncio.create_task(self._guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Hands every row back, so that another worker goes on with it at once."""
        self._stopping = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _guarded(self) -> None:
        try:
            await self._serve()
        except Exception as error:  # noqa: BLE001 - one row's trouble must not end the others' work
            log.warning("job_failed", error=type(error).__name__, detail=str(error)[:300])
