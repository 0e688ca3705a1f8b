"""Slow upkeep: projects that were deleted more than 7 days ago go for good."""

from sqlalchemy import delete, select

from spoonfeeder.db.chat import Conversation
from spoonfeeder.db.comfyui import Session
from spoonfeeder.db.library import Project
from spoonfeeder.db.locks import lock_rows
from spoonfeeder.features.auth.undo import long_deleted
from spoonfeeder.work import Work

AT_ONCE = 200


async def purge_projects(work: Work) -> None:
    """What was in them is in none."""
    gone = select(Project.id).where(long_deleted(Project)).order_by(Project.id).limit(AT_ONCE)
    ids = list(await work.session.scalars(gone))
    # What loses its project by a foreign key is locked before, and in one order (decision 0009).
    for table in (Session, Conversation):
        await lock_rows(work.session, table, table.project_id.in_(ids))
    await work.session.execute(delete(Project).where(Project.id.in_(ids), long_deleted(Project)))
