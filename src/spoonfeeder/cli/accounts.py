"""What `spoonfeeder user` and `apikey` do; a module of its own, since importing all this takes a while."""

from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import select

from spoonfeeder.core.vocabulary import UserRole
from spoonfeeder.db.access import ApiKey
from spoonfeeder.db.account import User, Workspace
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.auth import api_keys
from spoonfeeder.features.auth.accounts import awaits_first_admin, become_first_admin, has_email, require_member
from spoonfeeder.features.auth.policy import WorkspaceNotFound, highest
from spoonfeeder.features.auth.schemas import ApiKeyInput
from spoonfeeder.features.auth.visitor import Visitor
from spoonfeeder.features.people import newcomers, users
from spoonfeeder.features.people.schemas import UserInput, UserPatch
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_account_work

NOBODY = Visitor().actor
"""Whoever has a terminal on this machine; the audit log knows no user for it."""


async def create_user(runtime: Runtime, data: UserInput) -> bool:
    """Whether it is the first admin, who takes over the local owner's row. Raises EmailTaken, WorkspaceNotFound."""
    assert data.password is not None
    password_hash = await runtime.passwords.hash(data.password)
    async with open_account_work(runtime, NOBODY) as work:
        is_first = data.role is UserRole.ADMIN and await awaits_first_admin(work.session)
        if is_first:
            user = await become_first_admin(work, data.email, data.name, password_hash)
            await record(work, Action.SETUP, "user", user.id)
        else:
            await _add(work, data, password_hash)
    return is_first


async def all_users(runtime: Runtime) -> list[User]:
    async with open_account_work(runtime, NOBODY) as work:
        return list(await work.session.scalars(select(User).order_by(User.created_at, User.id)))


async def set_password(runtime: Runtime, email: str, password: SecretStr) -> None:
    """Raises UserNotFound."""
    await users.set_password(runtime, NOBODY, await _id_of(runtime, email), password)


async def switch(runtime: Runtime, email: str, *, active: bool) -> None:
    """Raises UserNotFound, LastAdmin, LocalOwnerStays."""
    user_id = await _id_of(runtime, email)
    async with open_account_work(runtime, NOBODY) as work:
        await users.change(work, user_id, UserPatch(active=active))


async def create_key(runtime: Runtime, email: str, data: ApiKeyInput) -> str:
    """The key. Raises UserNotFound, WorkspaceNotFound, TooManyApiKeys."""
    user_id = await _id_of(runtime, email)
    wish = api_keys.Wish(data.name, highest(data.scopes), data.ends_at, data.workspace_id)
    async with open_account_work(runtime, NOBODY) as work:
        if data.workspace_id is not None:
            await require_member(work, data.workspace_id, user_id)
        _, key = await api_keys.create(work, user_id, wish)
    return key


async def all_keys(runtime: Runtime, email: str | None) -> list[tuple[ApiKey, str]]:
    """Those that are not revoked, of everybody or of one user, with the e-mail address of their user."""
    statement = select(ApiKey, User.email).join(User, User.id == ApiKey.user_id).where(ApiKey.revoked_at.is_(None))
    if email is not None:
        statement = statement.where(User.id == await _id_of(runtime, email))
    async with open_account_work(runtime, NOBODY) as work:
        found = await work.session.execute(statement.order_by(User.email, ApiKey.created_at))
        return [(key, owner) for key, owner in found]


async def revoke_key(runtime: Runtime, key_id: UUID) -> None:
    """Raises ApiKeyNotFound."""
    async with open_account_work(runtime, NOBODY) as work:
        await api_keys.revoke(work, None, key_id)


async def _add(work: Work, data: UserInput, password_hash: str) -> None:
    home = data.workspace_id
    if home is not None and await work.session.get(Workspace, home) is None:
        raise WorkspaceNotFound("There is no workspace with this id.")
    user = await newcomers.add_user(
        work, email=data.email, name=data.name, password_hash=password_hash, role=data.role, home=home
    )
    await record(work, Action.USER_CREATED, "user", user.id, name=user.name, role=data.role)
    if home is None:
        await newcomers.add_personal_workspace(work, user)
    else:
        await newcomers.add_member(work, home, user.id, data.workspace_role)
        await record(work, Action.MEMBER_ADDED, "user", user.id, within=home, role=data.workspace_role)


async def _id_of(runtime: Runtime, email: str) -> UUID:
    """Raises UserNotFound."""
    async with open_account_work(runtime, NOBODY) as work:
        user_id = await work.session.scalar(select(User.id).where(has_email(email.strip())))
    if user_id is None:
        raise users.UserNotFound(f"There is no user {email}.")
    return user_id
