"""New users, workspaces and memberships, whoever asks for them: an admin, an invitation, the command line."""

from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError

from spoonfeeder.core.vocabulary import UserRole, WorkspaceRole
from spoonfeeder.db.account import User, Workspace, WorkspaceMember
from spoonfeeder.features.auth.accounts import EmailTaken
from spoonfeeder.work import Work

LONGEST_NAME = 255
PERSONAL = "'s workspace"


async def add_user(
    work: Work,
    *,
    email: str,
    name: str,
    password_hash: str | None,
    role: UserRole = UserRole.MEMBER,
    home: UUID | None = None,
) -> User:
    """`home` is the default workspace, of which the user is not a member yet. Raises EmailTaken."""
    user = User(id=uuid4(), email=email, name=name, password_hash=password_hash, role=role, default_workspace_id=home)
    work.session.add(user)
    await flush_email(work)
    return user


async def flush_email(work: Work) -> None:
    """Writes a new or changed user. Raises EmailTaken, after which the transaction is over."""
    try:
        await work.session.flush()
    except IntegrityError as error:
        raise EmailTaken from error


async def add_workspace(work: Work, name: str, owner_id: UUID) -> UUID:
    workspace = Workspace(id=uuid4(), name=name)
    work.session.add(workspace)
    await work.session.flush()
    await add_member(work, workspace.id, owner_id, WorkspaceRole.OWNER)
    return workspace.id


async def add_personal_workspace(work: Work, user: User) -> None:
    """The user's default from now on."""
    name = user.name[: LONGEST_NAME - len(PERSONAL)] + PERSONAL
    user.default_workspace_id = await add_workspace(work, name, user.id)
    await work.session.flush()


async def add_member(work: Work, workspace_id: UUID, user_id: UUID, role: WorkspaceRole) -> None:
    work.session.add(WorkspaceMember(workspace_id=workspace_id, user_id=user_id, role=role))
    await work.session.flush()
