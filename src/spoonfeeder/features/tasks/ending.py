"""Cancelling tasks, and deleting them with undo; what ComfyUI does for one goes the same way."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from spoonfeeder.core.errors import Conflict
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.task import Task
from spoonfeeder.durable.cancel import cancel_pending, request_cancel
from spoonfeeder.durable.line import PENDING, RUNNING
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.auth.undo import UNDO, NothingToRestore
from spoonfeeder.features.generations import ending as generations
from spoonfeeder.features.tasks import announce
from spoonfeeder.features.tasks.line import TASKS
from spoonfeeder.features.tasks.service import locked
from spoonfeeder.work import Work


class AlreadyEnded(Conflict):
    """This task has already ended; there is nothing to cancel."""

    code = "ALREADY_ENDED"


async def cancel(work: Work, task_id: UUID) -> None:
    """Pending: ended now. Running: asked. Raises TaskNotFound, AlreadyEnded."""
    row = await locked(work, task_id)
    if row.status not in {PENDING, RUNNING}:
        raise AlreadyEnded
    await _stop(work, row)


async def delete(work: Work, task_id: UUID) -> bool:
    """A live task is cancelled (False); an ended one vanishes and can be restored for 7 days (True).

    Raises TaskNotFound.
    """
    row = await locked(work, task_id)
    if row.status in {PENDING, RUNNING}:
        await _stop(work, row)
        return False
    hidden = {"deleted_at": func.now(), "updated_at": Task.updated_at}
    await work.session.execute(update(Task).where(Task.id == task_id).values(**hidden))
    if await _status_of_generation(work, row) is not None:
        await generations.delete(work, row.generation_id)
    work.tell_change("task", task_id, "deleted")
    await record(work, Action.TASK_DELETED, "task", task_id)
    return True


async def restore(work: Work, task_id: UUID) -> None:
    """With the generation that vanished with it. Raises NothingToRestore, also where its session is deleted."""
    mine = (Task.workspace_id == work.workspace_id, Task.id == task_id, Task.deleted_at > func.now() - UNDO)
    lock = select(Task.id, Task.generation_id, Task.deleted_at).where(*mine).with_for_update(key_share=True)
    row = (await work.session.execute(lock)).one_or_none()
    if row is None:
        raise NothingToRestore
    with_it = select(Generation.id).where(Generation.id == row.generation_id, Generation.deleted_at == row.deleted_at)
    if await work.session.scalar(with_it) is not None:
        await generations.restore(work, row.generation_id)
    shown = {"deleted_at": None, "updated_at": Task.updated_at}
    await work.session.execute(update(Task).where(Task.id == task_id).values(**shown))
    work.tell_change("task", task_id, "restored")
    await record(work, Action.TASK_RESTORED, "task", task_id)


async def _stop(work: Work, row: Any) -> None:
    """Of a locked row. What follows a generation ends with it, when it is not pending itself."""
    await request_cancel(work, TASKS, Task.id == row.id)
    for ended in await cancel_pending(work, TASKS, Task.id == row.id):
        work.emit(announce.of_state(ended))
    if await _status_of_generation(work, row) in {PENDING, RUNNING}:
        await generations.stop(work, row.generation_id)


async def _status_of_generation(work: Work, row: Any) -> str | None:
    """None where there is none, or it is deleted."""
    if row.generation_id is None:
        return None
    mine = visible(select(Generation.status), work.actor).where(Generation.id == row.generation_id)
    status: str | None = await work.session.scalar(mine)
    return status
