"""What a route asks of who calls it. Every route has exactly one policy, by what its handler takes (`depends`)."""

from collections.abc import Iterable
from dataclasses import dataclass

from spoonfeeder.core.actor import NO_WORKSPACE, User
from spoonfeeder.core.errors import AppError, NotFound
from spoonfeeder.core.vocabulary import Scope, WorkspaceRole

RANKS = {WorkspaceRole.VIEWER: 0, WorkspaceRole.MEMBER: 1, WorkspaceRole.ADMIN: 2, WorkspaceRole.OWNER: 3}
SCOPE_RANKS = {Scope.READ: 0, Scope.WRITE: 1, Scope.ADMIN: 2}


def highest(scopes: Iterable[Scope]) -> Scope:
    """The one that counts: it includes the others."""
    return max(scopes, key=SCOPE_RANKS.__getitem__)


class Unauthorized(AppError):
    """Sign in first: send `Authorization: Bearer` with an API key or an access token that is still valid."""

    status = 401
    code = "UNAUTHORIZED"

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message, headers={"WWW-Authenticate": "Bearer"})


class Forbidden(AppError):
    """Your role in this workspace, or the scope of your API key, does not allow this."""

    status = 403
    code = "FORBIDDEN"


class NoWorkspace(Forbidden):
    """You are a member of no workspace yet; create one, or ask for an invitation."""

    code = "NO_WORKSPACE"


class WorkspaceNotFound(NotFound):
    """This workspace does not exist, or you are not a member of it."""

    code = "WORKSPACE_NOT_FOUND"


@dataclass(frozen=True, slots=True)
class Policy:
    """`role` is the least one in the workspace, None where no workspace is needed.

    `account` transactions reach users, keys and logs; the others are held to their workspace's rows (db.row_security).
    `limit` names the rate limit that is counted beside the general one.
    """

    name: str
    scope: Scope | None
    role: WorkspaceRole | None = None
    for_admins: bool = False
    account: bool = False
    takes_signature: bool = False
    limit: str | None = None

    def require(self, actor: User) -> None:
        """Raises NoWorkspace, Forbidden."""
        if self.role is not None and actor.workspace_id == NO_WORKSPACE:
            raise NoWorkspace
        if self.for_admins and not actor.is_admin:
            raise Forbidden("Only the server's admins may do this.")
        if self.role is not None and RANKS[actor.role] < RANKS[self.role]:
            raise Forbidden
        if self.scope is not None and SCOPE_RANKS[actor.scope] < SCOPE_RANKS[self.scope]:
            raise Forbidden


PUBLIC = Policy("public", None)
SELF_READ = Policy("self:read", Scope.READ, account=True)
SELF_WRITE = Policy("self:write", Scope.ADMIN, account=True)
READ = Policy("read", Scope.READ, WorkspaceRole.VIEWER)
MEDIA = Policy("media", Scope.READ, WorkspaceRole.VIEWER, takes_signature=True)
WRITE = Policy("write", Scope.WRITE, WorkspaceRole.MEMBER)
GENERATE = Policy("generate", Scope.WRITE, WorkspaceRole.MEMBER, limit="generation")
CHAT = Policy("chat", Scope.WRITE, WorkspaceRole.MEMBER, limit="chat")
MANAGE = Policy("manage", Scope.ADMIN, WorkspaceRole.ADMIN)
MEMBER_READ = Policy("members:read", Scope.READ, WorkspaceRole.VIEWER, account=True)
PEOPLE = Policy("people", Scope.ADMIN, WorkspaceRole.ADMIN, account=True)
OWNER = Policy("owner", Scope.ADMIN, WorkspaceRole.OWNER, account=True)
SERVER = Policy("server", Scope.ADMIN, for_admins=True, account=True)
