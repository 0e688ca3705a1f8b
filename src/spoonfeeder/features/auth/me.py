"""Everybody's own account: who one is, in which workspaces, and where one is signed in."""

from uuid import UUID

from sqlalchemy import func, or_, select

from spoonfeeder.core.actor import NO_WORKSPACE
from spoonfeeder.core.errors import NotFound
from spoonfeeder.db.access import ApiKey, LoginSession
from spoonfeeder.db.account import User, Workspace, WorkspaceMember
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.auth import logins
from spoonfeeder.features.auth.accounts import end_everything, require_member
from spoonfeeder.features.auth.policy import Unauthorized
from spoonfeeder.features.auth.schemas import AccountOut, LoginOut, MembershipOut, MeOut, MePatch
from spoonfeeder.work import Work

MOST_LOGINS = 200


class LoginNotFound(NotFound):
    """There is no such login, or it has ended."""

    code = "LOGIN_NOT_FOUND"


def own_id(work: Work) -> UUID:
    """Raises Unauthorized for a signed address, which is nobody's."""
    if work.user.user_id is None:
        raise Unauthorized
    return work.user.user_id


async def show(work: Work) -> MeOut:
    user = await work.session.get_one(User, own_id(work))
    account = AccountOut.model_validate(user).model_dump()
    in_workspace = work.workspace_id != NO_WORKSPACE
    return MeOut(
        **account,
        default_workspace_id=user.default_workspace_id,
        created_at=user.created_at,
        last_login_at=user.last_login_at,
        memberships=await _memberships(work),
        workspace_id=work.workspace_id if in_workspace else None,
        workspace_role=work.user.role if in_workspace else None,
        scope=work.user.scope,
        mode=work.runtime.settings.auth,
    )


async def update(work: Work, data: MePatch) -> MeOut:
    """Raises WorkspaceNotFound for a default workspace that one is not a member of."""
    user = await work.session.get_one(User, own_id(work))
    changes = data.model_dump(exclude_unset=True)
    wanted = changes.get("default_workspace_id")
    if wanted is not None:
        await require_member(work, wanted, user.id)
    for name, value in changes.items():
        setattr(user, name, value)
    await work.session.flush()
    await record(work, Action.USER_CHANGED, "user", user.id)
    return await show(work)


async def log_out_everywhere(work: Work, *, api_keys: bool) -> None:
    await end_everything(work, own_id(work), api_keys=api_keys)
    await record(work, Action.LOGOUT_EVERYWHERE, "user", own_id(work))


async def list_logins(work: Work) -> list[LoginOut]:
    """The latest used first."""
    current = (LoginSession.id == work.user.login_id).label("current")
    statement = select(*LoginSession.__table__.columns, func.coalesce(current, False).label("current"))
    mine = statement.where(LoginSession.user_id == own_id(work), logins.is_alive())
    rows = await work.session.execute(mine.order_by(LoginSession.last_used_at.desc()).limit(MOST_LOGINS))
    return [LoginOut.model_validate(row) for row in rows]


async def end_login(work: Work, login_id: UUID) -> None:
    """Raises LoginNotFound."""
    mine = (LoginSession.id == login_id, LoginSession.user_id == own_id(work))
    if not await logins.end(work, *mine):
        raise LoginNotFound
    await record(work, Action.LOGIN_REVOKED, "login", login_id)


async def _memberships(work: Work) -> list[MembershipOut]:
    """All, or the one that the API key of the request is bound to."""
    bound = select(ApiKey.workspace_id).where(ApiKey.id == work.user.api_key_id).scalar_subquery()
    statement = (
        select(Workspace.id.label("workspace_id"), Workspace.name, WorkspaceMember.role)
        .join(WorkspaceMember, WorkspaceMember.workspace_id == Workspace.id)
        .where(WorkspaceMember.user_id == own_id(work), or_(bound.is_(None), Workspace.id == bound))
        .order_by(func.lower(Workspace.name), Workspace.id)
    )
    return [MembershipOut.model_validate(row) for row in await work.session.execute(statement)]
