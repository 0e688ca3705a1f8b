"""`/api/workspaces`: the caller's own, and who is a member."""

from uuid import UUID

from spoonfeeder.core.pagination import MOST_ROWS, WholeList
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Done, Ok
from spoonfeeder.core.vocabulary import WorkspaceRole
from spoonfeeder.features.auth.depends import MemberReadWork, OwnerWork, PeopleWork, SelfReadWork, SelfWriteWork
from spoonfeeder.features.people import members, workspaces
from spoonfeeder.features.people.schemas import MemberOut, MemberPatch, WorkspaceInput, WorkspaceOut

router = Router(prefix="/api/workspaces", tags=["workspaces"])


@router.get("")
async def list_workspaces(work: SelfReadWork, limit: WholeList = MOST_ROWS) -> Ok[list[WorkspaceOut]]:
    """Those one is a member of, by name."""
    rows = await workspaces.list_workspaces(work, limit=limit)
    return Ok(data=[WorkspaceOut.model_validate(row) for row in rows])


@router.post("", status_code=201)
async def create_workspace(work: SelfWriteWork, data: WorkspaceInput) -> Ok[WorkspaceOut]:
    """The caller is its owner."""
    workspace_id = await workspaces.create(work, data.name)
    return Ok(data=await workspaces.show(work, workspace_id, WorkspaceRole.OWNER))


@router.get("/{workspace_id}")
async def get_workspace(work: MemberReadWork, workspace_id: UUID) -> Ok[WorkspaceOut]:
    return Ok(data=await workspaces.show(work, workspace_id, work.user.role))


@router.patch("/{workspace_id}")
async def update_workspace(work: PeopleWork, workspace_id: UUID, data: WorkspaceInput) -> Ok[WorkspaceOut]:
    await workspaces.rename(work, data.name)
    return Ok(data=await workspaces.show(work, workspace_id, work.user.role))


@router.delete("/{workspace_id}")
async def delete_workspace(work: OwnerWork, workspace_id: UUID) -> Done:
    """Only while it holds nothing; what was deleted counts until it is purged."""
    await workspaces.remove(work)
    return Done(message="The workspace is deleted.")


@router.post("/{workspace_id}/leave")
async def leave_workspace(work: SelfWriteWork, workspace_id: UUID) -> Done:
    await members.leave(work)
    return Done(message="You have left the workspace.")


@router.get("/{workspace_id}/members")
async def list_members(work: MemberReadWork, workspace_id: UUID, limit: WholeList = MOST_ROWS) -> Ok[list[MemberOut]]:
    """Who joined first stands first."""
    return Ok(data=[MemberOut.model_validate(row) for row in await members.list_members(work, limit=limit)])


@router.patch("/{workspace_id}/members/{user_id}")
async def update_member(work: PeopleWork, workspace_id: UUID, user_id: UUID, data: MemberPatch) -> Ok[MemberOut]:
    """Owners decide about everybody, admins about members and viewers."""
    await members.change_role(work, user_id, data.role)
    return Ok(data=MemberOut.model_validate(await members.show(work, user_id)))


@router.delete("/{workspace_id}/members/{user_id}")
async def remove_member(work: PeopleWork, workspace_id: UUID, user_id: UUID) -> Done:
    """What the member made stays; their keys and open invitations for this workspace end."""
    await members.remove(work, user_id)
    return Done(message="The member is removed.")
