"""Which web pages may change something here or open a socket (R40, A37)."""

from urllib.parse import urlsplit

from starlette.types import Scope

from spoonfeeder.core.door.hosts import host_of
from spoonfeeder.core.door.refusals import OriginNotAllowed
from spoonfeeder.core.door.request_line import header_values
from spoonfeeder.core.settings import Auth, Settings

LOCAL_DEVELOPMENT_ORIGINS = ("http://localhost:5173", "http://127.0.0.1:5173")
SAFE_METHODS = frozenset({"GET", "HEAD"})
_WEB_SCHEMES = {"ws": "http", "wss": "https"}
_DEFAULT_PORTS = {"http": 80, "https": 443}


def cors_origins(settings: Settings) -> tuple[str, ...]:
    if settings.cors_origins:
        return tuple(origin.rstrip("/").lower() for origin in settings.cors_origins)
    return LOCAL_DEVELOPMENT_ORIGINS if settings.auth is Auth.LOCAL else ()


def _normal_origin(text: str) -> str:
    """Lower case, without the port that the scheme implies; `` for what is no origin."""
    try:
        parts = urlsplit(text.lower())
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or parts.path or parts.query or "@" in text:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + ("" if port in {None, _DEFAULT_PORTS[parts.scheme]} else f":{port}")


class OriginList:
    """Allowed are the request's own origin and the configured ones; `null` never is.

    No Origin (curl, an SDK) passes in local mode unless the browser says `Sec-Fetch-Site: cross-site`; with
    logins it passes only without a cookie or with an Authorization header, for then no page can borrow a login.
    """

    def __init__(self, settings: Settings) -> None:
        self._local = settings.auth is Auth.LOCAL
        self._allowed = frozenset(_normal_origin(origin) for origin in cors_origins(settings)) - {""}

    def check(self, scope: Scope) -> None:
        if scope["type"] == "http" and scope["method"] in SAFE_METHODS and not _is_socket_path(scope):
            return
        origins = header_values(scope, b"origin")
        if not origins:
            self._check_without_origin(scope)
            return
        if scope["type"] == "http" and scope["method"] == "OPTIONS" and not _is_preflight(scope):
            return
        origin = _normal_origin(origins[0].decode("latin-1"))
        if not origin or (origin not in self._allowed and origin != _own_origin(scope)):
            raise OriginNotAllowed

    def _check_without_origin(self, scope: Scope) -> None:
        if b"cross-site" in header_values(scope, b"sec-fetch-site"):
            raise OriginNotAllowed
        borrowed = header_values(scope, b"cookie") and not header_values(scope, b"authorization")
        if not self._local and borrowed:
            raise OriginNotAllowed("A request with a cookie needs an Origin header.")


def _is_socket_path(scope: Scope) -> bool:
    path: str = scope["path"]
    return path.startswith("/socket.io")


def _is_preflight(scope: Scope) -> bool:
    return bool(header_values(scope, b"access-control-request-method"))


def _own_origin(scope: Scope) -> str:
    scheme = _WEB_SCHEMES.get(scope["scheme"], scope["scheme"])
    return _normal_origin(f"{scheme}://{host_of(scope)}")
