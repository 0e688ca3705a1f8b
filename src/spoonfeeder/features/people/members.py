"""Who belongs to a workspace, and who may decide that: owners over everybody, admins over members and viewers."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from spoonfeeder.core.actor import LOCAL_OWNER
from spoonfeeder.core.errors import Conflict, NotFound
from spoonfeeder.core.vocabulary import WorkspaceRole
from spoonfeeder.db.access import Invitation
from spoonfeeder.db.account import User, Workspace, WorkspaceMember
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.auth.me import own_id
from spoonfeeder.features.auth.policy import RANKS, Forbidden, WorkspaceNotFound
from spoonfeeder.features.people.revoking import end_invitations, end_membership
from spoonfeeder.work import Work


class MemberNotFound(NotFound):
    """This user is not a member of the workspace."""

    code = "MEMBER_NOT_FOUND"


class LastOwner(Conflict):
    """This is the only active owner of the workspace; make somebody else an owner first."""

    code = "LAST_OWNER"


SHOWN = select(
    WorkspaceMember.user_id, User.email, User.name, WorkspaceMember.role, User.active, WorkspaceMember.created_at
).join(User, User.id == WorkspaceMember.user_id)


async def list_members(work: Work, *, limit: int) -> Sequence[Any]:
    """Who joined first stands first."""
    statement = SHOWN.where(WorkspaceMember.workspace_id == work.workspace_id).limit(limit)
    return (await work.session.execute(statement.order_by(WorkspaceMember.created_at, User.id))).all()


async def show(work: Work, user_id: UUID) -> Any:
    statement = SHOWN.where(WorkspaceMember.workspace_id == work.workspace_id, User.id == user_id)
    return (await work.session.execute(statement)).one()


async def lock(work: Work, workspace_id: UUID) -> dict[UUID, WorkspaceRole]:
    """Everybody's role, which nobody else changes until the transaction ends."""
    await work.session.execute(select(Workspace.id).where(Workspace.id == workspace_id).with_for_update(key_share=True))
    rows = await work.session.execute(
        select(WorkspaceMember.user_id, WorkspaceMember.role).where(WorkspaceMember.workspace_id == workspace_id)
    )
    return {user_id: WorkspaceRole(role) for user_id, role in rows}


async def change_role(work: Work, user_id: UUID, role: WorkspaceRole) -> None:
    """Raises MemberNotFound, Forbidden, LastOwner."""
    roles = await lock(work, work.workspace_id)
    before = _role_of(roles, user_id)
    require_may_decide(work, roles, before, role)
    if role is before:
        return
    if before is WorkspaceRole.OWNER:
        await _require_another_owner(work, user_id)
    mine = (WorkspaceMember.workspace_id == work.workspace_id, WorkspaceMember.user_id == user_id)
    await work.session.execute(update(WorkspaceMember).where(*mine).values(role=role))
    if RANKS[role] < RANKS[before]:
        await end_invitations(work, Invitation.workspace_id == work.workspace_id, Invitation.created_by == user_id)
    await record(work, Action.MEMBER_ROLE_CHANGED, "user", user_id, role=role, role_before=before)


async def remove(work: Work, user_id: UUID) -> None:
    """Raises MemberNotFound, Forbidden, LastOwner."""
    roles = await lock(work, work.workspace_id)
    require_may_decide(work, roles, _role_of(roles, user_id))
    await _end(work, roles, user_id)


async def leave(work: Work) -> None:
    """Raises MemberNotFound, LastOwner."""
    roles = await lock(work, work.workspace_id)
    await _end(work, roles, own_id(work))


def require_may_decide(work: Work, roles: dict[UUID, WorkspaceRole], *touched: WorkspaceRole) -> None:
    """Whether the caller may give and take the roles `touched`, by what is true now, not at the request's start.

    Raises WorkspaceNotFound, Forbidden.
    """
    if work.user is LOCAL_OWNER:
        return
    own = roles.get(own_id(work))
    if own is None:
        raise WorkspaceNotFound
    if own is WorkspaceRole.OWNER:
        return
    if own is not WorkspaceRole.ADMIN:
        raise Forbidden
    if any(RANKS[role] >= RANKS[own] for role in touched):
        raise Forbidden("Only an owner of the workspace decides who its owners and admins are.")


async def _end(work: Work, roles: dict[UUID, WorkspaceRole], user_id: UUID) -> None:
    role = _role_of(roles, user_id)
    if role is WorkspaceRole.OWNER:
        await _require_another_owner(work, user_id)
    await end_membership(work, work.workspace_id, user_id)
    await record(work, Action.MEMBER_REMOVED, "user", user_id, role_before=role)


def _role_of(roles: dict[UUID, WorkspaceRole], user_id: UUID) -> WorkspaceRole:
    if user_id not in roles:
        raise MemberNotFound
    return roles[user_id]


async def _require_another_owner(work: Work, user_id: UUID) -> None:
    """One who can sign in, unlike a deactivated user."""
    owners = select(WorkspaceMember.user_id).join(User, User.id == WorkspaceMember.user_id)
    others = owners.where(
        WorkspaceMember.workspace_id == work.workspace_id,
        WorkspaceMember.role == WorkspaceRole.OWNER,
        WorkspaceMember.user_id != user_id,
        User.active,
    )
    if await work.session.scalar(others.limit(1)) is None:
        raise LastOwner
