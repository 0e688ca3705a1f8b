"""Slow upkeep: what was deleted more than 7 days ago goes for good."""

from uuid import UUID

from sqlalchemy import delete, select, true

from spoonfeeder.db.comfyui import Generation, Session, Workflow
from spoonfeeder.db.library import Batch, Preset
from spoonfeeder.db.locks import lock_rows
from spoonfeeder.db.media import Media
from spoonfeeder.db.profile import Profile
from spoonfeeder.db.task import Task
from spoonfeeder.durable.claim import purge_turns
from spoonfeeder.durable.idempotency import purge_idempotency_keys
from spoonfeeder.durable.line import PENDING, RUNNING
from spoonfeeder.features.auth.undo import long_deleted
from spoonfeeder.features.generations.expiry import hide_failed
from spoonfeeder.work import Work

AT_ONCE = 500


async def purge_deleted(work: Work) -> bool:
    """With their files, which `remove_files` removes when this is committed. Whether there may be more."""
    gone = select(Generation.id).where(long_deleted(Generation), Generation.status.not_in((PENDING, RUNNING)))
    ids = list(await work.session.scalars(gone.limit(AT_ONCE)))
    # What loses its generation or profile by a foreign key is locked before them, and in one order (decision 0009).
    profile_ids = list(await work.session.scalars(select(Profile.id).where(long_deleted(Profile))))
    await lock_rows(work.session, Task, Task.generation_id.in_(ids) | Task.profile_id.in_(profile_ids))
    await work.session.execute(delete(Generation).where(Generation.id.in_(ids)))
    without_generations = ~select(Generation.id).where(Generation.batch_id == Batch.id).exists()
    await work.session.execute(delete(Batch).where(without_generations))
    # A workflow takes along the file that it came in.
    files = long_deleted(Media) | Media.id.in_(select(Workflow.source_media_id).where(long_deleted(Workflow)))
    file_ids = list(await work.session.scalars(select(Media.id).where(files).limit(AT_ONCE)))
    await work.session.execute(delete(Media).where(Media.id.in_(file_ids)))
    await _lock_unlinked(work, profile_ids)
    # The foreign keys take children along, however many: a parent waits until theirs are gone.
    without_rows = ~select(Generation.id).where(Generation.session_id == Session.id).exists()
    without_sessions = ~select(Session.id).where(Session.profile_id == Profile.id).exists()
    for parent, childless in ((Session, without_rows), (Workflow, true()), (Profile, without_sessions)):
        await work.session.execute(delete(parent).where(long_deleted(parent), childless))
    return AT_ONCE in {len(ids), len(file_ids)}


async def _lock_unlinked(work: Work, profile_ids: list[UUID]) -> None:
    """What stays and loses its workflow or profile by a foreign key, which would lock it in any order.

    By ids that are read before: with a subquery in their place PostgreSQL would go through all generations.
    """
    workflow_ids = list(await work.session.scalars(select(Workflow.id).where(long_deleted(Workflow))))
    of_either = Generation.workflow_id.in_(workflow_ids) | Generation.profile_id.in_(profile_ids)
    await lock_rows(work.session, Session, Session.current_workflow_id.in_(workflow_ids))
    await lock_rows(work.session, Generation, of_either)
    await lock_rows(work.session, Preset, Preset.workflow_id.in_(workflow_ids))


async def clean_storage(work: Work) -> None:
    """Drafts of files that a dead process left behind."""
    await work.runtime.storage.clean()


CHORES = (hide_failed, purge_deleted, purge_idempotency_keys, purge_turns, clean_storage)
