"""The ways a try of a task ends for us: terminal states, and the ways back into the queue.

Each is one transaction: the fenced row, the result and its files' rows, what the call came to, then event and ring.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert

from spoonfeeder.core.errors import AppError
from spoonfeeder.core.vocabulary import NotificationType, TaskStatus
from spoonfeeder.db.media import Media
from spoonfeeder.db.task import Result, Task
from spoonfeeder.durable.ending import end, until_written
from spoonfeeder.durable.freeing import free, free_waiting, put_off, tell_freed
from spoonfeeder.durable.lease import Lease
from spoonfeeder.features.notifications.service import notify
from spoonfeeder.features.tasks.produced import Produced
from spoonfeeder.features.tasks.retrying import Again
from spoonfeeder.features.tasks.targets import Target, targets_of
from spoonfeeder.features.usage.rows import Ending, close_rows
from spoonfeeder.providers.errors import RateLimited
from spoonfeeder.work import Work

POISON = (
    "POISON",
    "Three times the worker process died, or was silent for too long, at work on this: it is not tried again.",
)
WORTH_TELLING = timedelta(seconds=60)
FORGOTTEN: Mapping[str, Any] = {"sent_at": None, "call_id": None, "provider_handle": None, "message": None}
"""Of a try that is over, so that the next one begins anew."""
MOST_PARTIAL_LETTERS = 100_000


async def complete(lease: Lease, produced: Produced, ending: Ending | None = None) -> None:
    async def step(work: Work) -> None:
        row = await end(work, lease, TaskStatus.COMPLETE, progress=100, message=None)
        await work.session.execute(insert(Result), [_result(row, produced)])
        if produced.outputs:
            await work.session.execute(insert(Media), [output.media for output in produced.outputs])
        await _close(work, ending)
        await tell_people(work, row)

    await until_written(lease, step)


def _result(row: Any, produced: Produced) -> dict[str, Any]:
    return {
        "workspace_id": row.workspace_id,
        "task_id": row.id,
        "type": row.type,
        "content": produced.content,
        "details": produced.details,
        "outputs": [output.shown for output in produced.outputs],
    }


async def fail(
    lease: Lease, code: str, message: str, *, partial: str | None = None, ending: Ending | None = None
) -> None:
    details = {"partial": partial[:MOST_PARTIAL_LETTERS]} if partial else None

    async def step(work: Work) -> None:
        values = {"error": message, "error_code": code[:50], "error_details": details, "message": None}
        row = await end(work, lease, TaskStatus.FAILED, **values)
        await _close(work, ending)
        await tell_people(work, row)

    await until_written(lease, step)


async def cancelled(lease: Lease, ending: Ending | None = None) -> None:
    async def step(work: Work) -> None:
        await end(work, lease, TaskStatus.CANCELLED, message=None)
        await _close(work, ending)

    await until_written(lease, step)


async def _close(work: Work, ending: Ending | None) -> None:
    if ending is not None:
        await close_rows(work, ending)


async def tell_people(work: Work, row: Any) -> None:
    """Of what failed, and of what took so long that they went to do something else. The last of a transaction."""
    about: dict[str, Any] = {"subject_kind": "task", "subject_id": row.id, "user_id": row.created_by}
    about["workspace_id"] = row.workspace_id
    if row.status == TaskStatus.FAILED:
        sentence = f'The task "{row.name}" failed: {row.error}'
        await notify(work, NotificationType.ERROR, "TASK_FAILED", sentence, **about)
    elif row.started_at is not None and row.completed_at - row.started_at > WORTH_TELLING:
        await notify(work, NotificationType.SUCCESS, "TASK_COMPLETED", f'The task "{row.name}" is done.', **about)


async def again(
    lease: Lease, row: Task, error: AppError, plan: Again, *, keeps_handle: bool, ending: Ending | None = None
) -> None:
    """Back to pending; what waits for the same place waits as long where the place is what is in trouble."""
    kept: Mapping[str, Any] = {} if keeps_handle else FORGOTTEN
    others = None if keeps_handle or row.place is None else Task.place == row.place

    async def step(work: Work) -> None:
        if plan.burns_attempt:
            failed = {"attempt": row.attempt + 1, "waiting_reason": error.message, "waiting_since": None}
            freed = await free(work, lease, plan.seconds, **failed, **kept)
            if others is not None and isinstance(error, RateLimited):
                await put_off(work, lease.line, others, plan.seconds, waiting_reason=error.message)
        else:
            freed = await free_waiting(work, lease, plan.seconds, error.message, others=others, **kept)
        await _close(work, ending)
        await tell_freed(work, lease, freed, is_news=plan.burns_attempt or row.waiting_since is None)

    await until_written(lease, step)


async def move_on(lease: Lease, row: Task, error: AppError, ending: Ending | None = None) -> None:
    """To the next target, at once."""

    async def step(work: Work) -> None:
        freed = await free(work, lease, 0, **moved(row, error.code, error.message), **FORGOTTEN)
        await _close(work, ending)
        await tell_freed(work, lease, freed)
        work.ring(lease.line.name)

    await until_written(lease, step)


def moved(row: Any, code: str, message: str) -> dict[str, Any]:
    """The columns of a row that goes on to its next target."""
    targets = targets_of(row)
    left: Target = targets[row.target]
    noted = {**left.as_json(), "code": code, "error": message, "at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"}
    return {
        "target": row.target + 1,
        "place": targets[row.target + 1].place,
        "tried": [*row.tried, noted],
        "attempt": 0,
        "crashes": 0,
        "waiting_reason": None,
        "waiting_since": None,
    }


async def mark_started(work: Work, lease: Lease, **values: Any) -> Any:
    """Running, and told so; what is sent now is stored before (R9)."""
    row = await lease.write(work, started_at=func.coalesce(Task.started_at, func.now()), waiting_reason=None, **values)
    work.emit(lease.line.announce(row))
    return row
