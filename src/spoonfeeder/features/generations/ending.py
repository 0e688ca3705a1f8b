"""Cancelling, deleting with undo, and what the deletion of a session, workflow or profile takes along."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update

from spoonfeeder.core.errors import Conflict
from spoonfeeder.core.vocabulary import GenerationStatus
from spoonfeeder.db.comfyui import Generation, Session, Workflow
from spoonfeeder.db.library import Batch
from spoonfeeder.db.locks import lock_rows, lock_session_of
from spoonfeeder.db.profile import Profile
from spoonfeeder.durable.cancel import cancel_pending, request_cancel
from spoonfeeder.durable.line import PENDING, RUNNING
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.auth.undo import UNDO, NothingToRestore
from spoonfeeder.features.generations import announce, queries
from spoonfeeder.features.generations.batches import progress
from spoonfeeder.features.generations.batches import queries as batches
from spoonfeeder.features.generations.line import GENERATIONS
from spoonfeeder.features.profiles import service as profiles
from spoonfeeder.features.sessions import service as sessions
from spoonfeeder.work import Work

COUNTED = (Generation.session_id, Generation.status)
"""What a session's counters are made of."""


class AlreadyEnded(Conflict):
    """This generation has already ended; there is nothing to cancel."""

    code = "ALREADY_ENDED"


async def cancel(work: Work, generation_id: UUID) -> None:
    """Pending: ended now. Running: asked. Ended: raises AlreadyEnded."""
    row = await _locked(work, generation_id)
    if row.status not in {PENDING, RUNNING}:
        raise AlreadyEnded
    await _stop(work, Generation.id == generation_id)


async def stop(work: Work, generation_id: UUID) -> None:
    """The same for one that may have ended meanwhile. Raises GenerationNotFound."""
    await _locked(work, generation_id)
    await _stop(work, Generation.id == generation_id)


async def delete(work: Work, generation_id: UUID) -> bool:
    """A live generation is cancelled (False); an ended one vanishes and can be restored for 7 days (True)."""
    await lock_session_of(work.session, generation_id)
    row = await _locked(work, generation_id)
    if row.status in {PENDING, RUNNING}:
        await _stop(work, Generation.id == generation_id)
        return False
    await _hide(work, Generation, Generation.id == generation_id)
    await _count(work, row.session_id, row.status, -1)
    work.tell_change("generation", generation_id, "deleted")
    await record(work, Action.GENERATION_DELETED, "generation", generation_id)
    return True


async def restore(work: Work, generation_id: UUID) -> None:
    """Raises NothingToRestore, also where its session is deleted: that brings back both."""
    its_session = select(Session.id).where(Session.id == Generation.session_id, Session.deleted_at.is_(None))
    has_its_place = Generation.session_id.is_(None) | its_session.exists()
    await lock_session_of(work.session, generation_id)
    rows = await _show_again(work, Generation, (Generation.id == generation_id) & has_its_place, *COUNTED)
    await _count(work, rows[0].session_id, rows[0].status, +1)
    work.tell_change("generation", generation_id, "restored")
    await record(work, Action.GENERATION_RESTORED, "generation", generation_id)


async def delete_session(work: Work, session_id: UUID) -> None:
    await sessions.get(work, session_id, for_update=True)
    in_it = await _lock(work, Generation, Generation.session_id == session_id, Generation.deleted_at.is_(None))
    await _stop(work, in_it)
    await _hide(work, Generation, in_it)
    await _hide(work, Session, Session.id == session_id)
    work.tell_change("session", session_id, "deleted")
    await record(work, Action.SESSION_DELETED, "session", session_id)


async def restore_session(work: Work, session_id: UUID) -> None:
    """Brings back the session and the generations that vanished with it.

    Raises NothingToRestore, also where its profile is deleted: that brings back all.
    """
    its_profile = select(Profile.id).where(Profile.id == Session.profile_id, Profile.deleted_at.is_(None))
    has_its_place = Session.profile_id.is_(None) | its_profile.exists()
    hidden = await _moment(work, Session, session_id)
    await _show_again(work, Session, (Session.id == session_id) & has_its_place)
    its_own = (Generation.session_id == session_id, Generation.deleted_at == hidden)
    await _unhide(work, Generation, await _lock(work, Generation, *its_own))
    await _recount(work, Session.id == session_id)
    work.tell_change("session", session_id, "restored")
    await record(work, Action.SESSION_RESTORED, "session", session_id)


async def cancel_batch(work: Work, batch_id: UUID) -> None:
    """What of it waits ends now, what runs is asked to. Raises BatchNotFound."""
    await batches.get(work, batch_id)
    live = Generation.status.in_((PENDING, RUNNING))
    await _stop(work, await _lock(work, Generation, Generation.batch_id == batch_id, live))


async def delete_batch(work: Work, batch_id: UUID) -> None:
    """Stops what of it is live and hides all of it. Raises BatchNotFound."""
    batch = await batches.get(work, batch_id)
    await lock_rows(work.session, Session, Session.id == batch.session_id)
    in_it = await _lock(work, Generation, Generation.batch_id == batch_id, Generation.deleted_at.is_(None))
    await _stop(work, in_it)
    await _hide(work, Generation, in_it)
    await _recount(work, Session.id == batch.session_id)
    work.tell_change("batch", batch_id, "deleted")
    await record(work, Action.BATCH_DELETED, "batch", batch_id)


async def restore_batch(work: Work, batch_id: UUID) -> None:
    """Brings back what vanished of it at last. Raises NothingToRestore, also where its session is deleted."""
    batch = await work.session.scalar(visible(select(Batch), work.actor).where(Batch.id == batch_id))
    if batch is None:
        raise NothingToRestore
    its_session = Session.id == batch.session_id
    await lock_rows(work.session, Session, its_session)
    of_it = Generation.batch_id == batch_id
    hidden = select(func.max(Generation.deleted_at), func.count().filter(Generation.deleted_at.is_(None))).where(of_it)
    moment, shown = (await work.session.execute(hidden)).one()
    has_place = select(func.count(Session.id)).where(its_session, Session.deleted_at.is_not(None))
    if shown or await work.session.scalar(has_place):
        raise NothingToRestore
    await _show_again(work, Generation, await _lock(work, Generation, of_it, Generation.deleted_at == moment))
    await _recount(work, its_session)
    work.tell_change("batch", batch_id, "restored")
    await record(work, Action.BATCH_RESTORED, "batch", batch_id)


async def delete_profile(work: Work, profile_id: UUID) -> None:
    """The profile vanishes with its workflows, sessions and their generations (spec/database.md: CASCADE)."""
    await profiles.delete(work, profile_id)
    its_sessions = await _lock(work, Session, Session.profile_id == profile_id, Session.deleted_at.is_(None))
    its_workflows = await _lock(work, Workflow, Workflow.profile_id == profile_id, Workflow.deleted_at.is_(None))
    inside = Generation.session_id.in_(select(Session.id).where(its_sessions))
    elsewhere = (Generation.profile_id == profile_id) & Generation.completed_at.is_(None)
    generations = await _lock(work, Generation, inside | elsewhere, Generation.deleted_at.is_(None))
    await _stop(work, generations)
    await _hide(work, Generation, generations & inside)
    await _hide(work, Session, its_sessions)
    await _hide(work, Workflow, its_workflows)


async def restore_profile(work: Work, profile_id: UUID) -> None:
    """Brings back the profile and all that vanished with it. Raises NothingToRestore."""
    hidden = await _moment(work, Profile, profile_id)
    await _show_again(work, Profile, Profile.id == profile_id)
    its_sessions = await _lock(work, Session, Session.profile_id == profile_id, Session.deleted_at == hidden)
    its_workflows = await _lock(work, Workflow, Workflow.profile_id == profile_id, Workflow.deleted_at == hidden)
    inside = Generation.session_id.in_(select(Session.id).where(its_sessions))
    await _unhide(work, Session, its_sessions)
    await _unhide(work, Workflow, its_workflows)
    await _unhide(work, Generation, await _lock(work, Generation, inside, Generation.deleted_at == hidden))
    await _recount(work, its_sessions)
    work.tell_change("profile", profile_id, "restored")
    await record(work, Action.PROFILE_RESTORED, "profile", profile_id)


async def _locked(work: Work, generation_id: UUID) -> Any:
    columns = select(Generation.id, Generation.status, Generation.session_id)
    statement = visible(columns, work.actor).where(Generation.id == generation_id).with_for_update(key_share=True)
    row = (await work.session.execute(statement)).one_or_none()
    if row is None:
        raise queries.GenerationNotFound
    return row


async def _lock(work: Work, table: type[Any], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return await lock_rows(work.session, table, table.workspace_id == work.workspace_id, *conditions)


async def _stop(work: Work, locked: ColumnElement[bool]) -> None:
    """Of locked rows, which cannot go from running back to waiting meanwhile."""
    await request_cancel(work, GENERATIONS, locked)
    cancelled = await cancel_pending(work, GENERATIONS, locked)
    for row in cancelled:
        work.emit(announce.of_state(row))
    await progress.tell(work, cancelled)


async def _hide(work: Work, table: type[Any], locked: ColumnElement[bool]) -> None:
    await work.session.execute(update(table).where(locked).values(deleted_at=func.now(), updated_at=table.updated_at))


async def _show_again(work: Work, table: type[Any], condition: ColumnElement[bool], *told: Any) -> list[Any]:
    recent = (table.workspace_id == work.workspace_id, table.deleted_at > func.now() - UNDO, condition)
    statement = update(table).where(*recent).values(deleted_at=None, updated_at=table.updated_at)
    rows = (await work.session.execute(statement.returning(table.id, *told))).all()
    if not rows:
        raise NothingToRestore
    return list(rows)


async def _moment(work: Work, table: type[Any], row_id: UUID) -> Any:
    """When the row was hidden, and with it its children."""
    moment = select(table.deleted_at).where(table.id == row_id, table.workspace_id == work.workspace_id)
    return await work.session.scalar(moment)


async def _unhide(work: Work, table: type[Any], locked: ColumnElement[bool]) -> None:
    await work.session.execute(update(table).where(locked).values(deleted_at=None, updated_at=table.updated_at))


async def _recount(work: Work, condition: ColumnElement[bool]) -> None:
    """What ended while its session was deleted was not counted."""
    await recount(work, (Session.workspace_id == work.workspace_id) & condition)


async def recount(work: Work, sessions: ColumnElement[bool]) -> None:
    """Makes the counters of sessions those of their visible rows."""
    visible_rows = select(func.count(Generation.id)).where(
        Generation.session_id == Session.id, Generation.deleted_at.is_(None)
    )
    counted = {
        "generation_count": visible_rows.scalar_subquery(),
        "completed_count": visible_rows.where(Generation.status == GenerationStatus.COMPLETED).scalar_subquery(),
        "failed_count": visible_rows.where(Generation.status == GenerationStatus.FAILED).scalar_subquery(),
        "updated_at": Session.updated_at,
    }
    await work.session.execute(update(Session).where(sessions).values(**counted))


async def _count(work: Work, session_id: UUID | None, status: str, by: int) -> None:
    """Keeps a session's counters equal to its visible rows."""
    if session_id is None:
        return
    counted = {"generation_count": Session.generation_count + by, "updated_at": Session.updated_at}
    if status == GenerationStatus.COMPLETED:
        counted["completed_count"] = Session.completed_count + by
    if status == GenerationStatus.FAILED:
        counted["failed_count"] = Session.failed_count + by
    await work.session.execute(update(Session).where(Session.id == session_id).values(**counted))
