"""Personal API keys: made once, shown once, kept as a digest; they act as their user, within their scopes."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select

from spoonfeeder.core.errors import Conflict, NotFound
from spoonfeeder.core.vocabulary import Scope
from spoonfeeder.db.access import ApiKey
from spoonfeeder.db.account import User
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.auth.authority import require_still
from spoonfeeder.features.auth.credentials import sha256_of
from spoonfeeder.features.auth.policy import SCOPE_RANKS, Forbidden, highest
from spoonfeeder.features.auth.schemas import ApiKeyOut
from spoonfeeder.work import Work

PREFIX = "sf_"
KEY_BYTES = 32
MOST_ACTIVE = 50
MOST_SHOWN = 500


class ApiKeyNotFound(NotFound):
    """There is no such API key, or it has been revoked."""

    code = "API_KEY_NOT_FOUND"


class TooManyApiKeys(Conflict):
    """You have 50 active API keys; revoke one that is not needed any more."""

    code = "TOO_MANY_API_KEYS"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a new key shall be."""

    name: str
    scope: Scope
    expires_at: datetime | None = None
    workspace_id: UUID | None = None


def included(scope: Scope) -> list[Scope]:
    """The scope and those below it, the lowest first."""
    return [known for known in Scope if SCOPE_RANKS[known] <= SCOPE_RANKS[scope]]


def shown(row: ApiKey) -> ApiKeyOut:
    columns = {name: getattr(row, name) for name in ApiKeyOut.model_fields if name != "scopes"}
    return ApiKeyOut(**columns, scopes=included(highest(map(Scope, row.scopes))))


async def list_keys(work: Work, user_id: UUID) -> Sequence[ApiKey]:
    """Also those that have expired, the newest first."""
    statement = select(ApiKey).where(ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None))
    return (await work.session.scalars(statement.order_by(ApiKey.created_at.desc(), ApiKey.id).limit(MOST_SHOWN))).all()


async def create(work: Work, user_id: UUID, wish: Wish) -> tuple[ApiKey, str]:
    """The row and the key. Raises TooManyApiKeys, and Unauthorized for who was signed out everywhere meanwhile."""
    await work.session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))
    await require_still(work)
    unexpired = or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > func.now())
    active = select(func.count()).where(ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None), unexpired)
    if (await work.session.scalar(active) or 0) >= MOST_ACTIVE:
        raise TooManyApiKeys
    key = PREFIX + secrets.token_urlsafe(KEY_BYTES)
    row = ApiKey(
        user_id=user_id,
        workspace_id=wish.workspace_id,
        name=wish.name,
        token_sha256=sha256_of(key),
        last_four=key[-4:],
        scopes=[wish.scope],
        expires_at=wish.expires_at,
    )
    work.session.add(row)
    await work.session.flush()
    await record(work, Action.API_KEY_CREATED, "api_key", row.id, name=row.name, scope=wish.scope, user_id=user_id)
    return row, key


async def within_own(work: Work, wish: Wish) -> Wish:
    """The wish as the API key of the request may have it: no higher scope, no later expiry, no other workspace.

    Raises Forbidden; what is not wished for is taken from the own key.
    """
    if work.user.api_key_id is None:
        return wish
    own = await work.session.get_one(ApiKey, work.user.api_key_id)
    workspace_id, expires_at = wish.workspace_id or own.workspace_id, wish.expires_at or own.expires_at
    is_too_high = SCOPE_RANKS[wish.scope] > SCOPE_RANKS[work.user.scope]
    is_elsewhere = own.workspace_id is not None and workspace_id != own.workspace_id
    is_too_long = own.expires_at is not None and expires_at is not None and expires_at > own.expires_at
    if is_too_high or is_elsewhere or is_too_long:
        raise Forbidden("An API key cannot make one that may do more, in more workspaces or for longer than itself.")
    return Wish(wish.name, wish.scope, expires_at, workspace_id)


async def rename(work: Work, user_id: UUID, key_id: UUID, name: str) -> ApiKey:
    """Raises ApiKeyNotFound."""
    row = await _own(work, user_id, key_id)
    row.name = name
    await work.session.flush()
    await record(work, Action.API_KEY_CHANGED, "api_key", row.id, name=name)
    return row


async def revoke(work: Work, user_id: UUID | None, key_id: UUID) -> None:
    """Whoever's it is without `user_id`. Raises ApiKeyNotFound."""
    row = await _own(work, user_id, key_id)
    row.revoked_at = func.now()
    await work.session.flush()
    await record(work, Action.API_KEY_REVOKED, "api_key", row.id, name=row.name, user_id=row.user_id)


async def _own(work: Work, user_id: UUID | None, key_id: UUID) -> ApiKey:
    conditions = [ApiKey.id == key_id, ApiKey.revoked_at.is_(None)]
    if user_id is not None:
        conditions.append(ApiKey.user_id == user_id)
    row = await work.session.scalar(select(ApiKey).where(*conditions).with_for_update())
    if row is None:
        raise ApiKeyNotFound
    return row
