"""One default workflow per profile."""

from uuid import UUID

from sqlalchemy import and_, func, select, update

from spoonfeeder.db.comfyui import Workflow
from spoonfeeder.db.locks import lock_rows
from spoonfeeder.work import Work


async def make_room(work: Work, profile_id: UUID | None, workflow_id: UUID | None = None) -> None:
    """Takes the mark from the present default, deleted or not, and keeps others out until the transaction ends.

    `workflow_id` is to get the mark, where it exists already: it is locked together with the other.
    """
    name = f"default workflow|{work.workspace_id}|{profile_id}"
    await work.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    marked = and_(
        Workflow.workspace_id == work.workspace_id,
        Workflow.profile_id.is_not_distinct_from(profile_id),
        Workflow.is_default,
    )
    locked = await lock_rows(work.session, Workflow, marked | (Workflow.id == workflow_id))
    statement = update(Workflow).where(locked, marked).values(is_default=False, updated_at=Workflow.updated_at)
    unmarked = statement.returning(Workflow.id, Workflow.deleted_at).execution_options(synchronize_session=False)
    for row in await work.session.execute(unmarked):
        if row.deleted_at is None:
            work.tell_change("workflow", row.id, "updated")
