"""Accepting tasks, changing those that wait, and trying again those that came to nothing."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select, update

from spoonfeeder.core.errors import Conflict, NotFound
from spoonfeeder.core.vocabulary import Provider, TaskStatus
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.task import Task
from spoonfeeder.durable.line import CANCELLED, FAILED, PENDING, in_state
from spoonfeeder.durable.quota import require_quota
from spoonfeeder.features.auth.access import visible_rows
from spoonfeeder.features.generations.service import PriorityTooHigh
from spoonfeeder.features.tasks import announce, comfyui
from spoonfeeder.features.tasks.line import TASKS
from spoonfeeder.features.tasks.schemas import TaskInput, TaskPatch
from spoonfeeder.features.tasks.targets import Target, targets_of
from spoonfeeder.features.tasks.wanted import find_targets, name_of, require_due
from spoonfeeder.work import Work

COLUMNS = Task.__table__.c
ANEW: dict[str, Any] = {
    "status": TaskStatus.PENDING,
    **dict.fromkeys(("progress", "target", "attempt", "crashes"), 0),
    **dict.fromkeys(("message", "waiting_reason", "waiting_since", "error", "error_code", "error_details")),
    **dict.fromkeys(("sent_at", "call_id", "provider_handle", "owner", "lease_until")),
    **dict.fromkeys(("cancel_requested_at", "started_at", "completed_at")),
    "tried": [],
}
"""What a task is that nobody has tried yet."""


class TaskNotFound(NotFound):
    """This task does not exist."""

    code = "TASK_NOT_FOUND"


class NotPending(Conflict):
    """This task has begun already; its priority and time can no longer be changed."""

    code = "NOT_PENDING"


class NothingToRetry(Conflict):
    """Only a task that failed or was cancelled can be tried again."""

    code = "NOTHING_TO_RETRY"


async def create(work: Work, data: TaskInput, *, schedule_id: UUID | None = None) -> UUID:
    """A pending row; one for a ComfyUI comes with its generation.

    Raises PriorityTooHigh, QueueFull, and what `find_targets` and `comfyui.begin` raise.
    """
    _require_priority(work, data.priority)
    targets = await find_targets(work, data)
    await require_quota(work, TASKS)
    first, *others = targets
    asked = data.model_dump(include={"type", "prompt", "options", "priority", "max_attempts"})
    values = asked | {
        "id": uuid4(),
        "workspace_id": work.workspace_id,
        "created_by": work.user.user_id,
        "schedule_id": schedule_id,
        "name": name_of(data, first),
        "inputs": [str(media_id) for media_id in data.inputs],
        "fallback": [target.as_json() for target in others],
        "provider": first.provider,
        "profile_id": first.profile_id,
        "model": first.model,
        "place": first.place,
        "generation_id": await _followed(work, first, data.prompt, data.options, data.priority, data.run_after),
        **({"run_after": func.greatest(func.now(), data.run_after)} if data.run_after else {}),
    }
    statement = insert(Task).values(**values).returning(*COLUMNS)
    row = (await work.session.execute(statement)).one()
    work.ring(TASKS.name)
    work.emit(announce.of_state(row))
    return values["id"]  # type: ignore[no-any-return]


async def _followed(
    work: Work, first: Target, prompt: str, options: dict[str, Any] | None, priority: int, run_after: datetime | None
) -> UUID | None:
    """The generation that carries the task out, where that is for a ComfyUI."""
    if first.provider is not Provider.COMFYUI:
        return None
    return await comfyui.begin(
        work, prompt=prompt, options=options, profile_id=first.profile_id, priority=priority, run_after=run_after
    )


def _require_priority(work: Work, priority: int) -> None:
    if priority > 0 and not work.user.is_admin:
        raise PriorityTooHigh


async def locked(work: Work, task_id: UUID) -> Any:
    """The row, kept from others until the transaction ends. Raises TaskNotFound."""
    mine = visible_rows(select(*COLUMNS), COLUMNS, work.actor).where(COLUMNS.id == task_id)
    row = (await work.session.execute(mine.with_for_update(key_share=True))).one_or_none()
    if row is None:
        raise TaskNotFound
    return row


async def change(work: Work, task_id: UUID, data: TaskPatch) -> None:
    """Raises TaskNotFound, NotPending, PriorityTooHigh, Invalid."""
    given = data.model_dump(exclude_unset=True)
    row = await locked(work, task_id)
    moved = {name: value for name, value in given.items() if name != "name" and value != getattr(row, name)}
    if moved:
        await _require_movable(work, row, data)
    changed = moved | {name: given[name] for name in given if name == "name"}
    if not changed:
        return
    await work.session.execute(update(Task).where(Task.id == task_id).values(**changed))
    if moved and row.generation_id is not None:
        waiting = (Generation.id == row.generation_id, in_state(Generation, PENDING))
        await work.session.execute(update(Generation).where(*waiting).values(**moved))
    work.ring(TASKS.name)
    work.tell_change("task", task_id, "updated")


async def _require_movable(work: Work, row: Any, data: TaskPatch) -> None:
    if row.status != PENDING:
        raise NotPending
    if data.priority is not None and data.priority != row.priority:
        _require_priority(work, data.priority)
    if data.run_after is not None and data.run_after != row.run_after:
        require_due(data.run_after)


async def retry(work: Work, task_id: UUID) -> None:
    """Pending again, from the first who was asked. Raises TaskNotFound, NothingToRetry, QueueFull.

    One for a ComfyUI gets a new generation: raises what `comfyui.begin` raises.
    """
    await require_quota(work, TASKS)
    row = await locked(work, task_id)
    if row.status not in {FAILED, CANCELLED}:
        raise NothingToRetry
    first = targets_of(row)[0]
    priority = row.priority if work.user.is_admin else min(row.priority, 0)
    anew = ANEW | {
        "run": Task.run + 1,
        "version": Task.version + 1,
        "run_after": func.now(),
        "priority": priority,
        "place": first.place,
        "generation_id": await _followed(work, first, row.prompt, row.options, priority, None),
    }
    statement = update(Task).where(Task.id == task_id).values(**anew).returning(*COLUMNS)
    again = (await work.session.execute(statement)).one()
    work.ring(TASKS.name)
    work.emit(announce.of_state(again))
