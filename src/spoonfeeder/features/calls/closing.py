"""The rows of usage of calls that end at about the same time, closed in one transaction of their workspace."""

import asyncio

from sqlalchemy.exc import DBAPIError

from spoonfeeder.core.actor import User
from spoonfeeder.features.usage.rows import Ending, close_rows
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import open_work

Closed = asyncio.Future[BaseException | None]
"""Done when it is committed, or given up for what the result says."""


class Closing:
    """Of one workspace, while there is anything to close: what comes during a transaction waits for the next one.

    What fails together is tried one by one, unless the database says nothing at all.
    """

    def __init__(self, runtime: Runtime, actor: User) -> None:
        self._runtime = runtime
        self._actor = actor
        self._waiting: list[tuple[Ending, Closed]] = []
        self._alone: list[tuple[Ending, Closed]] = []
        self._batch: list[tuple[Ending, Closed]] = []
        self._begin()

    def add(self, ending: Ending) -> Closed:
        closed: Closed = asyncio.get_running_loop().create_future()
        self._waiting.append((ending, closed))
        return closed

    def _begin(self) -> None:
        self._task = asyncio.create_task(self._close())
        self._task.add_done_callback(self._end)

    async def _close(self) -> None:
        if self._alone:
            self._batch = [self._alone.pop()]
        else:
            self._batch, self._waiting = self._waiting, []
        async with open_work(self._runtime, self._actor) as work:
            await close_rows(work, *(ending for ending, _ in self._batch))

    def _end(self, task: asyncio.Task[None]) -> None:
        """Also where the task was cancelled before it began."""
        batch, self._batch = self._batch, []
        trouble = asyncio.CancelledError() if task.cancelled() else task.exception()
        if isinstance(trouble, DBAPIError) and len(batch) > 1:
            batch, self._alone = [], batch
        for _, closed in batch:
            closed.set_result(trouble)
        if self._waiting or self._alone:
            self._begin()
        else:
            del self._runtime.closing[self._actor.workspace_id]


def close(runtime: Runtime, actor: User, ending: Ending) -> Closed:
    closing = runtime.closing.get(actor.workspace_id)
    if closing is None:
        closing = runtime.closing[actor.workspace_id] = Closing(runtime, actor)
    return closing.add(ending)
