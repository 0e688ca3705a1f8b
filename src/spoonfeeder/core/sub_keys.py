"""A key of its own for every purpose, so that what one protocol signs means nothing to another (R35)."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from spoonfeeder.core.key_ring import KEY_BYTES, KeyRing

VERSION = "v1"


def sub_key(ring: KeyRing, key_id: str, purpose: str) -> bytes:
    """32 bytes, always the same for one key of the ring and one purpose; raises KeyError for an unknown key id."""
    info = f"spoonfeeder|{VERSION}|{purpose}".encode()
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(ring.keys[key_id])
