"""`/api/auth`: one's own account, password and logins."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from spoonfeeder.core.actor import User
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Done, Ok
from spoonfeeder.features.auth import me, policy, signing_in
from spoonfeeder.features.auth.cookie import clear_cookie
from spoonfeeder.features.auth.depends import Acting, RuntimeDep, SelfReadWork, SelfWriteWork
from spoonfeeder.features.auth.login_router import signed_in
from spoonfeeder.features.auth.schemas import (
    LoginOut,
    LogoutEverywhereInput,
    MeOut,
    MePatch,
    PasswordChange,
    SignedInOut,
)

router = Router(prefix="/api/auth", tags=["auth"])

SelfWriteActor = Annotated[User, Depends(Acting(policy.SELF_WRITE))]


@router.get("/me")
async def get_me(work: SelfReadWork) -> Ok[MeOut]:
    """Who this request comes from. In local mode that is the local owner, without any header."""
    return Ok(data=await me.show(work))


@router.patch("/me")
async def update_me(work: SelfWriteWork, data: MePatch) -> Ok[MeOut]:
    return Ok(data=await me.update(work, data))


@router.post("/password")
async def change_password(
    runtime: RuntimeDep, actor: SelfWriteActor, request: Request, response: Response, data: PasswordChange
) -> Ok[SignedInOut]:
    """Ends every login of this account; the answer and its cookie begin a new one."""
    tokens = await signing_in.change_password(runtime, request, actor, data.current_password, data.new_password)
    return signed_in(request, response, tokens)


@router.post("/logout-everywhere")
async def logout_everywhere(
    work: SelfWriteWork, request: Request, response: Response, data: LogoutEverywhereInput
) -> Done:
    """Ends every login of this account; API keys stay unless `api_keys` says otherwise."""
    await me.log_out_everywhere(work, api_keys=data.api_keys)
    clear_cookie(request, response)
    return Done(message="Signed out everywhere, API keys revoked." if data.api_keys else "Signed out everywhere.")


@router.get("/sessions")
async def list_logins(work: SelfReadWork) -> Ok[list[LoginOut]]:
    """Where this account is signed in."""
    return Ok(data=await me.list_logins(work))


@router.delete("/sessions/{login_id}")
async def end_login(work: SelfWriteWork, login_id: UUID) -> Done:
    await me.end_login(work, login_id)
    return Done(message="Signed out.")
