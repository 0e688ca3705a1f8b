"""The two forms of an error: the envelope of docs/api.md, and OpenAI's own under `/v1`, where its clients read it."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

OPENAI_DOOR = "/v1"

_CODES = {
    "UNAUTHORIZED": "invalid_api_key",
    "RATE_LIMITED": "rate_limit_exceeded",
    "PROFILE_NOT_FOUND": "model_not_found",
    "PROVIDER_MODEL_NOT_FOUND": "model_not_found",
    "PROVIDER_CONTEXT_WINDOW": "context_length_exceeded",
    "PROVIDER_CONTENT_POLICY": "content_filter",
    "PROVIDER_RATE_LIMITED": "rate_limit_exceeded",
    "PROVIDER_QUOTA": "insufficient_quota",
}
_STATUSES = {"PROVIDER_MODEL_NOT_FOUND": 404, "PROVIDER_QUOTA": 402}
_TYPES = {
    401: "authentication_error",
    402: "insufficient_quota",
    403: "permission_error",
    429: "rate_limit_error",
}


class OpenAIError(BaseModel):
    """`param` names the field that is wrong."""

    message: str
    type: str
    param: str | None
    code: str


class OpenAIFailure(BaseModel):
    """An error as OpenAI's clients read it."""

    error: OpenAIError


def formed(path: str, envelope: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
    """Status and body of an error at an address; `envelope` is that of docs/api.md."""
    if path != OPENAI_DOOR and not path.startswith(f"{OPENAI_DOOR}/"):
        return envelope["statusCode"], envelope
    code, status = envelope["code"], envelope["statusCode"]
    status = _STATUSES.get(code, 400 if status == 422 else status)
    return status, OpenAIFailure(error=_openai_error(status, envelope)).model_dump()


def _openai_error(status: int, envelope: Mapping[str, Any]) -> OpenAIError:
    kind = "server_error" if status >= 500 else _TYPES.get(status, "invalid_request_error")
    named = [detail["loc"].removeprefix("options.") for detail in envelope.get("details", ()) if detail.get("loc")]
    code = _CODES.get(envelope["code"], envelope["code"].lower())
    return OpenAIError(message=envelope["error"], type=kind, param=named[0] if named else None, code=code)
