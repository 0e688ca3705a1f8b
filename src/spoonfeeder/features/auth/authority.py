"""Whether what somebody came in with still holds, asked again: of sockets again and again (R44, A30), and of a request
that has waited for something else meanwhile."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from spoonfeeder.core.access_tokens import Claims
from spoonfeeder.core.actor import NO_WORKSPACE, User
from spoonfeeder.core.vocabulary import UserRole, WorkspaceRole
from spoonfeeder.features.auth.credentials import Credentials
from spoonfeeder.features.auth.entry import enter
from spoonfeeder.features.auth.policy import READ, Forbidden, Unauthorized
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_account_work, open_by

STILL_HELD = text(
    """
    SELECT held.number, m.role
    FROM unnest(:user_ids, :workspace_ids, :login_ids, :epochs, :api_key_ids)
        WITH ORDINALITY AS held (user_id, workspace_id, login_id, epoch, api_key_id, number)
    JOIN users u ON u.id = held.user_id AND u.active
    JOIN workspace_members m ON m.user_id = u.id AND m.workspace_id = held.workspace_id
    LEFT JOIN login_sessions s ON s.id = held.login_id AND s.user_id = u.id AND s.revoked_at IS NULL
        AND s.expires_at > now() AND u.token_epoch = held.epoch
    LEFT JOIN api_keys k ON k.id = held.api_key_id AND k.user_id = u.id AND k.revoked_at IS NULL
        AND (k.expires_at IS NULL OR k.expires_at > now())
        AND (k.workspace_id IS NULL OR k.workspace_id = held.workspace_id)
    WHERE s.id IS NOT NULL OR k.id IS NOT NULL
    """
).bindparams(
    *(bindparam(name, type_=ARRAY(Uuid())) for name in ("user_ids", "workspace_ids", "login_ids", "api_key_ids")),
    bindparam("epochs", type_=ARRAY(BigInteger())),
)

STILL = text(
    """
    SELECT u.role FROM users u
    LEFT JOIN login_sessions s ON s.id = :login_id AND s.revoked_at IS NULL
    LEFT JOIN api_keys k ON k.id = :api_key_id AND k.revoked_at IS NULL
    WHERE u.id = :user_id AND u.active AND (s.id IS NOT NULL OR k.id IS NOT NULL)
    """
).bindparams(*(bindparam(name, type_=Uuid()) for name in ("user_id", "login_id", "api_key_id")))


class SignInEnded(Unauthorized):
    """This sign-in has ended; sign in again."""


@dataclass(frozen=True, slots=True)
class Pass:
    """As whom somebody came in, and on the strength of what."""

    actor: User
    shown: Credentials

    @property
    def expires_at(self) -> datetime | None:
        """None: until it is taken back, or the end that the database knows of."""
        return self.shown.expires_at if isinstance(self.shown, Claims) else None


async def let_in(runtime: Runtime, shown: Credentials, wanted: UUID | None, peer: str | None) -> Pass:
    """Raises SignInEnded, WorkspaceNotFound, Forbidden."""
    async with _open(runtime, shown, wanted, peer) as work:
        return Pass(work.user, shown)


@asynccontextmanager
async def open_again(runtime: Runtime, held: Pass) -> AsyncIterator[Work]:
    """As `open_work`, and asks in the same round trip whether the pass still holds. Raises as `let_in`."""
    async with _open(runtime, held.shown, held.actor.workspace_id, held.actor.peer) as work:
        yield work


async def still_held(runtime: Runtime, passes: Collection[Pass]) -> dict[Pass, WorkspaceRole]:
    """Those that still hold, with the role of today; one question for all."""
    asked = list(passes)
    values = {
        "user_ids": [held.actor.user_id for held in asked],
        "workspace_ids": [held.actor.workspace_id for held in asked],
        "login_ids": [held.actor.login_id for held in asked],
        "epochs": [held.shown.epoch if isinstance(held.shown, Claims) else None for held in asked],
        "api_key_ids": [held.actor.api_key_id for held in asked],
    }
    async with open_account_work(runtime, User(NO_WORKSPACE)) as work:
        rows = await work.session.execute(STILL_HELD, values)
        return {asked[row.number - 1]: WorkspaceRole(row.role) for row in rows}


async def require_still(work: Work, *, admin: bool = False) -> None:
    """The user, and the login or API key of the request, hold at this moment. Raises Unauthorized, Forbidden.

    For the end of what began with a password to hash or a lock to wait for. Whoever needed neither login nor key to
    come in (local mode, the command line) passes.
    """
    user = work.user
    if user.login_id is None and user.api_key_id is None:
        return
    values = {"user_id": user.user_id, "login_id": user.login_id, "api_key_id": user.api_key_id}
    role = await work.session.scalar(STILL, values)
    if role is None:
        raise Unauthorized
    if admin and role != UserRole.ADMIN:
        raise Forbidden


@asynccontextmanager
async def _open(runtime: Runtime, shown: Credentials, wanted: UUID | None, peer: str | None) -> AsyncIterator[Work]:
    async def opening(session: AsyncSession) -> User:
        try:
            actor = await enter(session, READ, shown, wanted, peer)
            READ.require(actor)
            return actor
        except Unauthorized:
            raise SignInEnded from None

    async with open_by(runtime, opening) as work:
        yield work
