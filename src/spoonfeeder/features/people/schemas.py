"""Bodies and answers of users, workspaces and members."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from spoonfeeder.core.email_addresses import Email
from spoonfeeder.core.passwords import Password
from spoonfeeder.core.schema import Given, Input, Name, Record, Timestamp
from spoonfeeder.core.vocabulary import UserRole, WorkspaceRole

UserRoleWord = Annotated[UserRole, Field(strict=False)]
RoleWord = Annotated[WorkspaceRole, Field(strict=False)]

_OF_USERS = frozenset(["id", "has_password", "default_workspace_id", "last_login_at", "created_at", "updated_at"])


class UserInput(Input):
    """Without `password` the account waits for one: from an admin, or from an invitation for its e-mail address.

    Without `workspace_id` the user gets a workspace of their own, else the `workspace_role` in that one.
    """

    email: Email
    name: Name
    password: Password | None = None
    role: UserRoleWord = UserRole.MEMBER
    workspace_id: Annotated[UUID | None, Field(strict=False)] = None
    workspace_role: RoleWord = WorkspaceRole.MEMBER


class UserPatch(Input):
    """Absent fields stay."""

    read_only: ClassVar[frozenset[str]] = _OF_USERS

    email: Given[Email] = None
    name: Given[Name] = None
    role: Given[UserRoleWord] = None
    active: Given[bool] = None


class PasswordInput(Input):
    password: Password


class UserOut(Record):
    """`has_password` false: nobody can sign in as this user yet."""

    id: UUID
    email: str
    name: str
    role: UserRole
    active: bool
    has_password: bool
    default_workspace_id: UUID | None
    last_login_at: Timestamp | None
    created_at: Timestamp
    updated_at: Timestamp


class WorkspaceInput(Input):
    read_only: ClassVar[frozenset[str]] = frozenset(["id", "role", "member_count", "created_at", "updated_at"])

    name: Name


class WorkspaceOut(Record):
    """`role` is the caller's own."""

    id: UUID
    name: str
    role: WorkspaceRole
    member_count: int
    created_at: Timestamp
    updated_at: Timestamp


class MemberPatch(Input):
    read_only: ClassVar[frozenset[str]] = frozenset(["user_id", "email", "name", "active", "created_at"])

    role: RoleWord


class MemberOut(Record):
    """`created_at` is when the user joined; one who is not `active` cannot sign in."""

    user_id: UUID
    email: str
    name: str
    role: WorkspaceRole
    active: bool
    created_at: Timestamp
