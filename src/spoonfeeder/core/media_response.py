"""How a stored file is served: only what our own sniff took it for, and never as a page of this server (R47)."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from spoonfeeder.core.byte_ranges import Unsatisfiable, requested_range
from spoonfeeder.core.settings import LOOPBACK_HOSTS, Settings
from spoonfeeder.core.vocabulary import SHOWN_TYPES

OTHER_TYPE = "application/octet-stream"
MAX_NAME_LENGTH = 200

RangeReader = Callable[[int, int], AsyncIterator[bytes]]
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f"\\/\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]')


@dataclass(frozen=True)
class MediaFile:
    """A stored file: its length in bytes, sha256 in hex, the type our sniff found, and the name a download gets."""

    length: int
    sha256: str
    media_type: str
    filename: str


def resource_policy(settings: Settings) -> str:
    """`cross-origin` where CORS_ORIGINS names another site, else `same-site`."""
    own = LOOPBACK_HOSTS | set(settings.allowed_hosts)
    named = {urlsplit(origin).hostname for origin in settings.cors_origins}
    return "cross-origin" if named - own else "same-site"


def content_disposition(filename: str, *, attachment: bool) -> str:
    """RFC 6266 with the UTF-8 form of RFC 8187 and a plain one for old clients."""
    name = _UNSAFE.sub("_", filename).strip(". ")[:MAX_NAME_LENGTH] or "file"
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace("%", "_")
    kind = "attachment" if attachment else "inline"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def media_response(
    request: Request,
    media: MediaFile,
    read: RangeReader,
    *,
    download: bool = False,
    policy: str = "same-site",
    cache_seconds: int = 3600,
) -> Response:
    """200, 206, 304 or 416 for a GET; `read(start, stop)` gives the bytes and is called only when they are sent."""
    is_shown = media.media_type in SHOWN_TYPES
    etag = f'"{media.sha256}"'
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": f"private, max-age={cache_seconds}",
        "Content-Disposition": content_disposition(media.filename, attachment=download or not is_shown),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": policy,
        "ETag": etag,
        "X-Content-Type-Options": "nosniff",
    }
    if _is_known(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    asked = request.headers.get("range")
    if request.headers.get("if-range", etag) != etag:
        asked = None
    try:
        wanted = requested_range(asked, media.length)
    except Unsatisfiable:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{media.length}"})
    start, stop = wanted or (0, media.length)
    headers["Content-Length"] = str(stop - start)
    if wanted:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{media.length}"
    return StreamingResponse(
        read(start, stop),
        status_code=206 if wanted else 200,
        headers=headers,
        media_type=media.media_type if is_shown else OTHER_TYPE,
    )


def _is_known(if_none_match: str | None, etag: str) -> bool:
    known = {tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")}
    return etag in known or "*" in known
