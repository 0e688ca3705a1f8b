"""Every purpose has a key of its own, made from the ring's by HKDF (RFC 5869)."""

import hmac

import pytest

from spoonfeeder.core.key_ring import KeyRing
from spoonfeeder.core.sub_keys import sub_key

FIRST = "8f3a1c5e9b2d4760e1f8a7b6c5d4e3f21029384756abcdef5566778899a0b1c2"
SECOND = "1b7e4c92d8a05f36c4e19b83f72d6a50e8c1b49f03d7a6258e5b9c0f1a2d3e47"
RING = KeyRing.parse(f"first:{FIRST},second:{SECOND}")


def test_it_is_hkdf_with_sha_256_and_names_product_version_and_purpose() -> None:
    extracted = hmac.digest(bytes(32), bytes.fromhex(FIRST), "sha256")
    expanded = hmac.digest(extracted, b"spoonfeeder|v1|access token\x01", "sha256")
    assert sub_key(RING, "first", "access token") == expanded


def test_purposes_and_keys_share_nothing() -> None:
    made = {sub_key(RING, key_id, purpose) for key_id in RING.keys for purpose in ("access token", "media url")}
    assert len(made | set(RING.keys.values())) == 6


def test_an_unknown_key_id_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        sub_key(RING, "third", "access token")
