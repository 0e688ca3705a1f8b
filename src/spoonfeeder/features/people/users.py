"""The accounts of the server, as its admins see and change them."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import and_, func, or_, select

from spoonfeeder.core.actor import LOCAL_OWNER_ID
from spoonfeeder.core.actor import User as Actor
from spoonfeeder.core.errors import Conflict, NotFound
from spoonfeeder.core.vocabulary import UserRole
from spoonfeeder.db.access import Invitation
from spoonfeeder.db.account import User
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.auth.accounts import end_everything
from spoonfeeder.features.auth.authority import require_still
from spoonfeeder.features.people import members, newcomers
from spoonfeeder.features.people.revoking import end_invitations
from spoonfeeder.features.people.schemas import UserInput, UserOut, UserPatch
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_account_work


class UserNotFound(NotFound):
    """This user does not exist."""

    code = "USER_NOT_FOUND"


class LastAdmin(Conflict):
    """This is the only admin of the server who can sign in; make somebody else an admin first."""

    code = "LAST_ADMIN"


class LocalOwnerStays(Conflict):
    """With AUTH=local everybody acts as this user, who therefore stays an active admin until you switch."""

    code = "LOCAL_OWNER"


CAN_ADMINISTER = and_(
    User.role == UserRole.ADMIN, User.active, or_(User.password_hash.is_not(None), User.id == LOCAL_OWNER_ID)
)
"""The local owner can even before there is a password: the setup asks for it."""


async def list_users(
    work: Work, *, q: str | None, active: bool | None, page: int, limit: int
) -> tuple[Sequence[User], int]:
    """A page, the oldest first, and how many there are; `q` is looked for in names and e-mail addresses."""
    wanted = []
    if q:
        wanted.append(or_(User.name.icontains(q, autoescape=True), User.email.icontains(q, autoescape=True)))
    if active is not None:
        wanted.append(User.active.is_(active))
    statement = select(User).where(*wanted).order_by(User.created_at, User.id)
    rows = await work.session.scalars(statement.offset((page - 1) * limit).limit(limit))
    total = await work.session.scalar(select(func.count()).select_from(User).where(*wanted))
    return rows.all(), total or 0


async def get(work: Work, user_id: UUID) -> User:
    """Raises UserNotFound."""
    user = await work.session.get(User, user_id)
    if user is None:
        raise UserNotFound
    return user


def shown(user: User) -> UserOut:
    columns = {name: getattr(user, name) for name in UserOut.model_fields if name != "has_password"}
    return UserOut(**columns, has_password=user.password_hash is not None)


async def create(runtime: Runtime, actor: Actor, data: UserInput) -> User:
    """Raises EmailTaken; WorkspaceNotFound and Forbidden where the caller may not add anybody to the workspace."""
    password_hash = await runtime.passwords.hash(data.password) if data.password else None
    async with open_account_work(runtime, actor) as work:
        await require_still(work, admin=True)
        if data.workspace_id is not None:
            members.require_may_decide(work, await members.lock(work, data.workspace_id), data.workspace_role)
        user = await newcomers.add_user(
            work,
            email=data.email,
            name=data.name,
            password_hash=password_hash,
            role=data.role,
            home=data.workspace_id,
        )
        await record(work, Action.USER_CREATED, "user", user.id, name=user.name, role=data.role)
        if data.workspace_id is None:
            await newcomers.add_personal_workspace(work, user)
        else:
            await newcomers.add_member(work, data.workspace_id, user.id, data.workspace_role)
            await record(work, Action.MEMBER_ADDED, "user", user.id, within=data.workspace_id, role=data.workspace_role)
        return user


async def change(work: Work, user_id: UUID, data: UserPatch) -> User:
    """Raises UserNotFound, LastAdmin, LocalOwnerStays, EmailTaken."""
    user, another_admin = await _locked(work, user_id)
    role, active = UserRole(user.role), user.active
    for name, value in data.model_dump(exclude_unset=True).items():
        setattr(user, name, value)
    if active and role is UserRole.ADMIN:
        _require_admin_left(work, user, another_admin)
    if user.role != role:
        user.token_epoch += 1
    await newcomers.flush_email(work)
    if {"name", "email"} & data.model_fields_set:
        await record(work, Action.USER_CHANGED, "user", user.id, name=user.name)
    if user.role != role:
        await record(work, Action.USER_ROLE_CHANGED, "user", user.id, role=UserRole(user.role), role_before=role)
    if user.active != active:
        await _switch(work, user)
    await work.session.refresh(user)
    return user


async def deactivate(work: Work, user_id: UUID) -> None:
    """Raises UserNotFound, LastAdmin, LocalOwnerStays."""
    await change(work, user_id, UserPatch(active=False))


async def set_password(runtime: Runtime, actor: Actor, user_id: UUID, password: SecretStr) -> None:
    """Ends all the user's logins. Raises UserNotFound."""
    password_hash = await runtime.passwords.hash(password)
    async with open_account_work(runtime, actor) as work:
        user, _ = await _locked(work, user_id)
        await require_still(work, admin=True)
        user.password_hash = password_hash
        await work.session.flush()
        await end_everything(work, user_id)
        await record(work, Action.PASSWORD_SET, "user", user_id)


async def sign_out(work: Work, user_id: UUID) -> None:
    """Ends all the user's logins. Raises UserNotFound."""
    await _locked(work, user_id)
    await end_everything(work, user_id)
    await record(work, Action.LOGOUT_EVERYWHERE, "user", user_id)


async def _locked(work: Work, user_id: UUID) -> tuple[User, bool]:
    """The user, and whether somebody else can administer the server, which stays so until the transaction ends.

    All admins are locked too, in the order of their ids, so of two who demote each other one comes second.
    """
    statement = select(User).where(or_(CAN_ADMINISTER, User.id == user_id)).order_by(User.id)
    rows = {row.id: row for row in await work.session.scalars(statement.with_for_update(key_share=True))}
    user = rows.pop(user_id, None)
    if user is None:
        raise UserNotFound
    return user, bool(rows)


def _require_admin_left(work: Work, user: User, another_admin: bool) -> None:
    if user.active and user.role == UserRole.ADMIN:
        return
    if user.id == LOCAL_OWNER_ID and not work.runtime.settings.is_server:
        raise LocalOwnerStays
    could = user.password_hash is not None or user.id == LOCAL_OWNER_ID
    if could and not another_admin:
        raise LastAdmin


async def _switch(work: Work, user: User) -> None:
    if user.active:
        await record(work, Action.USER_ACTIVATED, "user", user.id)
        return
    await end_everything(work, user.id, api_keys=True)
    await end_invitations(work, Invitation.created_by == user.id)
    await record(work, Action.USER_DEACTIVATED, "user", user.id)
