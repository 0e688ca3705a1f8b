"""The API key of a machine: sealed for its row and origin; the own one of a profile has the profile's (R33)."""

from spoonfeeder.core import crypto
from spoonfeeder.core.crypto import Cipher, KeyUnreadable, origin_of
from spoonfeeder.db.backend import ComfyBackend
from spoonfeeder.db.profile import Profile
from spoonfeeder.db.sealed import BACKEND_KEY
from spoonfeeder.features.profiles import keys as profile_keys


def seal(cipher: Cipher, row: ComfyBackend, key: str) -> None:
    row.api_key = cipher.encrypt(key, BACKEND_KEY.binding_of(row))


def unseal(cipher: Cipher, row: ComfyBackend, profile: Profile) -> str | None:
    """Raises KeyUnreadable where the cipher text belongs to another row, another origin or a lost encryption key."""
    if row.is_own:
        is_same = origin_of(profile.url) == origin_of(row.url)
        return profile_keys.unseal(cipher, profile) if is_same else None
    return None if row.api_key is None else cipher.decrypt(row.api_key, BACKEND_KEY.binding_of(row))


def masked(cipher: Cipher, row: ComfyBackend, profile: Profile) -> str | None:
    """As answers show it; None without a key."""
    try:
        key = unseal(cipher, row, profile)
    except KeyUnreadable:
        key = ""
    return None if key is None else crypto.masked(key)
