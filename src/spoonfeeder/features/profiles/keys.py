"""The API key of a profile: sealed for this row and this origin, shown only as a mask (R33, R36, A18)."""

from pydantic import SecretStr

from spoonfeeder.core import crypto
from spoonfeeder.core.crypto import Cipher, KeyUnreadable
from spoonfeeder.core.errors import AppError, invalid_field
from spoonfeeder.db.profile import Profile
from spoonfeeder.db.sealed import PROFILE_KEY


class ApiKeyRequired(AppError):
    """The key was saved for another address; enter it again together with the new one."""

    status = 422
    code = "API_KEY_REQUIRED"


def plain_key(secret: SecretStr | None) -> str | None:
    """The given key, None for an empty one; raises Invalid for what no HTTP header can carry, such as a mask."""
    text = secret.get_secret_value().strip() if secret else ""
    if not text:
        return None
    if not all("!" <= letter <= "~" for letter in text):
        raise invalid_field("api_key", "This is not a whole API key; paste it again without spaces or masking.")
    return text


def seal(cipher: Cipher, profile: Profile, key: str) -> None:
    profile.api_key = cipher.encrypt(key, PROFILE_KEY.binding_of(profile))


def unseal(cipher: Cipher, profile: Profile) -> str | None:
    """Raises KeyUnreadable where the cipher text belongs to another row, another origin or a lost encryption key."""
    return None if profile.api_key is None else cipher.decrypt(profile.api_key, PROFILE_KEY.binding_of(profile))


def readable(cipher: Cipher, profile: Profile) -> str | None:
    """The key; None without one, and for one that can no longer be read."""
    try:
        return unseal(cipher, profile)
    except KeyUnreadable:
        return None


def masked(cipher: Cipher, profile: Profile) -> str | None:
    """`sk-…7890`, without the last letters where the key is short or can no longer be read; None without a key."""
    return None if profile.api_key is None else crypto.masked(readable(cipher, profile) or "")
