"""Invitations by link: made, listed, revoked, and shown to whoever holds the link."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from pydantic import SecretStr
from sqlalchemy import ColumnElement, and_, case, func, select, update

from spoonfeeder.core.errors import NotFound
from spoonfeeder.core.vocabulary import WorkspaceRole
from spoonfeeder.db.access import Invitation
from spoonfeeder.db.account import Workspace
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.auth.credentials import sha256_of
from spoonfeeder.features.people import members
from spoonfeeder.features.people.invitation_schemas import InvitationInput, InvitationStatus
from spoonfeeder.work import Work

TOKEN_BYTES = 32
PAGE = "/invite#token="


class InvitationNotFound(NotFound):
    """This invitation does not exist, or is no longer open: it was used or revoked, or has expired."""

    code = "INVITATION_NOT_FOUND"


IS_OPEN: ColumnElement[bool] = and_(
    Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > func.now()
)
STATUS = case(
    (Invitation.accepted_at.is_not(None), InvitationStatus.ACCEPTED),
    (Invitation.revoked_at.is_not(None), InvitationStatus.REVOKED),
    (Invitation.expires_at <= func.now(), InvitationStatus.EXPIRED),
    else_=InvitationStatus.OPEN,
).label("status")
SHOWN = select(
    Invitation.id,
    Invitation.role,
    Invitation.email,
    STATUS,
    Invitation.created_by,
    Invitation.accepted_by,
    Invitation.expires_at,
    Invitation.created_at,
)
LINKED = select(
    Invitation.id,
    Invitation.workspace_id,
    Workspace.name.label("workspace_name"),
    Invitation.role,
    Invitation.email,
    Invitation.created_by,
    Invitation.expires_at,
).join(Workspace, Workspace.id == Invitation.workspace_id)


@dataclass(frozen=True, slots=True)
class Open:
    """An invitation that can be accepted now."""

    id: UUID
    workspace_id: UUID
    workspace_name: str
    role: WorkspaceRole
    email: str | None
    created_by: UUID | None
    expires_at: datetime


async def list_invitations(work: Work, *, limit: int) -> Sequence[Any]:
    """The newest first, also those that are no longer open."""
    statement = SHOWN.where(Invitation.workspace_id == work.workspace_id).limit(limit)
    return (await work.session.execute(statement.order_by(Invitation.created_at.desc(), Invitation.id))).all()


async def show(work: Work, invitation_id: UUID) -> Any:
    return (await work.session.execute(SHOWN.where(Invitation.id == invitation_id))).one()


async def create(work: Work, data: InvitationInput) -> tuple[UUID, str]:
    """The invitation's id and its token, which is not stored. Raises Forbidden."""
    members.require_may_decide(work, await members.lock(work, work.workspace_id), data.role)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = Invitation(
        id=uuid4(),
        workspace_id=work.workspace_id,
        role=data.role,
        email=data.email,
        token_sha256=sha256_of(token),
        created_by=work.user.user_id,
        expires_at=func.now() + timedelta(days=data.expires_in_days),
    )
    work.session.add(invitation)
    await work.session.flush()
    await record(work, Action.INVITATION_CREATED, "invitation", invitation.id, role=data.role)
    return invitation.id, token


async def revoke(work: Work, invitation_id: UUID) -> None:
    """Raises InvitationNotFound, Forbidden."""
    roles = await members.lock(work, work.workspace_id)
    mine = (Invitation.id == invitation_id, Invitation.workspace_id == work.workspace_id, IS_OPEN)
    role = await work.session.scalar(select(Invitation.role).where(*mine))
    if role is None:
        raise InvitationNotFound
    members.require_may_decide(work, roles, WorkspaceRole(role))
    await work.session.execute(update(Invitation).where(*mine).values(revoked_at=func.now()))
    await record(work, Action.INVITATION_REVOKED, "invitation", invitation_id, role=WorkspaceRole(role))


async def find(work: Work, token: SecretStr) -> Open:
    """Raises InvitationNotFound for every token that does not open anything, whatever the reason."""
    statement = LINKED.where(Invitation.token_sha256 == sha256_of(token.get_secret_value()), IS_OPEN)
    row = (await work.session.execute(statement)).one_or_none()
    if row is None:
        raise InvitationNotFound
    return Open(**{**row._mapping, "role": WorkspaceRole(row.role)})


async def use(work: Work, invitation_id: UUID, user_id: UUID) -> None:
    """Raises InvitationNotFound where somebody else was faster, or it was revoked meanwhile."""
    used = update(Invitation).where(Invitation.id == invitation_id, IS_OPEN)
    values = {"accepted_at": func.now(), "accepted_by": user_id}
    if await work.session.scalar(used.values(values).returning(Invitation.id)) is None:
        raise InvitationNotFound
