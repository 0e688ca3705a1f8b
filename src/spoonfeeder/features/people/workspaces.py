"""Workspaces as their members see them: listed, made, renamed, and deleted while they hold nothing."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, delete, func, literal, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID
from spoonfeeder.core.errors import Conflict
from spoonfeeder.core.vocabulary import WorkspaceRole
from spoonfeeder.db.access import ApiKey
from spoonfeeder.db.account import User, Workspace, WorkspaceMember
from spoonfeeder.db.notification import Notification
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.auth.me import own_id
from spoonfeeder.features.auth.policy import Forbidden
from spoonfeeder.features.people import members, newcomers
from spoonfeeder.features.people.schemas import WorkspaceOut
from spoonfeeder.work import Work


class WorkspaceNotEmpty(Conflict):
    """This workspace still holds something; what was deleted counts until it is purged after 7 days."""

    code = "WORKSPACE_NOT_EMPTY"


class DefaultWorkspace(Conflict):
    """The default workspace cannot be deleted."""

    code = "DEFAULT_WORKSPACE"


class LastWorkspace(Conflict):
    """This is the only workspace of one of its members; remove them first, or leave it as it is."""

    code = "LAST_WORKSPACE"


class BoundKey(Forbidden):
    """This API key is for one workspace only."""


MEMBERS = select(func.count()).select_from(WorkspaceMember).where(WorkspaceMember.workspace_id == Workspace.id)
COLUMNS = (
    Workspace.id,
    Workspace.name,
    MEMBERS.scalar_subquery().label("member_count"),
    Workspace.created_at,
    Workspace.updated_at,
)


async def list_workspaces(work: Work, *, limit: int) -> Sequence[Any]:
    """The caller's own, by name."""
    mine, bound = aliased(WorkspaceMember), _bound(work)
    statement = select(*COLUMNS, mine.role).join(mine, mine.workspace_id == Workspace.id)
    statement = statement.where(mine.user_id == own_id(work), or_(bound.is_(None), Workspace.id == bound))
    return (await work.session.execute(statement.order_by(func.lower(Workspace.name), Workspace.id).limit(limit))).all()


async def require_unbound(work: Work) -> None:
    """Raises BoundKey."""
    if await work.session.scalar(select(_bound(work))) is not None:
        raise BoundKey


def _bound(work: Work) -> ScalarSelect[UUID | None]:
    """The only workspace of the API key that the request came with."""
    return select(ApiKey.workspace_id).where(ApiKey.id == work.user.api_key_id).scalar_subquery()


async def show(work: Work, workspace_id: UUID, role: WorkspaceRole) -> WorkspaceOut:
    """`role` is the caller's."""
    statement = select(*COLUMNS, literal(role).label("role")).where(Workspace.id == workspace_id)
    return WorkspaceOut.model_validate((await work.session.execute(statement)).one())


async def create(work: Work, name: str) -> UUID:
    """Raises BoundKey."""
    await require_unbound(work)
    workspace_id = await newcomers.add_workspace(work, name, own_id(work))
    await record(work, Action.WORKSPACE_CREATED, "workspace", workspace_id, within=workspace_id, name=name)
    return workspace_id


async def rename(work: Work, name: str) -> None:
    await work.session.execute(
        update(Workspace).where(Workspace.id == work.workspace_id).values(name=name, updated_at=func.now())
    )
    await record(work, Action.WORKSPACE_CHANGED, "workspace", work.workspace_id, name=name)


async def remove(work: Work) -> None:
    """With its members, invitations and notifications. Raises DefaultWorkspace, LastWorkspace, WorkspaceNotEmpty."""
    if work.workspace_id == DEFAULT_WORKSPACE_ID:
        raise DefaultWorkspace
    await _require_others_for(work, list(await members.lock(work, work.workspace_id)))
    try:
        await work.session.execute(delete(Notification).where(Notification.workspace_id == work.workspace_id))
        await work.session.execute(delete(Workspace).where(Workspace.id == work.workspace_id))
    except IntegrityError as error:
        raise WorkspaceNotEmpty from error
    await record(work, Action.WORKSPACE_DELETED, "workspace", work.workspace_id)


async def _require_others_for(work: Work, user_ids: list[UUID]) -> None:
    """Everybody is a member of another workspace as well; of two that are deleted at once, the second sees it."""
    users = select(User.id).where(User.id.in_(user_ids)).order_by(User.id)
    await work.session.execute(users.with_for_update(key_share=True))
    elsewhere = select(WorkspaceMember.user_id).where(
        WorkspaceMember.user_id.in_(user_ids), WorkspaceMember.workspace_id != work.workspace_id
    )
    if set(user_ids) - set(await work.session.scalars(elsewhere)):
        raise LastWorkspace
