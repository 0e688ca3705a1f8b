"""What the door answers when it does not let a request in, each with its status and code."""

from typing import Any

import orjson
from starlette.types import Scope, Send

from spoonfeeder.core.error_forms import formed
from spoonfeeder.core.errors import AppError


class BadRequest(AppError):
    """The request is malformed."""

    status = 400
    code = "BAD_REQUEST"


class MalformedJson(AppError):
    """The body is not valid JSON."""

    status = 400
    code = "MALFORMED_JSON"


class OriginNotAllowed(AppError):
    """This web page may not call this server; add its origin to CORS_ORIGINS if it should."""

    status = 403
    code = "ORIGIN_NOT_ALLOWED"


class MethodNotAllowed(AppError):
    """This method is not available at this address."""

    status = 405
    code = "METHOD_NOT_ALLOWED"


class BodyTooSlow(AppError):
    """The body did not arrive in time."""

    status = 408
    code = "REQUEST_TIMEOUT"


class BodyTooLarge(AppError):
    """The body is too large."""

    status = 413
    code = "PAYLOAD_TOO_LARGE"

    def __init__(self, limit_bytes: int) -> None:
        size = f"{limit_bytes // 2**20} MiB" if limit_bytes >= 2**20 else f"{limit_bytes // 1024} KiB"
        super().__init__(f"The body is too large; at most {size} are allowed here.", headers={"Connection": "close"})


class AddressTooLong(AppError):
    """The address of the request is too long."""

    status = 414
    code = "URI_TOO_LONG"


class UnsupportedMediaType(AppError):
    """The body must be JSON, sent with Content-Type: application/json."""

    status = 415
    code = "UNSUPPORTED_MEDIA_TYPE"


class HostNotAllowed(AppError):
    """This server does not answer to this host name; add the name to ALLOWED_HOSTS if it should."""

    status = 421
    code = "HOST_NOT_ALLOWED"


class HeadersTooLarge(AppError):
    """The request has too many or too long headers."""

    status = 431
    code = "HEADERS_TOO_LARGE"


def error_headers(error: AppError, body: bytes) -> list[tuple[bytes, bytes]]:
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), **error.headers}
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


async def answer(scope: Scope, send: Send, error: AppError, *, more_body: bool = False) -> None:
    """Sends the error; a WebSocket handshake gets it as its HTTP answer where the server can do that."""
    status, form = formed(scope["path"], error.envelope())
    body = orjson.dumps(form)
    if scope["type"] == "http":
        prefix = "http.response"
    elif "websocket.http.response" in scope.get("extensions", {}):
        prefix = "websocket.http.response"
    else:
        await send({"type": "websocket.close", "code": 1008, "reason": error.code})
        return
    start: dict[str, Any] = {"status": status, "headers": error_headers(error, body)}
    await send({"type": f"{prefix}.start", **start})
    await send({"type": f"{prefix}.body", "body": body, "more_body": more_body})
