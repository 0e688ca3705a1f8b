"""Taking back what leads into a workspace, from somebody who may do less there from now on."""

from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, update

from spoonfeeder.db.access import ApiKey, Invitation
from spoonfeeder.db.account import User, WorkspaceMember
from spoonfeeder.work import Work


async def end_membership(work: Work, workspace_id: UUID, user_id: UUID) -> None:
    """Together with the user's keys and invitations for the workspace, which would else lead back in."""
    membership = (WorkspaceMember.workspace_id == workspace_id, WorkspaceMember.user_id == user_id)
    await work.session.execute(delete(WorkspaceMember).where(*membership))
    at_home = (User.id == user_id, User.default_workspace_id == workspace_id)
    await work.session.execute(update(User).where(*at_home).values(default_workspace_id=None))
    keys = (ApiKey.user_id == user_id, ApiKey.workspace_id == workspace_id, ApiKey.revoked_at.is_(None))
    await work.session.execute(update(ApiKey).where(*keys).values(revoked_at=func.now()))
    await end_invitations(work, Invitation.workspace_id == workspace_id, Invitation.created_by == user_id)


async def end_invitations(work: Work, *which: ColumnElement[bool]) -> None:
    is_open = (Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    await work.session.execute(update(Invitation).where(*which, *is_open).values(revoked_at=func.now()))
