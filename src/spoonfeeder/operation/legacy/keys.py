"""The predecessor's API keys: read with its own encryption key, sealed anew for the row and address they are for."""

from uuid import UUID

from spoonfeeder.core.crypto import Cipher, KeyUnreadable
from spoonfeeder.core.key_ring import KEY_BYTES, KeyRing
from spoonfeeder.db.sealed import PROFILE_KEY, SETTING_KEY, SealedColumn
from spoonfeeder.operation.errors import OperationRefused
from spoonfeeder.operation.legacy.source import Row

NOT_READ = "its API key could not be read and must be entered again"


class Keys:
    """`legacy_key` is the predecessor's ENCRYPTION_KEY in hex; without one no key can be taken over."""

    def __init__(self, cipher: Cipher, legacy_key: str | None, workspace_id: UUID) -> None:
        self._cipher = cipher
        self._legacy = Cipher(KeyRing({"legacy": _bytes(legacy_key)})) if legacy_key is not None else None
        self._workspace_id = workspace_id

    def of_profile(self, row: Row) -> str | None:
        return self._anew(PROFILE_KEY, row)

    def of_setting(self, row: Row) -> str | None:
        return self._anew(SETTING_KEY, row)

    def _anew(self, column: SealedColumn, row: Row) -> str | None:
        """None for what this key does not open, and for an address that has no origin."""
        if self._legacy is None:
            return None
        try:
            secret = self._legacy.decrypt(row["api_key"], "")
            place = _Place(row, self._workspace_id)
            return self._cipher.encrypt(secret, column.binding_of(place))
        except (KeyUnreadable, ValueError):
            return None


class _Place:
    def __init__(self, row: Row, workspace_id: UUID) -> None:
        self.id: UUID = row["id"]
        self.workspace_id = workspace_id
        self.url = row.get("url")
        self.endpoint_url = row.get("endpoint_url")


def _bytes(text: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise OperationRefused("The key to read with must be the 64 hex digits of the earlier ENCRYPTION_KEY.")
    return key
