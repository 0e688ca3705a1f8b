"""The handshake: who connects, by the token that it carries (R44, A29)."""

import re
from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from starlette.requests import HTTPConnection

from spoonfeeder.core.access_tokens import Claims
from spoonfeeder.core.actor import LOCAL_OWNER
from spoonfeeder.features.auth.authority import Pass, SignInEnded, let_in
from spoonfeeder.features.auth.credentials import (
    Credentials,
    LocalOwner,
    credentials_of,
    read_credentials,
    wanted_workspace,
)
from spoonfeeder.features.auth.policy import PUBLIC, READ, Forbidden, Unauthorized, WorkspaceNotFound
from spoonfeeder.features.auth.throttle import count
from spoonfeeder.runtime import Runtime

TOKEN_NAMES = frozenset({"token", "access_token", "api_key", "authorization"})
TOKEN_SHAPE = re.compile(r"sf_[A-Za-z0-9_-]{20,}|eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")

LOCAL_PASS = Pass(LOCAL_OWNER, LocalOwner())


class SignInFirst(Unauthorized):
    """Sign in first: connect with `auth: {token}`, an API key or an access token that is still valid."""


class TokenInAddress(Unauthorized):
    """Send the token as `auth: {token}` and never in the address, which is written to logs."""


class SomebodyElse(Forbidden):
    """This token is of another user or workspace; open a new connection for it."""


class Door(Protocol):
    """`environ` is what engine.io knows of the request, `auth` what the client sent, of any shape."""

    async def enter(self, environ: Mapping[str, Any], auth: object) -> Pass:
        """Raises Unauthorized, WorkspaceNotFound, Forbidden, TooManyRequests."""

    async def renew(self, environ: Mapping[str, Any], auth: object, held: Pass) -> Pass:
        """The same person in the same workspace by a newer token. Raises as `enter`."""


class LocalDoor:
    """Everybody who reaches this server is its owner; a token is neither needed nor looked at."""

    async def enter(self, environ: Mapping[str, Any], auth: object) -> Pass:
        return LOCAL_PASS

    async def renew(self, environ: Mapping[str, Any], auth: object, held: Pass) -> Pass:
        return held


class SignInDoor:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def enter(self, environ: Mapping[str, Any], auth: object) -> Pass:
        return await self._counted(HTTPConnection(environ["asgi.scope"]), auth)

    async def renew(self, environ: Mapping[str, Any], auth: object, held: Pass) -> Pass:
        token, home = _token_in(auth), held.actor.workspace_id
        if token is None:
            raise SignInFirst
        try:
            if _workspace_in(auth) not in (None, home):
                raise SomebodyElse
            renewed = await self._counted(
                HTTPConnection(environ["asgi.scope"]), {"token": token, "workspace": str(home)}
            )
        except WorkspaceNotFound:
            raise SomebodyElse from None
        if renewed.actor.user_id != held.actor.user_id:
            raise SomebodyElse
        return renewed

    async def _counted(self, connection: HTTPConnection, auth: object) -> Pass:
        """Counted as a request is: to the account, or to the peer of whoever is not let in."""
        try:
            _refuse_token_in_address(connection)
            shown = self._shown(connection, auth)
            if isinstance(shown, Claims):
                await count(self._runtime, connection, READ, str(shown.user_id))
            wanted = _workspace_in(auth) or wanted_workspace(connection)
            peer = connection.client.host if connection.client else None
            entered = await let_in(self._runtime, shown, wanted, peer)
        except (Unauthorized, WorkspaceNotFound, Forbidden) as refusal:
            await count(self._runtime, connection, PUBLIC, None)
            raise SignInFirst if isinstance(refusal, SignInEnded) else refusal from None
        if not isinstance(shown, Claims):  # whose an API key is, is known only now
            await count(self._runtime, connection, READ, str(entered.actor.user_id))
        return entered

    def _shown(self, connection: HTTPConnection, auth: object) -> Credentials:
        token = _token_in(auth)
        try:
            return credentials_of(self._runtime, token) if token else read_credentials(self._runtime, connection, READ)
        except Unauthorized:
            raise SignInFirst from None


def _token_in(auth: object) -> str | None:
    """Raises SignInFirst for a token that is no text."""
    token = auth.get("token") if isinstance(auth, Mapping) else None
    if token is not None and not isinstance(token, str):
        raise SignInFirst
    return token or None


def _workspace_in(auth: object) -> UUID | None:
    """Raises WorkspaceNotFound for what is no id."""
    named = auth.get("workspace") if isinstance(auth, Mapping) else None
    if named in (None, ""):
        return None
    try:
        return UUID(named if isinstance(named, str) else "")
    except ValueError:
        raise WorkspaceNotFound from None


def _refuse_token_in_address(connection: HTTPConnection) -> None:
    """Raises TokenInAddress."""
    for name, value in connection.query_params.multi_items():
        if name.lower() in TOKEN_NAMES or TOKEN_SHAPE.search(f"{name}={value}"):
            raise TokenInAddress
