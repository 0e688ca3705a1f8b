"""Who acts: a person in a workspace, a job on behalf of a row's workspace, or the system itself."""

from dataclasses import dataclass
from uuid import UUID

from spoonfeeder.core.vocabulary import WorkspaceRole

DEFAULT_WORKSPACE_ID = UUID("00000000-0000-0000-0000-000000000001")
LOCAL_OWNER_ID = UUID("00000000-0000-0000-0000-000000000001")


@dataclass(frozen=True, slots=True)
class User:
    """Acts in one workspace; `user_id` is None for a job that carries on what somebody asked for."""

    workspace_id: UUID
    user_id: UUID | None = None
    role: WorkspaceRole = WorkspaceRole.MEMBER


@dataclass(frozen=True, slots=True)
class System:
    """Sees all workspaces; opened only by `durable/` and the command line, with a reason for the log."""

    reason: str


Actor = User | System

LOCAL_OWNER = User(DEFAULT_WORKSPACE_ID, LOCAL_OWNER_ID, WorkspaceRole.OWNER)
