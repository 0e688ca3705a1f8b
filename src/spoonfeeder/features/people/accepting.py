"""Accepting an invitation: as who is signed in, or as somebody new. There is no other way to sign up."""

from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import func, select
from starlette.requests import HTTPConnection

from spoonfeeder.core.actor import LOCAL_OWNER_ID
from spoonfeeder.core.errors import Conflict, invalid_field
from spoonfeeder.core.vocabulary import UserRole, WorkspaceRole
from spoonfeeder.db.account import User
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.auth import logins
from spoonfeeder.features.auth.accounts import EmailTaken, has_email
from spoonfeeder.features.auth.logins import Tokens
from spoonfeeder.features.auth.me import own_id
from spoonfeeder.features.auth.policy import Forbidden
from spoonfeeder.features.auth.throttle import count_login
from spoonfeeder.features.auth.visitor import visitor_of
from spoonfeeder.features.people import members, newcomers
from spoonfeeder.features.people.invitation_schemas import AcceptInput
from spoonfeeder.features.people.invitations import Open, find, use
from spoonfeeder.features.people.workspaces import require_unbound
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_account_work


class InvitationForAnother(Forbidden):
    """This invitation is for another e-mail address."""

    code = "INVITATION_FOR_ANOTHER"


class SignInFirst(Conflict):
    """Somebody with this e-mail address is here already: sign in, then accept the invitation."""

    code = "SIGN_IN_FIRST"


class AlreadyMember(Conflict):
    """You are a member of this workspace already; the invitation is still open for somebody else."""

    code = "ALREADY_MEMBER"


async def counted(runtime: Runtime, connection: HTTPConnection, token: SecretStr) -> Open:
    """The invitation, with this try counted as one to sign in. Raises TooManyRequests, InvitationNotFound.

    A made-up token is not counted: it costs one look-up and leaves nothing behind.
    """
    async with open_account_work(runtime, visitor_of(connection).actor) as work:
        invitation = await find(work, token)
    await count_login(runtime, connection, f"invitation {invitation.id}")
    return invitation


async def join(work: Work, token: SecretStr) -> None:
    """As the signed-in user. Raises InvitationNotFound, InvitationForAnother, AlreadyMember, BoundKey."""
    await require_unbound(work)
    invitation, roles = await _lock(work, token)
    user = await work.session.get_one(User, own_id(work))
    _require_for(invitation, user.email)
    if user.id in roles:
        raise AlreadyMember
    await _use(work, invitation, user, roles)


async def sign_up(runtime: Runtime, connection: HTTPConnection, data: AcceptInput, invitation: Open) -> Tokens:
    """As somebody who is not signed in: a new user, or one whom an admin made without a password.

    Raises InvitationNotFound, InvitationForAnother, SignInFirst, Invalid.
    """
    email, name, password = _required(data, invitation)
    visitor = visitor_of(connection)
    password_hash = await runtime.passwords.hash(password)
    async with open_account_work(runtime, visitor.actor) as work:
        invitation, roles = await _lock(work, data.token)
        user = await _waiting_account(work, invitation, email)
        if user is None:
            user = await _new_user(work, invitation, email, name, password_hash)
        else:
            user.password_hash = password_hash
            await record(work, Action.PASSWORD_SET, "user", user.id, by=user.id)
        await _use(work, invitation, user, roles)
        user.last_login_at = func.now()
        await work.session.flush()
        await record(work, Action.LOGIN, "user", user.id, by=user.id)
        return await logins.begin(work, user, visitor)


def _required(data: AcceptInput, invitation: Open) -> tuple[str, str, SecretStr]:
    """Raises Invalid, InvitationForAnother."""
    email = data.email or invitation.email
    if email is None:
        raise invalid_field("email", "An account needs an e-mail address.", code="missing")
    if data.name is None:
        raise invalid_field("name", "An account needs a name.", code="missing")
    if data.password is None:
        raise invalid_field("password", "An account needs a password.", code="missing")
    _require_for(invitation, email)
    return email, data.name, data.password


def _require_for(invitation: Open, email: str) -> None:
    if invitation.email is not None and invitation.email.lower() != email.lower():
        raise InvitationForAnother


async def _lock(work: Work, token: SecretStr) -> tuple[Open, dict[UUID, WorkspaceRole]]:
    """The invitation, and who is in its workspace, which stays so until the transaction ends."""
    roles = await members.lock(work, (await find(work, token)).workspace_id)
    return await find(work, token), roles


async def _waiting_account(work: Work, invitation: Open, email: str) -> User | None:
    """The account of this address if it waits for its first password and the invitation may give it one.

    Only one for this very address, by an admin of the server, may: whoever holds another link could else take over
    somebody's account. None where there is no account. Raises SignInFirst where there is another.
    """
    user = await work.session.scalar(select(User).where(has_email(email)).with_for_update(key_share=True))
    if user is None:
        return None
    is_waiting = user.active and user.password_hash is None and user.id != LOCAL_OWNER_ID
    if not is_waiting or invitation.email is None or not await _is_by_admin(work, invitation):
        raise SignInFirst
    return user


async def _is_by_admin(work: Work, invitation: Open) -> bool:
    admins = select(User.id).where(User.id == invitation.created_by, User.active, User.role == UserRole.ADMIN)
    return await work.session.scalar(admins) is not None


async def _new_user(work: Work, invitation: Open, email: str, name: str, password_hash: str) -> User:
    try:
        user = await newcomers.add_user(
            work, email=email, name=name, password_hash=password_hash, home=invitation.workspace_id
        )
    except EmailTaken as error:
        raise SignInFirst from error
    await record(work, Action.USER_CREATED, "user", user.id, by=user.id, name=name, role=UserRole.MEMBER)
    return user


async def _use(work: Work, invitation: Open, user: User, roles: dict[UUID, WorkspaceRole]) -> None:
    if user.id not in roles:
        await newcomers.add_member(work, invitation.workspace_id, user.id, invitation.role)
    await use(work, invitation.id, user.id)
    home, role = invitation.workspace_id, invitation.role
    await record(work, Action.INVITATION_ACCEPTED, "invitation", invitation.id, by=user.id, within=home, role=role)
