"""Slow upkeep: what failed or was cancelled long ago is deleted as a person would do it, with 7 days to undo it."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, text, update
from sqlalchemy.orm import aliased

from spoonfeeder.core.vocabulary import GenerationStatus
from spoonfeeder.db.comfyui import Generation, Session
from spoonfeeder.db.locks import lock_rows
from spoonfeeder.db.task import Task
from spoonfeeder.features.audit.record import Action, Details, record
from spoonfeeder.features.generations.ending import recount
from spoonfeeder.realtime.events import ResourceChanged
from spoonfeeder.work import Work

AT_ONCE = 200
UNLUCKY = (GenerationStatus.FAILED, GenerationStatus.CANCELLED)


def expired(days: float) -> ColumnElement[bool]:
    """Ended badly so long ago, and nobody and nothing holds on to it."""
    return and_(Generation.status.in_(UNLUCKY), _old(days), unheld())


def archivable(days: float) -> ColumnElement[bool]:
    """Completed so long ago, and nobody and nothing holds on to it, the result of a task neither."""
    of_task = select(Task.id).where(Task.generation_id == Generation.id, Task.deleted_at.is_(None))
    return and_(Generation.status == GenerationStatus.COMPLETED, _old(days), unheld(), ~of_task.exists())


def unheld() -> ColumnElement[bool]:
    """Nobody marked it, it is no cell of a grid, and no row goes back to it."""
    later = aliased(Generation)
    of_later = select(later.id).where(later.deleted_at.is_(None))
    return and_(
        Generation.deleted_at.is_(None),
        ~Generation.favorite,
        Generation.tags == text("'{}'"),
        Generation.notes.is_(None),
        Generation.batch_id.is_(None),
        ~of_later.where(later.rerun_of == Generation.id).exists(),
        ~of_later.where(later.verifies == Generation.id).exists(),
    )


def _old(days: float) -> ColumnElement[bool]:
    return Generation.completed_at < func.now() - timedelta(days=days)


async def hide_failed(work: Work) -> bool:
    """After FAILED_DAYS. Whether there may be more."""
    days = work.runtime.settings.failed_days
    if days is None:
        return False
    ids = list(await work.session.scalars(select(Generation.id).where(expired(days)).limit(AT_ONCE)))
    await hide(work, ids, expired(days), days, "retention")
    return len(ids) == AT_ONCE


async def hide(work: Work, ids: Sequence[UUID], still: ColumnElement[bool], days: float, reason: str) -> None:
    """Deletes those that are `still` so, with undo, and tells the windows and the audit log."""
    its_sessions = select(Generation.session_id).where(Generation.id.in_(ids))
    await lock_rows(work.session, Session, Session.id.in_(its_sessions))
    locked = await lock_rows(work.session, Generation, Generation.id.in_(ids), still)
    hidden = update(Generation).where(locked).values(deleted_at=func.now(), updated_at=Generation.updated_at)
    gone = (await work.session.execute(hidden.returning(Generation.workspace_id, Generation.session_id))).all()
    await recount(work, Session.id.in_({row.session_id for row in gone}))
    for workspace_id, session_id in {tuple(row) for row in gone if row.session_id is not None}:
        work.emit(ResourceChanged(workspace_id=workspace_id, kind="session", id=session_id, change="updated"))
    for workspace_id, rows in Counter(row.workspace_id for row in gone).items():
        told: Details = {"rows": rows, "days": round(days), "reason": reason}
        await record(work, Action.GENERATION_DELETED, "generation", within=workspace_id, **told)
