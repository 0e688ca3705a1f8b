"""`/api/auth`: signing in and out, and the setup of the first admin. Nobody has to be signed in here."""

from uuid import UUID

from fastapi import Request, Response

from spoonfeeder.core.access_tokens import Claims
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Done, Ok, failures
from spoonfeeder.db.access import LoginSession
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.auth import logins, policy, setup, signing_in
from spoonfeeder.features.auth.accounts import require_sign_in
from spoonfeeder.features.auth.cookie import clear_cookie, clearing_header, read_cookie, set_cookie
from spoonfeeder.features.auth.credentials import read_credentials
from spoonfeeder.features.auth.depends import PUBLIC, RuntimeDep
from spoonfeeder.features.auth.logins import Tokens
from spoonfeeder.features.auth.schemas import AccountOut, LoginInput, SetupInput, SignedInOut, StatusOut
from spoonfeeder.features.auth.visitor import visitor_of
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import open_account_work

router = Router(prefix="/api/auth", tags=["auth"], dependencies=[PUBLIC])


def signed_in(request: Request, response: Response, tokens: Tokens) -> Ok[SignedInOut]:
    """The answer to whoever may come in: an access token, and the refresh token as a cookie."""
    set_cookie(request, response, tokens)
    user = AccountOut.model_validate(tokens.user)
    return Ok(data=SignedInOut(access_token=tokens.access_token, expires_at=tokens.expires_at, user=user))


@router.get("/status", name="auth_status")
async def status(runtime: RuntimeDep) -> Ok[StatusOut]:
    """How one comes in here: without signing in, by signing in, or by setting up the first admin."""
    return Ok(data=StatusOut(mode=runtime.settings.auth, setup_needed=await setup.is_needed(runtime)))


@router.post("/setup", name="set_up")
async def set_up(runtime: RuntimeDep, request: Request, response: Response, data: SetupInput) -> Ok[SignedInOut]:
    """Makes the first admin, once. The local owner's row becomes theirs, with all that was made in local mode."""
    tokens = await setup.set_up(runtime, request, data.token, data.email, data.name, data.password)
    return signed_in(request, response, tokens)


@router.post("/login", responses=failures(401))
async def login(runtime: RuntimeDep, request: Request, response: Response, data: LoginInput) -> Ok[SignedInOut]:
    """Gives an access token for ten minutes and sets the cookie that renews it."""
    return signed_in(request, response, await signing_in.sign_in(runtime, request, data.email, data.password))


@router.post("/refresh", name="refresh_login", responses=failures(401))
async def refresh(runtime: RuntimeDep, request: Request, response: Response) -> Ok[SignedInOut]:
    """Takes the cookie, gives a new access token and a new cookie.

    Each cookie is good once: one that comes a second time ends the login, so the tabs of a browser must take turns.
    """
    require_sign_in(runtime)
    shown, visitor = read_cookie(request), visitor_of(request)
    tokens = None
    if shown is not None:
        async with open_account_work(runtime, visitor.actor) as work:
            tokens = await logins.exchange(work, shown, visitor)
    if tokens is None:
        refusal = policy.Unauthorized("This login has ended; sign in again.")
        refusal.headers["Set-Cookie"] = clearing_header(request)
        raise refusal
    return signed_in(request, response, tokens)


@router.post("/logout")
async def logout(runtime: RuntimeDep, request: Request, response: Response) -> Done:
    """Ends the login of the cookie and that of the access token, where there are any."""
    refresh_token, login_id = read_cookie(request), _login_of_bearer(runtime, request)
    shown = [logins.of_refresh_token(refresh_token)] if refresh_token else []
    shown += [LoginSession.id == login_id] if login_id else []
    for which in shown:
        async with open_account_work(runtime, visitor_of(request).actor) as work:
            for ended_id, user_id in await logins.end(work, which):
                await record(work, Action.LOGOUT, "login", ended_id, by=user_id)
    clear_cookie(request, response)
    return Done(message="Signed out.")


def _login_of_bearer(runtime: Runtime, request: Request) -> UUID | None:
    try:
        shown = read_credentials(runtime, request, policy.PUBLIC)
    except policy.Unauthorized:
        return None
    return shown.login_id if isinstance(shown, Claims) else None
