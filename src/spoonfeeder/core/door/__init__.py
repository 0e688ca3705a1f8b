"""The door: every request passes here before FastAPI or Socket.IO sees it (RELIABILITY R29-R32, R39-R41).

From outside to inside: request id, what is counted of it, the headers of every answer, the last net for errors, the
head of the request (proxies, request line, Host, Origin), CORS, the body.
"""

import re

from asgi_correlation_id import CorrelationIdMiddleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from spoonfeeder.core.door.bodies import BodyDoor
from spoonfeeder.core.door.heads import HeadDoor
from spoonfeeder.core.door.last_net import LastNet
from spoonfeeder.core.door.origins import cors_origins
from spoonfeeder.core.door.secure_headers import SecureHeaders
from spoonfeeder.core.door.traffic import Traffic
from spoonfeeder.core.settings import Settings
from spoonfeeder.core.telemetry import Telemetry

ALLOWED_HEADERS = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-None-Match",
    "Range",
    "X-Request-ID",
    "X-Workspace",
)
EXPOSED_HEADERS = (
    "Content-Disposition",
    "Content-Range",
    "ETag",
    "Idempotency-Replayed",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "X-Request-ID",
    "X-Total-Bytes",
    "X-Total-Files",
)


REQUEST_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
"""A UUID in its two plain forms. The library's own check takes `urn:urn:…` of any length, which no log's row holds."""


def guard(
    app: ASGIApp, settings: Settings, telemetry: Telemetry | None = None, *, body_patience_seconds: float = 30.0
) -> ASGIApp:
    """Wraps the whole application, Socket.IO included; raises SettingsError for a wrong TRUSTED_PROXIES."""
    inner: ASGIApp = BodyDoor(app, patience_seconds=body_patience_seconds, needs_sign_in=settings.is_server)
    inner = CORSMiddleware(
        inner,
        allow_origins=cors_origins(settings),
        allow_methods=("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"),
        allow_headers=ALLOWED_HEADERS,
        expose_headers=EXPOSED_HEADERS,
    )
    inner = SecureHeaders(LastNet(HeadDoor(inner, settings)))
    inner = Traffic(inner, telemetry or Telemetry(), logs=settings.access_log)
    return CorrelationIdMiddleware(inner, validator=_is_request_id)


def _is_request_id(told: str) -> bool:
    return REQUEST_ID.fullmatch(told) is not None
