"""Invitations of a workspace, and `/api/invitations` for whoever holds a link."""

from uuid import UUID

from fastapi import Request, Response

from spoonfeeder.core.pagination import MOST_ROWS, WholeList
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Done, Ok
from spoonfeeder.features.auth import policy
from spoonfeeder.features.auth.accounts import require_sign_in
from spoonfeeder.features.auth.depends import PUBLIC, PeopleWork, RuntimeDep, entered
from spoonfeeder.features.auth.login_router import signed_in
from spoonfeeder.features.auth.visitor import visitor_of
from spoonfeeder.features.people import accepting, invitations
from spoonfeeder.features.people.invitation_schemas import (
    Accepted,
    AcceptInput,
    InvitationInput,
    InvitationMade,
    InvitationOut,
    InvitationShown,
    TokenInput,
)
from spoonfeeder.work import open_account_work

router = Router(prefix="/api/workspaces/{workspace_id}/invitations", tags=["invitations"])
links = Router(prefix="/api/invitations", tags=["invitations"], dependencies=[PUBLIC])


@router.get("")
async def list_invitations(
    work: PeopleWork, workspace_id: UUID, limit: WholeList = MOST_ROWS
) -> Ok[list[InvitationOut]]:
    """The newest first, also those that are no longer open."""
    rows = await invitations.list_invitations(work, limit=limit)
    return Ok(data=[InvitationOut.model_validate(row) for row in rows])


@router.post("", status_code=201)
async def create_invitation(work: PeopleWork, workspace_id: UUID, data: InvitationInput) -> Ok[InvitationMade]:
    """The token is in this answer and never again. Admins invite members and viewers, owners everybody."""
    invitation_id, token = await invitations.create(work, data)
    made = InvitationOut.model_validate(await invitations.show(work, invitation_id))
    return Ok(data=InvitationMade(**made.model_dump(), token=token, path=invitations.PAGE + token))


@router.delete("/{invitation_id}")
async def revoke_invitation(work: PeopleWork, workspace_id: UUID, invitation_id: UUID) -> Done:
    await invitations.revoke(work, invitation_id)
    return Done(message="The invitation is revoked.")


@links.post("/look-up")
async def look_up_invitation(runtime: RuntimeDep, request: Request, data: TokenInput) -> Ok[InvitationShown]:
    """Where a link leads, for whoever holds it."""
    async with open_account_work(runtime, visitor_of(request).actor) as work:
        return Ok(data=InvitationShown.model_validate(await invitations.find(work, data.token)))


@links.post("/accept")
async def accept_invitation(
    runtime: RuntimeDep, request: Request, response: Response, data: AcceptInput
) -> Ok[Accepted]:
    """With an Authorization header one joins as that user; without, `email`, `name` and `password` make an account.

    A new account is signed in at once: `login` is what signing in answers, and the cookie is set.
    """
    require_sign_in(runtime)
    invitation = await accepting.counted(runtime, request, data.token)
    if "authorization" in request.headers:
        async with entered(runtime, request, policy.SELF_WRITE) as work:
            await accepting.join(work, data.token)
        login = None
    else:
        tokens = await accepting.sign_up(runtime, request, data, invitation)
        login = signed_in(request, response, tokens).data
    return Ok(
        data=Accepted(
            workspace_id=invitation.workspace_id,
            workspace_name=invitation.workspace_name,
            role=invitation.role,
            login=login,
        )
    )
