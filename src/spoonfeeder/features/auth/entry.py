"""The first statement of a request's transaction: may this caller come in, as whom, and what will it see (R43).

It asks the database each time, so a removed member, a deactivated user or a revoked key is refused at once; and it
takes the role of row-level security in the same round trip.
"""

from uuid import UUID

import orjson
from sqlalchemy import Row, TextClause, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from spoonfeeder.core.access_tokens import Claims
from spoonfeeder.core.actor import LOCAL_OWNER, LOCAL_OWNER_ID, NO_WORKSPACE, User
from spoonfeeder.core.vocabulary import Scope, UserRole, WorkspaceRole
from spoonfeeder.db.row_security import TAKE_ROLE, restrict
from spoonfeeder.features.auth.credentials import ApiKeyHash, Credentials, LocalOwner, Signature
from spoonfeeder.features.auth.policy import Policy, Unauthorized, WorkspaceNotFound, highest

BY_LOGIN = """
    SELECT u.id, u.role, u.default_workspace_id, s.id AS login_id, NULL::uuid AS api_key_id, NULL::text AS scopes,
        NULL::uuid AS only_workspace_id
    FROM login_sessions s JOIN users u ON u.id = s.user_id
    WHERE s.id = :login_id AND u.id = :user_id AND s.revoked_at IS NULL AND s.expires_at > now()
        AND u.active AND u.token_epoch = :epoch
"""
BY_API_KEY = """
    SELECT u.id, u.role, coalesce(k.workspace_id, u.default_workspace_id) AS default_workspace_id,
        NULL::uuid AS login_id, k.id AS api_key_id, k.scopes, k.workspace_id AS only_workspace_id
    FROM api_keys k JOIN users u ON u.id = k.user_id
    WHERE k.token_sha256 = :sha256 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
        AND u.active
"""
BY_ID = """
    SELECT u.id, u.role, u.default_workspace_id, NULL::uuid AS login_id, NULL::uuid AS api_key_id,
        NULL::text AS scopes, NULL::uuid AS only_workspace_id
    FROM users u WHERE u.id = :user_id
"""
ENTER = """
    WITH who AS ({who})
    SELECT who.*, m.workspace_id, m.role AS member_role {opening}
    FROM who LEFT JOIN LATERAL (
        SELECT workspace_id, role FROM workspace_members
        WHERE user_id = who.id AND (CAST(:wanted AS uuid) IS NULL OR workspace_id = :wanted)
            AND (who.only_workspace_id IS NULL OR workspace_id = who.only_workspace_id)
        ORDER BY workspace_id = who.default_workspace_id DESC NULLS LAST, created_at, workspace_id
        LIMIT 1
    ) m ON true
"""
RESTRICTED = f", {TAKE_ROLE}, set_config('app.workspace', coalesce(m.workspace_id::text, ''), true)"


def _statements(who: str, *ids: str) -> dict[bool, TextClause]:
    """By whether the transaction is one of accounts."""
    parameters = [bindparam(name, type_=Uuid()) for name in ("wanted", *ids)]
    return {
        account: text(ENTER.format(who=who, opening="" if account else RESTRICTED)).bindparams(*parameters)
        for account in (False, True)
    }


ENTER_BY_LOGIN = _statements(BY_LOGIN, "login_id", "user_id")
ENTER_BY_API_KEY = _statements(BY_API_KEY)
ENTER_BY_ID = _statements(BY_ID, "user_id")


async def enter(
    session: AsyncSession,
    policy: Policy,
    shown: Credentials,
    wanted: UUID | None,
    peer: str | None,
    *,
    may_be_outside: bool = False,
) -> User:
    """Who acts; whether they may do what the policy is for, `policy.require` tells.

    `may_be_outside`: who is no member of the wanted workspace comes in all the same, in no workspace.

    Raises Unauthorized, WorkspaceNotFound.
    """
    if isinstance(shown, Signature):
        await restrict(session, shown.workspace_id)
        return User(shown.workspace_id, role=WorkspaceRole.VIEWER, scope=Scope.READ, peer=peer)
    if isinstance(shown, LocalOwner) and wanted in (None, LOCAL_OWNER.workspace_id):
        if not policy.account:
            await restrict(session, LOCAL_OWNER.workspace_id)
        return LOCAL_OWNER
    row = await _find(session, policy, shown, wanted)
    if row is None:
        raise Unauthorized
    if wanted is not None and row.workspace_id is None and not may_be_outside:
        raise WorkspaceNotFound
    return _actor(row, peer)


async def _find(
    session: AsyncSession, policy: Policy, shown: Credentials, wanted: UUID | None
) -> Row[tuple[object, ...]] | None:
    match shown:
        case Claims():
            ids = {"login_id": shown.login_id, "user_id": shown.user_id, "epoch": shown.epoch}
            found = await session.execute(ENTER_BY_LOGIN[policy.account], {"wanted": wanted, **ids})
        case ApiKeyHash():
            found = await session.execute(ENTER_BY_API_KEY[policy.account], {"wanted": wanted, "sha256": shown.sha256})
        case _:
            found = await session.execute(ENTER_BY_ID[policy.account], {"wanted": wanted, "user_id": LOCAL_OWNER_ID})
    return found.one_or_none()


def _actor(row: Row[tuple[object, ...]], peer: str | None) -> User:
    scopes = [Scope(word) for word in orjson.loads(row.scopes)] if row.scopes else [Scope.ADMIN]
    return User(
        workspace_id=row.workspace_id or NO_WORKSPACE,
        user_id=row.id,
        role=WorkspaceRole(row.member_role or WorkspaceRole.VIEWER),
        is_admin=row.role == UserRole.ADMIN and row.only_workspace_id is None,
        scope=highest(scopes),
        login_id=row.login_id,
        api_key_id=row.api_key_id,
        peer=peer,
    )
