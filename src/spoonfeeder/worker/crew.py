"""The rows that this process works on, apart from arq, so that a restart of Redis disturbs none of them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

import structlog

log = structlog.get_logger(__name__)
Held = TypeVar("Held")


class Crew(Generic[Held]):
    """At most `most` rows at a time: `take` claims one or finds none, `work` sees it to its end.

    Rows are claimed one after the other, so that many rings at once ask the database once, and not each for itself.
    """

    def __init__(
        self, take: Callable[[], Awaitable[Held | None]], work: Callable[[Held], Awaitable[None]], most: int
    ) -> None:
        self._take = take
        self._work = work
        self._most = most
        self._tasks: set[asyncio.Task[Any]] = set()
        self._taking: asyncio.Task[None] | None = None
        self._rung = False
        self._stopping = False

    def call(self) -> None:
        """There may be a row; a ring that finds no hand free is heard when one is."""
        self._rung = True
        if self._stopping or self._taking is not None:
            return
        self._taking = asyncio.create_task(self._take_rows())

    async def stop(self) -> None:
        """Hands every row back, so that another worker goes on with it at once."""
        self._stopping = True
        # A claim in the middle of its transaction is seen to its end, so that its row is handed back too.
        await asyncio.gather(*filter(None, [self._taking]), return_exceptions=True)
        await asyncio.sleep(0)  # what is cancelled before its first step hands nothing back
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _take_rows(self) -> None:
        """Until there is none; a ring during a claim may be of a row that it could not see."""
        try:
            while self._rung and not self._stopping and len(self._tasks) < self._most:
                self._rung = False
                held = await self._guarded(self._take())
                if held is not None:
                    self._rung = True
                    self._begin(held)
        finally:
            self._taking = None

    def _begin(self, held: Held) -> None:
        task = asyncio.create_task(self._guarded(self._work(held)))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if self._rung:
            self.call()

    async def _guarded(self, step: Awaitable[Any]) -> Any:
        try:
            return await step
        except Exception as error:  # noqa: BLE001 - one row's trouble must not end the others' work
            log.warning("job_failed", error=type(error).__name__, detail=str(error)[:300])
            return None
