"""Adding to the audit log, in the transaction of what it tells: one is never there without the other (R49)."""

from enum import Enum
from typing import Any, Literal, TypedDict, Unpack, cast
from uuid import UUID

from asgi_correlation_id import correlation_id
from sqlalchemy import Table, insert

from spoonfeeder.core.actor import NO_WORKSPACE, User
from spoonfeeder.core.redaction import escape_controls, hide_secrets
from spoonfeeder.core.vocabulary import Provider, Scope, UserRole, WorkspaceRole
from spoonfeeder.db.logs import AuditEntry
from spoonfeeder.features.audit.actions import OF_ACCOUNTS, Action
from spoonfeeder.work import Work

__all__ = ["Action", "record"]

ENTRIES = cast(Table, AuditEntry.__table__)
LONGEST_TEXT = 200
LONGEST_PEER = 64

Subject = Literal[
    "api_key",
    "backend",
    "batch",
    "budget",
    "conversation",
    "generation",
    "invitation",
    "login",
    "preset",
    "profile",
    "project",
    "prompt",
    "result",
    "schedule",
    "server",
    "session",
    "settings",
    "task",
    "user",
    "workflow",
    "workspace",
]


class Details(TypedDict, total=False):
    """All that an entry may say beside who, what and where: never a secret, nothing of a prompt.

    `name` is that of the subject. `origin` is scheme, host and port of an address. `removed`: a key was taken away
    and none put in its place.
    """

    name: str
    role: WorkspaceRole | UserRole
    role_before: WorkspaceRole | UserRole
    scope: Scope
    provider: Provider
    origin: str
    origin_before: str
    removed: bool
    user_id: UUID
    workspace_id: UUID
    login_id: UUID
    key_id: str
    rows: int
    days: int
    profile_id: UUID
    usd: str
    reason: str


async def record(
    work: Work,
    action: Action,
    subject_kind: Subject | None = None,
    subject_id: UUID | str | None = None,
    *,
    by: UUID | None = None,
    within: UUID | None = None,
    **details: Unpack[Details],
) -> None:
    """Adds an entry, which lasts only if the transaction is committed.

    `by` is who acts and `within` the workspace, where the transaction does not say so (somebody who signs in, a
    workspace that was just made). Raises TypeError for a detail that no entry may have.
    """
    user = work.actor if isinstance(work.actor, User) else User(NO_WORKSPACE)
    own = None if action in OF_ACCOUNTS or user.workspace_id == NO_WORKSPACE else user.workspace_id
    entry = {
        "action": action,
        "user_id": by or user.user_id,
        "api_key_id": user.api_key_id,
        "workspace_id": within or own,
        "subject_kind": subject_kind,
        "subject_id": None if subject_id is None else _text(str(subject_id)),
        "peer": None if user.peer is None else _text(user.peer)[:LONGEST_PEER],
        "request_id": correlation_id.get(),
        "details": {name: _plain(name, value) for name, value in details.items()},
    }
    # Without RETURNING, for which the role of workspaces would need to read the log.
    await work.session.execute(insert(ENTRIES).values(entry).inline())


def _plain(name: str, value: Any) -> str | int | bool:
    if name not in Details.__annotations__:
        raise TypeError(f"{name} is no detail of an audit entry")
    if isinstance(value, bool | int):
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Enum):
        value = value.value
    if not isinstance(value, str):
        raise TypeError(f"{name} of an audit entry cannot be a {type(value).__name__}")
    return _text(value)


def _text(value: str) -> str:
    return escape_controls(hide_secrets(value))[:LONGEST_TEXT]
