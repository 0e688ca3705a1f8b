"""Slow upkeep: tasks that were deleted more than 7 days ago go for good, with their results and files."""

from sqlalchemy import delete, select

from spoonfeeder.db.locks import lock_rows
from spoonfeeder.db.media import Media
from spoonfeeder.db.task import Task
from spoonfeeder.durable.line import PENDING, RUNNING
from spoonfeeder.features.media.purging import AT_ONCE, long_deleted, purge_files
from spoonfeeder.work import Work


async def purge_deleted_tasks(work: Work) -> None:
    gone = select(Task.id).where(long_deleted(Task), Task.status.not_in((PENDING, RUNNING)))
    ids = list(await work.session.scalars(gone.order_by(Task.id).limit(AT_ONCE)))
    if not ids:
        return
    locked = await lock_rows(work.session, Task, Task.id.in_(ids), long_deleted(Task), skip_locked=True)
    mine = list(await work.session.scalars(select(Task.id).where(locked)))
    await purge_files(work, Media.task_id.in_(mine))
    await work.session.execute(delete(Task).where(Task.id.in_(mine)))


CHORES = (purge_deleted_tasks,)
