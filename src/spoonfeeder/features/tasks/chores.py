"""Slow upkeep: tasks that were deleted more than 7 days ago go for good, with their results and files."""

from sqlalchemy import delete, select

from spoonfeeder.db.locks import lock_rows
from spoonfeeder.db.task import Task
from spoonfeeder.durable.line import PENDING, RUNNING
from spoonfeeder.features.auth.undo import long_deleted
from spoonfeeder.features.tasks.expiry import hide_failed_tasks
from spoonfeeder.work import Work

AT_ONCE = 500


async def purge_deleted_tasks(work: Work) -> bool:
    """Whether there may be more."""
    gone = select(Task.id).where(long_deleted(Task), Task.status.not_in((PENDING, RUNNING)))
    ids = list(await work.session.scalars(gone.order_by(Task.id).limit(AT_ONCE)))
    if not ids:
        return False
    locked = await lock_rows(work.session, Task, Task.id.in_(ids), long_deleted(Task), skip_locked=True)
    mine = list(await work.session.scalars(select(Task.id).where(locked)))
    await work.session.execute(delete(Task).where(Task.id.in_(mine)))
    return len(ids) == AT_ONCE


CHORES = (hide_failed_tasks, purge_deleted_tasks)
