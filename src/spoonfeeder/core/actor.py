"""Who acts: a person in a workspace, a job on behalf of a row's workspace, or the system itself."""

from dataclasses import dataclass
from uuid import UUID

from spoonfeeder.core.vocabulary import Scope, WorkspaceRole

DEFAULT_WORKSPACE_ID = UUID("00000000-0000-0000-0000-000000000001")
LOCAL_OWNER_ID = UUID("00000000-0000-0000-0000-000000000001")
NO_WORKSPACE = UUID(int=0)
"""Of somebody who is a member of none; no row belongs to it."""


@dataclass(frozen=True, slots=True)
class User:
    """Acts in one workspace; `user_id` is None for a job that carries on what somebody asked for.

    `is_admin` is the server's admin, `role` the one in the workspace. `login_id` or `api_key_id` say how the person
    came in, `peer` from which address.
    """

    workspace_id: UUID
    user_id: UUID | None = None
    role: WorkspaceRole = WorkspaceRole.MEMBER
    is_admin: bool = False
    scope: Scope = Scope.ADMIN
    login_id: UUID | None = None
    api_key_id: UUID | None = None
    peer: str | None = None


@dataclass(frozen=True, slots=True)
class System:
    """Sees all workspaces; opened only by `durable/` and the command line, with a reason for the log."""

    reason: str


Actor = User | System

LOCAL_OWNER = User(DEFAULT_WORKSPACE_ID, LOCAL_OWNER_ID, WorkspaceRole.OWNER, is_admin=True)
