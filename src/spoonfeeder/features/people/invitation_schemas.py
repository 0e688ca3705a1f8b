"""Bodies and answers of invitations."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, SecretStr

from spoonfeeder.core.email_addresses import Email
from spoonfeeder.core.passwords import Password
from spoonfeeder.core.schema import Input, Name, Record, Timestamp
from spoonfeeder.core.vocabulary import WorkspaceRole
from spoonfeeder.features.auth.schemas import SignedInOut
from spoonfeeder.features.people.schemas import RoleWord

Token = Annotated[SecretStr, Field(min_length=1, max_length=200)]


class InvitationStatus(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


class InvitationInput(Input):
    """With `email` the link works for the account of that address only."""

    role: RoleWord = WorkspaceRole.MEMBER
    email: Email | None = None
    expires_in_days: Annotated[int, Field(ge=1, le=30)] = 7


class InvitationOut(Record):
    id: UUID
    role: WorkspaceRole
    email: str | None
    status: InvitationStatus
    created_by: UUID | None
    accepted_by: UUID | None
    expires_at: Timestamp
    created_at: Timestamp


class InvitationMade(InvitationOut):
    """`token` is shown this once. `path` is the page that takes it, to be put behind the server's address."""

    token: str
    path: str


class TokenInput(Input):
    token: Token


class InvitationShown(Record):
    """What the link leads to."""

    workspace_name: str
    role: WorkspaceRole
    email: str | None
    expires_at: Timestamp


class AcceptInput(Input):
    """`token` alone for somebody who is signed in; the rest makes an account.

    `email` may be left out where the invitation names it.
    """

    token: Token
    email: Email | None = None
    name: Name | None = None
    password: Password | None = None


class Accepted(Record):
    """`login` is null for somebody who was signed in already."""

    workspace_id: UUID
    workspace_name: str
    role: WorkspaceRole
    login: SignedInOut | None
