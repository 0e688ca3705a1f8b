"""Slow upkeep: tasks that failed or were cancelled long ago are deleted, with 7 days to undo it."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, update

from spoonfeeder.core.vocabulary import TaskStatus
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.locks import lock_rows
from spoonfeeder.db.task import Task
from spoonfeeder.features.audit.record import Action, Details, record
from spoonfeeder.work import Work

AT_ONCE = 200
UNLUCKY = (TaskStatus.FAILED, TaskStatus.CANCELLED)


def expired(days: float) -> ColumnElement[bool]:
    """Ended badly so long ago, and the generation that it followed, if any, is no longer shown either."""
    shown = select(Generation.id).where(Generation.id == Task.generation_id, Generation.deleted_at.is_(None))
    return and_(
        Task.status.in_(UNLUCKY),
        Task.completed_at < func.now() - timedelta(days=days),
        Task.deleted_at.is_(None),
        ~shown.exists(),
    )


async def hide_failed_tasks(work: Work) -> bool:
    """After FAILED_DAYS. Whether there may be more."""
    days = work.runtime.settings.failed_days
    if days is None:
        return False
    ids = list(await work.session.scalars(select(Task.id).where(expired(days)).limit(AT_ONCE)))
    still = await lock_rows(work.session, Task, Task.id.in_(ids), expired(days))
    hidden = update(Task).where(still).values(deleted_at=func.now(), updated_at=Task.updated_at)
    gone: Counter[UUID] = Counter(await work.session.scalars(hidden.returning(Task.workspace_id)))
    for workspace_id, rows in gone.items():
        told: Details = {"rows": rows, "days": round(days), "reason": "retention"}
        await record(work, Action.TASK_DELETED, "task", within=workspace_id, **told)
    return len(ids) == AT_ONCE
