"""`/setup` and `/invite`: the one page of the API process itself, for whoever cannot sign in yet.

The token stands in the fragment of the address, which browsers do not send; so no log ever holds it.
"""

import hashlib
import re
from base64 import b64encode
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import Response

from spoonfeeder.features.auth.depends import PUBLIC

PAGE = Path(__file__).with_name("welcome.html").read_bytes()


def _hash_of(tag: str) -> str:
    """How a Content-Security-Policy names the one inline script or style of the page."""
    (inside,) = re.findall(rb"<%(tag)s>(.*?)</%(tag)s>" % {b"tag": tag.encode()}, PAGE, re.DOTALL)
    return f"'sha256-{b64encode(hashlib.sha256(inside).digest()).decode()}'"


HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; script-src {_hash_of('script')}; style-src {_hash_of('style')}; img-src data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

router = APIRouter(include_in_schema=False, dependencies=[PUBLIC])


@router.get("/setup")
@router.get("/invite")
async def show_welcome() -> Response:
    return Response(PAGE, media_type="text/html", headers=HEADERS)
