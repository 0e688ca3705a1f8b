"""Method, path, query and headers in the one form that everything behind the door may rely on (A35, A42, A44, A58)."""

import re
from urllib.parse import unquote_to_bytes

from starlette.types import Scope

from spoonfeeder.core.door.refusals import AddressTooLong, BadRequest, HeadersTooLarge, MethodNotAllowed
from spoonfeeder.core.errors import Invalid

METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
MAX_PATH_BYTES = 2048
MAX_QUERY_BYTES = 8192
MAX_HEADERS = 100
MAX_HEADER_BYTES = 32 * 1024

_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_CONTROL_IN_TEXT = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ENCODED_SLASH = re.compile(rb"%2f", re.IGNORECASE)
_MODEL_NAMES = re.compile(rb"/(?:v1/models|api/(?:models|profiles/[^/]+/models))/")  # a model's name may hold a slash
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def header_values(scope: Scope, name: bytes) -> list[bytes]:
    return [value for key, value in scope["headers"] if key == name]


def check_request_line(scope: Scope) -> None:
    """Raises an AppError for what is malformed, ambiguous or too long."""
    if scope["type"] == "http" and scope["method"] not in METHODS:
        raise MethodNotAllowed(headers={"Allow": ", ".join(sorted(METHODS))})
    _check_headers(scope)
    _check_path(scope)
    _check_query(scope.get("query_string", b""))


def _check_headers(scope: Scope) -> None:
    headers = scope["headers"]
    size = sum(len(name) + len(value) for name, value in headers)
    if len(headers) > MAX_HEADERS or size > MAX_HEADER_BYTES:
        raise HeadersTooLarge
    if any(_CONTROL.search(value.replace(b"\t", b" ")) for _, value in headers):
        raise BadRequest("A header holds a control character.")
    if any(len(header_values(scope, name)) > 1 for name in (b"content-length", b"content-type", b"origin")):
        raise BadRequest("A header that may stand once is there twice.")


def _check_path(scope: Scope) -> None:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    if len(raw) > MAX_PATH_BYTES:
        raise AddressTooLong
    decoded = unquote_to_bytes(raw)
    if _BROKEN_ESCAPE.search(raw) or _CONTROL.search(decoded):
        raise BadRequest("The path holds a control character or a broken escape.")
    segments = decoded.split(b"/")
    if segments[0] or b"" in segments[1:-1] or b"." in segments or b".." in segments:
        raise BadRequest("The path must not hold empty, '.' or '..' segments.")
    if _ENCODED_SLASH.search(raw) and not _MODEL_NAMES.match(raw):
        raise BadRequest("The path must not hold an encoded slash.")


def _check_query(raw: bytes) -> None:
    if len(raw) > MAX_QUERY_BYTES:
        raise AddressTooLong("The query of the request is too long.")
    if _CONTROL_IN_TEXT.search(unquote_to_bytes(raw)):
        raise Invalid("The query must not hold control characters.")
