"""Addresses of pictures that carry their own permission for a while, since an `<img>` sends no token."""

import hmac
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from uuid import UUID

from spoonfeeder.core.key_ring import KeyRing
from spoonfeeder.core.sub_keys import sub_keys

if TYPE_CHECKING:
    from starlette.types import Scope

PURPOSE = "media url"
LIFE_SECONDS = 3600
STEP_SECONDS = 900
"""Expiries are rounded up to these, so that an address stays the same for a while and a browser's cache finds it."""

FIELDS = ("url", "thumbnail_url", "preview_url")
THUMBNAIL = "/thumbnail"
PARTS = ("w", "e", "s")
"""The parameters of a permission: workspace, expiry in Unix seconds, signature."""


@dataclass(frozen=True, slots=True)
class Permit:
    """To see the file at one address, as a viewer of the workspace."""

    workspace_id: UUID
    seconds_left: int


class SignedUrls:
    """Signs with the first key of the ring and accepts all its keys.

    Not `active`, as in local mode, where everybody may see every picture: addresses stay as they are.
    """

    def __init__(self, ring: KeyRing, *, active: bool = True, clock: Callable[[], float] = time.time) -> None:
        self._ring = ring
        self._clock = clock
        self.active = active

    def sign(self, address: str, workspace_id: UUID) -> str:
        """The address of ours with its permission added, which covers the path and no other part of the query.

        It also covers the thumbnail of a file, and the file of a thumbnail.
        """
        return str(self.sign_fields({FIELDS[0]: address}, workspace_id)[FIELDS[0]])

    def sign_fields(self, shown: Mapping[str, Any], workspace_id: UUID) -> dict[str, Any]:
        """A part of an answer, with those of its fields signed that are addresses of pictures."""
        signed = dict(shown)
        if not self.active:
            return signed
        covered, ending = _ending(workspace_id, -(-(int(self._clock()) + LIFE_SECONDS) // STEP_SECONDS) * STEP_SECONDS)
        key = next(iter(sub_keys(self._ring, PURPOSE).values()))
        signatures: dict[str, str] = {}
        for name in FIELDS:
            if address := shown.get(name):
                path, question_mark, _ = address.partition("?")
                file = path.removesuffix(THUMBNAIL)
                signature = signatures.get(file) or signatures.setdefault(file, _signature(key, file + covered))
                signed[name] = f"{address}{'&' if question_mark else '?'}{ending}{signature}"
        return signed

    def permit(self, scope: "Scope") -> Permit | None:
        """What the address of this request may show now; None where it may show nothing.

        The signature is over the letters as they were sent, so that another spelling of an address is another one.
        """
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if not self.active or any(len(query.get(name, ())) != 1 for name in PARTS):
            return None
        workspace, expires, given = (query[name][0] for name in PARTS)
        file = scope["raw_path"].decode("latin-1").removesuffix(THUMBNAIL)
        covered = f"{file}\n{workspace}\n{expires}"
        signatures = (_signature(key, covered) for key in sub_keys(self._ring, PURPOSE).values())
        if not any(hmac.compare_digest(made.encode(), given.encode()) for made in signatures):
            return None
        seconds_left = int(expires) - int(self._clock())
        return Permit(UUID(workspace), seconds_left) if seconds_left > 0 else None


@lru_cache(maxsize=256)
def _ending(workspace_id: UUID, expires: int) -> tuple[str, str]:
    """What is signed after the path, and what stands in the address before the signature."""
    return f"\n{workspace_id}\n{expires}", f"w={workspace_id}&e={expires}&s="


def _signature(key: bytes, covered: str) -> str:
    return urlsafe_b64encode(hmac.digest(key, covered.encode(), "sha256")).rstrip(b"=").decode()
