"""Bodies and answers of signing in, of one's own account and of API keys."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field, SecretStr, StringConstraints, field_validator, model_validator

from spoonfeeder.core.email_addresses import LONGEST_EMAIL, Email
from spoonfeeder.core.passwords import MOST_BYTES, Password
from spoonfeeder.core.schema import Given, Input, Name, Record, Timestamp
from spoonfeeder.core.settings import Auth
from spoonfeeder.core.vocabulary import Scope, UserRole, WorkspaceRole

LONGEST_DAYS = 3650
ScopeWord = Annotated[Scope, Field(strict=False)]
OldPassword = Annotated[SecretStr, Field(max_length=MOST_BYTES)]


class LoginInput(Input):
    email: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_EMAIL)]
    password: OldPassword


class SetupInput(Input):
    """`token` is the one in the address that the server prints at its start."""

    token: Annotated[str, Field(max_length=100)]
    email: Email
    name: Name
    password: Password


class PasswordChange(Input):
    current_password: OldPassword
    new_password: Password


class LogoutEverywhereInput(Input):
    """`api_keys` true revokes the API keys too."""

    api_keys: bool = False


class MePatch(Input):
    """`default_workspace_id` null: the workspace that one has been a member of for the longest time."""

    name: Given[Name] = None
    default_workspace_id: Annotated[UUID | None, Field(strict=False)] = None


class ApiKeyInput(Input):
    """It expires at `expires_at`, or in `expires_in_days`, or never; `workspace_id` limits it to that one."""

    name: Name
    scopes: Annotated[list[ScopeWord], Field(min_length=1, max_length=3)] = Field(
        default_factory=lambda: [Scope.READ, Scope.WRITE]
    )
    expires_at: Annotated[AwareDatetime | None, Field(strict=False)] = None
    expires_in_days: Annotated[float | None, Field(strict=False, gt=0, le=LONGEST_DAYS)] = None
    workspace_id: Annotated[UUID | None, Field(strict=False)] = None

    @field_validator("expires_at")
    @classmethod
    def _in_the_future(cls, moment: datetime | None) -> datetime | None:
        now = datetime.now(UTC)
        if moment is not None and not now < moment <= now + timedelta(days=LONGEST_DAYS):
            raise ValueError(f"must be in the future, at most {LONGEST_DAYS:,} days ahead")
        return moment

    @model_validator(mode="after")
    def _one_expiry(self) -> "ApiKeyInput":
        if self.expires_at is not None and self.expires_in_days is not None:
            raise ValueError("give expires_at or expires_in_days, not both")
        return self

    @property
    def ends_at(self) -> datetime | None:
        if self.expires_in_days is not None:
            return datetime.now(UTC) + timedelta(days=self.expires_in_days)
        return self.expires_at


class ApiKeyPatch(Input):
    name: Name


class StatusOut(Record):
    """`setup_needed`: nobody can sign in before the first admin is set up."""

    mode: Auth
    setup_needed: bool


class AccountOut(Record):
    id: UUID
    email: str
    name: str
    role: UserRole


class SignedInOut(Record):
    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - the scheme of the header
    expires_at: Timestamp
    user: AccountOut


class MembershipOut(Record):
    workspace_id: UUID
    name: str
    role: WorkspaceRole


class MeOut(AccountOut):
    """`workspace_id`, `workspace_role` and `scope` are this request's; the first two are null without a workspace."""

    default_workspace_id: UUID | None
    created_at: Timestamp
    last_login_at: Timestamp | None
    memberships: list[MembershipOut]
    workspace_id: UUID | None
    workspace_role: WorkspaceRole | None
    scope: Scope
    mode: Auth


class LoginOut(Record):
    """A browser that is signed in; `current` is the one that asks."""

    id: UUID
    user_agent: str | None
    peer: str | None
    created_at: Timestamp
    last_used_at: Timestamp
    expires_at: Timestamp
    current: bool


class ApiKeyOut(Record):
    """`scopes` with those that they include; the key itself is never shown again."""

    id: UUID
    name: str
    scopes: list[Scope]
    last_four: str
    workspace_id: UUID | None
    expires_at: Timestamp | None
    last_used_at: Timestamp | None
    created_at: Timestamp


class NewApiKeyOut(ApiKeyOut):
    """`key` is shown this one time."""

    key: str
