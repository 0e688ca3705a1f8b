"""The API key of a provider setting: sealed as those of profiles are, for its row and its server (R33, A18).

The column takes no null, so that a setting without a key keeps the sealed empty text.
"""

from spoonfeeder.core import crypto
from spoonfeeder.core.crypto import Cipher, KeyUnreadable
from spoonfeeder.db.profile import ProviderSetting
from spoonfeeder.db.sealed import SETTING_KEY


def seal(cipher: Cipher, setting: ProviderSetting, key: str | None) -> None:
    setting.api_key = cipher.encrypt(key or "", SETTING_KEY.binding_of(setting))


def unseal(cipher: Cipher, setting: ProviderSetting) -> str | None:
    """Raises KeyUnreadable."""
    return _opened(cipher, setting, setting.endpoint_url)


def masked(cipher: Cipher, setting: ProviderSetting, address: str | None) -> str | None:
    """As of a profile's key: without the last letters where it can no longer be read; None without a key.

    `address` is that of the time when the key was saved.
    """
    try:
        key = _opened(cipher, setting, address)
    except KeyUnreadable:
        key = ""
    return None if key is None else crypto.masked(key)


def _opened(cipher: Cipher, setting: ProviderSetting, address: str | None) -> str | None:
    place = ProviderSetting(id=setting.id, workspace_id=setting.workspace_id, endpoint_url=address)
    return cipher.decrypt(setting.api_key, SETTING_KEY.binding_of(place)) or None
