"""A key of its own for every purpose, so that what one protocol signs means nothing to another (R35)."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from spoonfeeder.core.key_ring import KEY_BYTES, KeyRing

VERSION = "v1"


def sub_key(ring: KeyRing, key_id: str, purpose: str) -> bytes:
    """32 bytes, always the same for one key of the ring and one purpose; raises KeyError for an unknown key id."""
    info = f"spoonfeeder|{VERSION}|{purpose}".encode()
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(ring.keys[key_id])


def sub_keys(ring: KeyRing, purpose: str) -> Mapping[str, bytes]:
    """Those of all keys that the ring has now, in its order; cheap to ask for each time."""
    return _derived(tuple(ring.keys.items()), purpose)


@lru_cache(maxsize=16)
def _derived(keys: tuple[tuple[str, bytes], ...], purpose: str) -> Mapping[str, bytes]:
    ring = KeyRing(dict(keys))
    return MappingProxyType({key_id: sub_key(ring, key_id, purpose) for key_id in ring.keys})
