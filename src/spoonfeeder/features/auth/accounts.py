"""Users as the sign-in, the setup and the command line change them."""

from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID, LOCAL_OWNER_ID
from spoonfeeder.core.errors import Conflict
from spoonfeeder.core.vocabulary import UserRole
from spoonfeeder.db.access import ApiKey, LoginSession
from spoonfeeder.db.account import User, WorkspaceMember
from spoonfeeder.features.auth import logins
from spoonfeeder.features.auth.policy import WorkspaceNotFound
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work

OWN_DEFAULT_WORKSPACE = text(
    """
    INSERT INTO workspace_members (workspace_id, user_id, role)
    SELECT id, :user_id, 'owner' FROM workspaces WHERE id = :workspace_id
    ON CONFLICT (workspace_id, user_id) DO UPDATE SET role = 'owner'
    """
)


class LocalMode(Conflict):
    """Nobody signs in to this server: it runs with AUTH=local. Start it with AUTH=required first."""

    code = "LOCAL_MODE"


class SetupDone(Conflict):
    """This server is set up already; sign in."""

    code = "SETUP_DONE"


class EmailTaken(Conflict):
    """Somebody with this e-mail address is there already."""

    code = "EMAIL_TAKEN"


def require_sign_in(runtime: Runtime) -> None:
    """Raises LocalMode where there is nothing to sign in to."""
    if not runtime.settings.is_server:
        raise LocalMode


def has_email(email: str) -> ColumnElement[bool]:
    return func.lower(User.email) == func.lower(email)


async def require_free_email(session: AsyncSession, email: str, but: UUID | None = None) -> None:
    """Raises EmailTaken when somebody else than `but` has it."""
    if await session.scalar(select(User.id).where(has_email(email), User.id.is_distinct_from(but))):
        raise EmailTaken


async def awaits_first_admin(session: AsyncSession) -> bool:
    """Whether the row that stands for everybody in local mode has not been taken over by anybody."""
    first = select(User.id).where(User.id == LOCAL_OWNER_ID, User.password_hash.is_(None))
    return await session.scalar(first) is not None


async def become_first_admin(work: Work, email: str, name: str, password_hash: str) -> User:
    """Takes over the row of the local owner, and with it the default workspace and all that was made in local mode.

    Not its API keys: anybody could have made them. Raises SetupDone where somebody has, EmailTaken.
    """
    await require_free_email(work.session, email, LOCAL_OWNER_ID)
    await end_everything(work, LOCAL_OWNER_ID, api_keys=True)
    taken = await work.session.scalars(
        update(User)
        .where(User.id == LOCAL_OWNER_ID, User.password_hash.is_(None))
        .values(
            email=email,
            name=name,
            password_hash=password_hash,
            role=UserRole.ADMIN,
            active=True,
        )
        .returning(User)
    )
    user = taken.one_or_none()
    if user is None:
        raise SetupDone
    await work.session.execute(OWN_DEFAULT_WORKSPACE, {"user_id": user.id, "workspace_id": DEFAULT_WORKSPACE_ID})
    return user


async def require_member(work: Work, workspace_id: UUID, user_id: UUID) -> None:
    """Raises WorkspaceNotFound."""
    if await work.session.get(WorkspaceMember, (workspace_id, user_id)) is None:
        raise WorkspaceNotFound


async def end_everything(work: Work, user_id: UUID, *, api_keys: bool = False) -> None:
    """Every access token given out so far, every login session, and with `api_keys` every key of the user."""
    await work.session.execute(update(User).where(User.id == user_id).values(token_epoch=User.token_epoch + 1))
    await logins.end(work, LoginSession.user_id == user_id)
    if api_keys:
        unrevoked = (ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None))
        await work.session.execute(update(ApiKey).where(*unrevoked).values(revoked_at=func.now()))
