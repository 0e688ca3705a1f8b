"""Sessions: created, renamed, listed; what happens to their generations is the generations' affair."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from spoonfeeder.core.errors import NotFound, invalid_field
from spoonfeeder.db.comfyui import Session, Workflow
from spoonfeeder.db.profile import Profile
from spoonfeeder.features.auth.access import visible, visible_rows
from spoonfeeder.features.projects import queries as projects
from spoonfeeder.features.projects.service import chosen
from spoonfeeder.features.sessions.schemas import SessionInput, SessionPatch
from spoonfeeder.work import Work


class SessionNotFound(NotFound):
    """This session does not exist."""

    code = "SESSION_NOT_FOUND"


COLUMNS = Session.__table__.c
_NAMES = Workflow.__table__.c
SHOWN = select(
    *(column for column in COLUMNS if column.key not in {"workspace_id", "deleted_at", "project_id"}),
    projects.shown_project(COLUMNS.project_id),
    select(_NAMES.name)
    .where(_NAMES.id == COLUMNS.current_workflow_id, _NAMES.deleted_at.is_(None))
    .scalar_subquery()
    .label("workflow_name"),
)
"""Everything an answer shows."""
# Made once: to build it anew for each request takes longer than the database does.
SHOWN_BY_ID = SHOWN.where(
    COLUMNS.workspace_id == bindparam("workspace_id"), COLUMNS.deleted_at.is_(None), COLUMNS.id == bindparam("wanted")
)


async def list_sessions(
    work: Work, *, profile_id: UUID | None, project_id: UUID | None = None, limit: int
) -> Sequence[Any]:
    """The most recently active first."""
    statement = visible_rows(SHOWN, COLUMNS, work.actor).limit(limit)
    statement = statement.order_by(COLUMNS.updated_at.desc(), COLUMNS.id.desc())
    if profile_id is not None:
        statement = statement.where(COLUMNS.profile_id == profile_id)
    if project_id is not None:
        statement = statement.where(projects.is_in(COLUMNS.project_id, project_id))
    return (await work.session.execute(statement)).all()


async def show(work: Work, session_id: UUID) -> Any:
    mine = {"workspace_id": work.workspace_id, "wanted": session_id}
    row = (await work.session.execute(SHOWN_BY_ID, mine)).one_or_none()
    if row is None:
        raise SessionNotFound
    return row


async def get(work: Work, session_id: UUID, *, for_update: bool = False) -> Session:
    """Raises SessionNotFound."""
    statement = visible(select(Session), work.actor).where(Session.id == session_id)
    row = await work.session.scalar(statement.with_for_update(key_share=True) if for_update else statement)
    if row is None:
        raise SessionNotFound
    return row


async def create(work: Work, data: SessionInput) -> UUID:
    workflow_id = data.current_workflow_id or data.workflow_id
    profile_id = data.profile_id
    if profile_id is not None:
        await _require(work, Profile, profile_id, "profile_id", "This profile does not exist.")
    if workflow_id is not None:
        workflow = await _require(work, Workflow, workflow_id, "workflow_id", "This workflow does not exist.")
        profile_id = profile_id or workflow.profile_id
    session = Session(
        workspace_id=work.workspace_id,
        profile_id=profile_id,
        project_id=await chosen(work, data.project_id),
        title=data.title or f"Session {datetime.now(UTC):%Y-%m-%d %H:%M}",
        current_workflow_id=workflow_id,
        last_parameters=data.last_parameters,
    )
    work.session.add(session)
    await work.session.flush()
    work.tell_change("session", session.id, "created")
    return session.id


async def update(work: Work, session_id: UUID, data: SessionPatch) -> None:
    session = await get(work, session_id)
    given = data.model_dump(exclude_unset=True)
    if "workflow_id" in given:
        given.setdefault("current_workflow_id", given.pop("workflow_id"))
    if given.get("current_workflow_id") is not None:
        await _require(
            work, Workflow, given["current_workflow_id"], "current_workflow_id", "This workflow does not exist."
        )
    if given.get("profile_id") is not None:
        await _require(work, Profile, given["profile_id"], "profile_id", "This profile does not exist.")
    if "project_id" in given:
        given["project_id"] = await chosen(work, given["project_id"], session.project_id)
    for name in ("title", "last_parameters"):
        if name in given and given[name] is None:
            raise invalid_field(name, f"The {name.replace('_', ' ')} cannot be null; leave it out instead.")
    for name, value in given.items():
        setattr(session, name, value)
    await work.session.flush()
    work.tell_change("session", session_id, "updated")


async def _require(work: Work, entity: type[Any], row_id: UUID, field: str, message: str) -> Any:
    row = await work.session.scalar(visible(select(entity), work.actor).where(entity.id == row_id))
    if row is None:
        raise invalid_field(field, message, code="unknown_id")
    return row
