"""The present state of what is subscribed to, from the rows and the newest progress in Redis."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from spoonfeeder.core.vocabulary import TaskStatus
from spoonfeeder.durable.line import PENDING, RUNNING
from spoonfeeder.features.auth.authority import Pass, open_again
from spoonfeeder.features.generations import announce, queries
from spoonfeeder.features.generations.queries import GenerationNotFound
from spoonfeeder.features.sessions import service as sessions
from spoonfeeder.features.sessions.service import SessionNotFound
from spoonfeeder.features.tasks import queries as tasks
from spoonfeeder.features.tasks.service import TaskNotFound
from spoonfeeder.realtime.events import (
    SEQ_STEP,
    Event,
    GenerationCompleted,
    GenerationEvent,
    GenerationProgress,
    TaskEvent,
    TaskProgress,
)
from spoonfeeder.runtime import Runtime
from spoonfeeder.sockets.subscriptions import Viewer
from spoonfeeder.work import Work, open_work

SESSION_ROWS = 200
MOST_LETTERS = 256 * 1024
ENDED_LATELY = timedelta(minutes=10)


class StoredSnapshots:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def generation(self, viewer: Viewer, subject_id: UUID) -> Sequence[Event] | None:
        try:
            async with self._open(viewer) as work:
                row = await queries.get(work, subject_id)
        except GenerationNotFound:
            return None
        return await self._events([row])

    async def session(self, viewer: Viewer, subject_id: UUID) -> Sequence[Event] | None:
        """What is running, and of its newest other generations what is pending or ended in the last minutes."""
        try:
            async with self._open(viewer) as work:
                await sessions.get(work, subject_id)
                running, _ = await queries.page(work, queries.RUNNING_OF_SESSION, subject_id, limit=SESSION_ROWS)
                others, _ = await queries.page(work, queries.OTHERS_OF_SESSION, subject_id, limit=SESSION_ROWS)
        except SessionNotFound:
            return None
        since = datetime.now(UTC) - ENDED_LATELY
        told = [row for row in others if row.status == PENDING or row.updated_at > since]
        return await self._events([*told, *running])

    async def task(self, viewer: Viewer, subject_id: UUID) -> Sequence[Event] | None:
        try:
            async with self._open(viewer) as work:
                state = await tasks.present_state(work, subject_id)
        except TaskNotFound:
            return None
        newest = await self._runtime.live.get_progress([subject_id] if state.status is TaskStatus.RUNNING else [])
        return [_with_progress(state, newest.get(subject_id))]

    def _open(self, viewer: Viewer) -> AbstractAsyncContextManager[Work]:
        return open_again(self._runtime, viewer) if isinstance(viewer, Pass) else open_work(self._runtime, viewer)

    async def _events(self, rows: Sequence[Any]) -> Sequence[Event]:
        """Of rows, the newest first; beyond what a socket takes at once, outputs are left to be read by REST."""
        newest = await self._runtime.live.get_progress([row.id for row in rows if row.status == RUNNING])
        events, letters = [], 0
        for row in rows:
            event = _present(row, newest.get(row.id))
            letters += len(row.outputs)
            if isinstance(event, GenerationCompleted) and letters > MOST_LETTERS:
                event = event.without_outputs()
            events.append(event)
        return [event.signed(self._runtime.signed_urls) for event in reversed(events)]


def _with_progress(state: TaskEvent, live: dict[str, Any] | None) -> TaskEvent:
    n = live["seq"] - state.version * SEQ_STEP if live else 0
    if live is None or n <= 0:
        return state
    known = state.model_dump(include={"id"}) | {"workspace_id": state.workspace_id, "version": state.version}
    progress = max(state.progress, live["progress"])
    return TaskProgress(**known, n=n, progress=progress, message=live.get("message"))


def _present(row: Any, live: dict[str, Any] | None) -> GenerationEvent:
    state = announce.of_state(row)
    n = live["seq"] - row.version * SEQ_STEP if live else 0
    if live is None or n <= 0:
        return state
    return GenerationProgress(
        **state.model_dump(include={"id", "session_id", "prompt_id"}),
        workspace_id=row.workspace_id,
        version=row.version,
        n=n,
        progress=max(row.progress, live["progress"]),
        current_node=live["current_node"],
    )
