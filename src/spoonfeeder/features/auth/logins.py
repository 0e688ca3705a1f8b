"""Login sessions: one per sign-in of a browser, kept alive by refresh tokens of which each is good once (R45)."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, select, update

from spoonfeeder.db.access import LoginSession, RefreshToken
from spoonfeeder.db.account import User
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.auth.credentials import sha256_of
from spoonfeeder.features.auth.visitor import Visitor
from spoonfeeder.work import Work

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Tokens:
    """The access token is good until `expires_at`, the refresh token until it is used, both at most until `ends_at`."""

    user: User
    access_token: str
    expires_at: datetime
    refresh_token: str
    ends_at: datetime


async def begin(work: Work, user: User, visitor: Visitor) -> Tokens:
    """A new login session of a stored user; it ends after SESSION_DAYS, however much it is used."""
    ends_at = datetime.now(UTC) + timedelta(days=work.runtime.settings.session_days)
    login = LoginSession(
        id=uuid4(), user_id=user.id, user_agent=visitor.user_agent, peer=visitor.peer, expires_at=ends_at
    )
    work.session.add(login)
    user.last_login_at = func.now()
    await work.session.flush()
    return await _hand_out(work, user, login.id, ends_at)


async def exchange(work: Work, refresh_token: str, visitor: Visitor) -> Tokens | None:
    """The next tokens for one that is good; None for every other, and a used one ends its login session.

    What None has changed must be committed, so it is no error here. Of two exchanges at once one wins and the other
    counts as a second use: clients take turns.
    """
    sha256 = sha256_of(refresh_token)
    login_id = await work.session.scalar(
        update(RefreshToken)
        .where(RefreshToken.token_sha256 == sha256, RefreshToken.used_at.is_(None))
        .values(used_at=func.now())
        .returning(RefreshToken.login_session_id)
    )
    if login_id is None:
        await _end_reused(work, sha256)
        return None
    found = await work.session.execute(
        select(User, LoginSession)
        .join(LoginSession, LoginSession.user_id == User.id)
        .where(LoginSession.id == login_id, User.active, is_alive())
        .with_for_update(of=LoginSession)
    )
    row = found.one_or_none()
    if row is None:
        return None
    user, login = row
    login.last_used_at, login.peer, login.user_agent = func.now(), visitor.peer, visitor.user_agent
    return await _hand_out(work, user, login.id, login.expires_at)


async def end(work: Work, *conditions: ColumnElement[bool]) -> list[tuple[UUID, UUID]]:
    """Ends the login sessions that fit, for requests at once and for sockets within seconds; their ids and users."""
    ended = await work.session.execute(
        update(LoginSession)
        .where(LoginSession.revoked_at.is_(None), *conditions)
        .values(revoked_at=func.now())
        .returning(LoginSession.id, LoginSession.user_id)
    )
    return [(login_id, user_id) for login_id, user_id in ended]


def is_alive() -> ColumnElement[bool]:
    return LoginSession.revoked_at.is_(None) & (LoginSession.expires_at > func.now())


def of_refresh_token(refresh_token: str) -> ColumnElement[bool]:
    """The login session of a refresh token, used or not."""
    digest = sha256_of(refresh_token)
    return LoginSession.id.in_(select(RefreshToken.login_session_id).where(RefreshToken.token_sha256 == digest))


async def _end_reused(work: Work, sha256: str) -> None:
    of_token = select(RefreshToken.login_session_id).where(RefreshToken.token_sha256 == sha256)
    for login_id, user_id in await end(work, LoginSession.id.in_(of_token), LoginSession.expires_at > func.now()):
        await record(work, Action.REFRESH_REUSED, "login", login_id, user_id=user_id)


async def _hand_out(work: Work, user: User, login_id: UUID, ends_at: datetime) -> Tokens:
    refresh_token = secrets.token_urlsafe(TOKEN_BYTES)
    work.session.add(RefreshToken(token_sha256=sha256_of(refresh_token), login_session_id=login_id))
    await work.session.flush()
    access_token, expires_at = work.runtime.tokens.issue(user.id, login_id, user.token_epoch)
    return Tokens(user, access_token, expires_at, refresh_token, ends_at)
