"""What a request shows of who sends it, before the database is asked whether that still holds."""

import hashlib
import re
from dataclasses import dataclass
from hmac import compare_digest
from uuid import UUID

from starlette.requests import HTTPConnection

from spoonfeeder.core.access_tokens import Claims, InvalidToken
from spoonfeeder.core.settings import Settings
from spoonfeeder.features.auth.policy import Policy, Unauthorized, WorkspaceNotFound
from spoonfeeder.runtime import Runtime

WORKSPACE_HEADER = "x-workspace"
API_KEY = re.compile(r"sf_[A-Za-z0-9_-]{43}")
BEARER = re.compile(r"[Bb]earer +([!-~]{1,8192})")


@dataclass(frozen=True, slots=True)
class LocalOwner:
    """Everybody, in local mode."""


@dataclass(frozen=True, slots=True)
class ApiKeyHash:
    sha256: str


@dataclass(frozen=True, slots=True)
class Signature:
    """Of an address of a picture; it says for which workspace it was given out."""

    workspace_id: UUID


Credentials = LocalOwner | Claims | ApiKeyHash | Signature


def read_credentials(runtime: Runtime, connection: HTTPConnection, policy: Policy) -> Credentials:
    """Raises Unauthorized."""
    if not runtime.settings.is_server:
        return LocalOwner()
    header = connection.headers.getlist("authorization")
    if policy.takes_signature and not header:
        permit = runtime.signed_urls.permit(connection.scope)
        if permit is not None:
            return Signature(permit.workspace_id)
    matched = BEARER.fullmatch(header[0]) if len(header) == 1 else None
    if matched is None:
        raise Unauthorized
    return credentials_of(runtime, matched[1])


def shows_metrics_token(settings: Settings, connection: HTTPConnection) -> bool:
    """Whether the request carries METRICS_TOKEN, which lets in nowhere else."""
    header = connection.headers.getlist("authorization")
    matched = BEARER.fullmatch(header[0]) if len(header) == 1 else None
    if settings.metrics_token is None or matched is None:
        return False
    return compare_digest(matched[1].encode(), settings.metrics_token.get_secret_value().encode())


def credentials_of(runtime: Runtime, token: str) -> Claims | ApiKeyHash:
    """An API key or an access token. Raises Unauthorized."""
    if API_KEY.fullmatch(token):
        return ApiKeyHash(sha256_of(token))
    try:
        return runtime.tokens.read(token)
    except InvalidToken:
        raise Unauthorized from None


def sha256_of(token: str) -> str:
    """Tokens are 256 random bits, so a plain digest cannot be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()


def wanted_workspace(connection: HTTPConnection) -> UUID | None:
    """That of the path, else of the `X-Workspace` header. Raises WorkspaceNotFound for what is no id."""
    headers = ",".join(connection.headers.getlist(WORKSPACE_HEADER))  # two are no id
    named = connection.path_params.get("workspace_id") or headers
    if not named:
        return None
    try:
        return UUID(str(named))
    except ValueError:
        raise WorkspaceNotFound from None
