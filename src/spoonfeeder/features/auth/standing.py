"""As whom something may be carried on that somebody asked for before, and who is not here now."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select, tuple_

from spoonfeeder.core.actor import User as Actor
from spoonfeeder.core.vocabulary import UserRole, WorkspaceRole
from spoonfeeder.db.account import User, WorkspaceMember
from spoonfeeder.features.auth.policy import RANKS
from spoonfeeder.work import Work


async def acting(work: Work, wanted: Collection[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Actor]:
    """By (user, workspace): those who may start work there today. For transactions that see accounts."""
    if not wanted:
        return {}
    member = WorkspaceMember
    statement = (
        select(member.user_id, member.workspace_id, member.role, User.role.label("server_role"))
        .join(User, User.id == member.user_id)
        .where(User.active, tuple_(member.user_id, member.workspace_id).in_(list(wanted)))
    )
    rows = (await work.session.execute(statement)).all()
    return {
        (row.user_id, row.workspace_id): Actor(
            row.workspace_id, row.user_id, WorkspaceRole(row.role), is_admin=row.server_role == UserRole.ADMIN
        )
        for row in rows
        if RANKS[WorkspaceRole(row.role)] >= RANKS[WorkspaceRole.MEMBER]
    }
