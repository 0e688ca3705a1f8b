"""Signing in with a password, and changing it. While a password is hashed no transaction is open."""

from pydantic import SecretStr
from sqlalchemy import select, update
from starlette.requests import HTTPConnection

from spoonfeeder.core.actor import User as Actor
from spoonfeeder.db.account import User
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.auth import logins
from spoonfeeder.features.auth.accounts import end_everything, has_email, require_sign_in
from spoonfeeder.features.auth.logins import Tokens
from spoonfeeder.features.auth.policy import Forbidden, Unauthorized
from spoonfeeder.features.auth.throttle import count_login
from spoonfeeder.features.auth.visitor import visitor_of
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import open_account_work


class InvalidCredentials(Unauthorized):
    """The e-mail address or the password is not right."""

    code = "INVALID_CREDENTIALS"


class WrongPassword(Forbidden):
    """The present password is not right."""

    code = "INVALID_CREDENTIALS"


async def sign_in(runtime: Runtime, connection: HTTPConnection, email: str, password: SecretStr) -> Tokens:
    """A new login session. Raises TooManyRequests, InvalidCredentials.

    Nobody, somebody inactive or without a password, and a wrong password take the same way and time (A39).
    """
    require_sign_in(runtime)
    await count_login(runtime, connection, email)
    visitor = visitor_of(connection)
    async with open_account_work(runtime, visitor.actor) as work:
        user = await work.session.scalar(select(User).where(has_email(email)))
    stored = user.password_hash if user is not None and user.active else None
    if not await runtime.passwords.verify(stored, password) or user is None or stored is None:
        await _tell_of_failure(runtime, visitor.actor, user)
        raise InvalidCredentials
    renewed = await runtime.passwords.hash(password) if runtime.passwords.needs_rehash(stored) else stored
    async with open_account_work(runtime, visitor.actor) as work:
        unchanged = (User.id == user.id, User.active, User.password_hash == stored)
        signed_in = await work.session.scalar(
            update(User).where(*unchanged).values(password_hash=renewed).returning(User)
        )
        if signed_in is None:
            raise InvalidCredentials
        tokens = await logins.begin(work, signed_in, visitor)
        await record(work, Action.LOGIN, "user", signed_in.id, by=signed_in.id)
    return tokens


async def change_password(
    runtime: Runtime, connection: HTTPConnection, actor: Actor, current: SecretStr, new: SecretStr
) -> Tokens:
    """Ends all login sessions and begins a new one. Raises TooManyRequests, WrongPassword."""
    require_sign_in(runtime)
    async with open_account_work(runtime, actor) as work:
        user = await work.session.get_one(User, actor.user_id)
    await count_login(runtime, connection, user.email)
    stored = user.password_hash
    if not await runtime.passwords.verify(stored, current):
        await _tell_of_failure(runtime, actor, user)
        raise WrongPassword
    password_hash = await runtime.passwords.hash(new)
    async with open_account_work(runtime, actor) as work:
        unchanged = (User.id == user.id, User.active, User.password_hash == stored)
        changed = await work.session.scalar(
            update(User).where(*unchanged).values(password_hash=password_hash).returning(User.id)
        )
        if changed is None:
            raise WrongPassword
        await end_everything(work, user.id)
        user = await work.session.get_one(User, user.id)
        tokens = await logins.begin(work, user, visitor_of(connection))
        await record(work, Action.PASSWORD_CHANGED, "user", user.id)
    return tokens


async def _tell_of_failure(runtime: Runtime, actor: Actor, user: User | None) -> None:
    async with open_account_work(runtime, actor) as work:
        await record(work, Action.LOGIN_FAILED, "user", user.id if user else None)
