"""Addresses of archives that a browser can open by itself, since a link sends no token.

A signature covers a path and no query. So the path has a digest of the query: it opens that selection only.
"""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from hmac import compare_digest
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request

from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import NotFound
from spoonfeeder.core.signed_urls import PARTS
from spoonfeeder.work import Work

READER = "reader"
"""The parameter that names for whom the address was made: who hears of the progress."""


class ArchiveLinkNotFound(NotFound):
    """This address of an archive has been changed or never was one; ask for another."""

    code = "ARCHIVE_LINK_NOT_FOUND"


def link_to(work: Work, request: Request) -> str:
    """The address of what this request selects; with its permission where people must sign in."""
    items = [*request.query_params.multi_items()]
    if work.user.user_id is not None:
        items.append((READER, str(work.user.user_id)))
    address = f"/api/comfyui/generations/archive/{digest_of(items)}?{urlencode(items)}"
    return work.runtime.signed_urls.sign(address, work.workspace_id)


def require_digest(request: Request, digest: str) -> None:
    """Raises ArchiveLinkNotFound."""
    items = [item for item in request.query_params.multi_items() if item[0] not in PARTS]
    if not compare_digest(digest_of(items).encode(), digest.encode()):
        raise ArchiveLinkNotFound


def digest_of(items: Sequence[tuple[str, str]]) -> str:
    return urlsafe_b64encode(sha256(urlencode(items).encode()).digest()).rstrip(b"=").decode()


def reader_of(actor: User, told: UUID | None) -> User:
    """Of a signed address, whose digest has been checked, the one that it was made for."""
    return replace(actor, user_id=told) if actor.user_id is None else actor
