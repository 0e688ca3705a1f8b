"""Slow upkeep: what was deleted more than 7 days ago goes for good, files first."""

from uuid import UUID

from sqlalchemy import Select, delete, select, true

from spoonfeeder.db.comfyui import Generation, Session, Workflow
from spoonfeeder.db.locks import lock_rows
from spoonfeeder.db.media import Media
from spoonfeeder.db.profile import Profile
from spoonfeeder.db.task import Task
from spoonfeeder.durable.idempotency import purge_idempotency_keys
from spoonfeeder.durable.line import PENDING, RUNNING
from spoonfeeder.features.media.purging import AT_ONCE, long_deleted, purge_files
from spoonfeeder.work import Work


async def purge_deleted(work: Work) -> None:
    """Files go before their rows: after a crash in between the rows are found again."""
    gone = select(Generation.id).where(long_deleted(Generation), Generation.status.not_in((PENDING, RUNNING)))
    ids = list(await work.session.scalars(gone.limit(AT_ONCE)))
    # What loses its generation or profile by a foreign key is locked before them, and in one order (decision 0009).
    await lock_rows(work.session, Task, Task.generation_id.in_(ids) | Task.profile_id.in_(_gone_profiles()))
    await purge_files(work, Media.generation_id.in_(ids))
    await work.session.execute(delete(Generation).where(Generation.id.in_(ids)))
    # A workflow takes along the file that it came in.
    files = long_deleted(Media) | Media.id.in_(select(Workflow.source_media_id).where(long_deleted(Workflow)))
    await purge_files(work, files)
    await work.session.execute(delete(Media).where(files).execution_options(synchronize_session=False))
    await _lock_unlinked(work)
    # The foreign keys take children along, so a parent waits until theirs are purged with their files.
    without_rows = ~select(Generation.id).where(Generation.session_id == Session.id).exists()
    without_sessions = ~select(Session.id).where(Session.profile_id == Profile.id).exists()
    for parent, childless in ((Session, without_rows), (Workflow, true()), (Profile, without_sessions)):
        await work.session.execute(delete(parent).where(long_deleted(parent), childless))


def _gone_profiles() -> Select[UUID]:
    return select(Profile.id).where(long_deleted(Profile))


async def _lock_unlinked(work: Work) -> None:
    """What stays and loses its workflow or profile by a foreign key, which would lock it in any order."""
    workflows = select(Workflow.id).where(long_deleted(Workflow))
    profiles = _gone_profiles()
    of_either = Generation.workflow_id.in_(workflows) | Generation.profile_id.in_(profiles)
    await lock_rows(work.session, Session, Session.current_workflow_id.in_(workflows))
    await lock_rows(work.session, Generation, of_either)


async def clean_storage(work: Work) -> None:
    """Drafts of files that a dead process left behind."""
    await work.runtime.storage.clean()


CHORES = (purge_deleted, purge_idempotency_keys, clean_storage)
