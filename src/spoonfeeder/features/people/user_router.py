"""`/api/users`: the accounts of the server, for its admins."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from spoonfeeder.core.actor import User
from spoonfeeder.core.pagination import PageNumber, PageSize
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Done, Ok, Page, Pagination
from spoonfeeder.features.auth import policy
from spoonfeeder.features.auth.depends import Acting, RuntimeDep, ServerWork
from spoonfeeder.features.people import users
from spoonfeeder.features.people.schemas import PasswordInput, UserInput, UserOut, UserPatch

router = Router(prefix="/api/users", tags=["users"])

ServerActor = Annotated[User, Depends(Acting(policy.SERVER))]


@router.get("")
async def list_users(
    work: ServerWork,
    q: Annotated[str | None, Query(max_length=200)] = None,
    active: bool | None = None,
    page: PageNumber = 1,
    limit: PageSize = 50,
) -> Page[UserOut]:
    """The oldest first; `q` is looked for in names and e-mail addresses."""
    rows, total = await users.list_users(work, q=q, active=active, page=page, limit=limit)
    pagination = Pagination.of(page=page, limit=limit, total=total)
    return Page(data=[users.shown(row) for row in rows], pagination=pagination)


@router.post("", status_code=201)
async def create_user(runtime: RuntimeDep, actor: ServerActor, data: UserInput) -> Ok[UserOut]:
    """To add somebody to a workspace at once, one must be its owner, or its admin for members and viewers."""
    return Ok(data=users.shown(await users.create(runtime, actor, data)))


@router.get("/{user_id}")
async def get_user(work: ServerWork, user_id: UUID) -> Ok[UserOut]:
    return Ok(data=users.shown(await users.get(work, user_id)))


@router.patch("/{user_id}")
async def update_user(work: ServerWork, user_id: UUID, data: UserPatch) -> Ok[UserOut]:
    """A new role counts from the next request on. `active` false does what DELETE does; true lets the user in again."""
    return Ok(data=users.shown(await users.change(work, user_id, data)))


@router.delete("/{user_id}")
async def delete_user(work: ServerWork, user_id: UUID) -> Done:
    """Deactivates the user and ends all logins and API keys; open invitations by the user are revoked.

    The row stays, and with it who made what. `PATCH {"active": true}` lets the user sign in again.
    """
    await users.deactivate(work, user_id)
    return Done(message="The user is deactivated and signed out everywhere.")


@router.post("/{user_id}/password")
async def set_password(runtime: RuntimeDep, actor: ServerActor, user_id: UUID, data: PasswordInput) -> Done:
    """Ends all the user's logins; API keys stay."""
    await users.set_password(runtime, actor, user_id, data.password)
    return Done(message="The password is set; the user is signed out everywhere.")


@router.post("/{user_id}/logout")
async def logout_user(work: ServerWork, user_id: UUID) -> Done:
    """Ends all the user's logins; API keys stay."""
    await users.sign_out(work, user_id)
    return Done(message="The user is signed out everywhere.")
