"""One default workflow per profile."""

from uuid import UUID

from sqlalchemy import func, select, update

from spoonfeeder.db.comfyui import Workflow
from spoonfeeder.work import Work


async def make_room(work: Work, profile_id: UUID | None) -> None:
    """Takes the mark from the present default, deleted or not, and keeps others out until the transaction ends."""
    name = f"default workflow|{work.workspace_id}|{profile_id}"
    await work.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    marked = (
        Workflow.workspace_id == work.workspace_id,
        Workflow.profile_id.is_not_distinct_from(profile_id),
        Workflow.is_default,
    )
    statement = update(Workflow).where(*marked).values(is_default=False, updated_at=Workflow.updated_at)
    await work.session.execute(statement.execution_options(synchronize_session=False))
