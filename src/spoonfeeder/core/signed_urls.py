"""Addresses of pictures that carry their own permission for a while, since an `<img>` sends no token."""

import hashlib
import hmac
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID

from spoonfeeder.core.key_ring import KeyRing
from spoonfeeder.core.sub_keys import sub_key

PURPOSE = "media url"
LIFE_SECONDS = 3600
STEP_SECONDS = 900
"""Expiries are rounded up to these, so that an address stays the same for a while and a browser's cache finds it."""


class SignedUrls:
    """Signs with the first key of the ring and accepts all its keys. `w` workspace, `e` expiry, `s` signature."""

    def __init__(self, ring: KeyRing) -> None:
        self._keys = [sub_key(ring, key_id, PURPOSE) for key_id in ring.keys]

    def sign(self, address: str, workspace_id: UUID) -> str:
        """The address of ours, with its permission added; other parts of its query are not covered by it."""
        path = urlsplit(address).path
        expires = -(-(int(time.time()) + LIFE_SECONDS) // STEP_SECONDS) * STEP_SECONDS
        signature = _signature(self._keys[0], path, workspace_id, expires)
        return f"{address}{'&' if '?' in address else '?'}w={workspace_id}&e={expires}&s={signature}"

    def workspace_of(self, path: str, query: Mapping[str, str]) -> UUID | None:
        """The workspace whose file this address may show now; None where it may show nothing."""
        try:
            workspace_id, expires = UUID(query.get("w", "")), int(query.get("e", ""))
        except ValueError:
            return None
        if expires < time.time():
            return None
        given = query.get("s", "").encode()
        signatures = (_signature(key, path, workspace_id, expires) for key in self._keys)
        return workspace_id if any(hmac.compare_digest(made.encode(), given) for made in signatures) else None


def _signature(key: bytes, path: str, workspace_id: UUID, expires: int) -> str:
    message = f"{path}|{workspace_id}|{expires}".encode()
    return urlsafe_b64encode(hmac.digest(key, message, hashlib.sha256)).rstrip(b"=").decode()
