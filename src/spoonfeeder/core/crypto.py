"""Secrets at rest: AES-256-GCM, each cipher text bound to its place and to the server it is meant for (R33, R36)."""

import base64
import os
from binascii import Error as NotBase64
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from spoonfeeder.core.errors import AppError
from spoonfeeder.core.key_ring import KeyRing
from spoonfeeder.core.settings import Settings

VERSION = "v2"
NONCE_BYTES = 12
TAG_BYTES = 16
LEAST_LENGTH_TO_SHOW = 20
DEFAULT_PORTS = {"http": 80, "https": 443}
CANARY_TEXT = "spoonfeeder"
CANARY_BINDING = "system_values|value|canary|system|default"


class KeyUnreadable(AppError):
    """The stored key cannot be read here any more; enter it again."""

    status = 409
    code = "KEY_UNREADABLE"


@dataclass(frozen=True, repr=False)
class Cipher:
    ring: KeyRing

    def encrypt(self, text: str, binding: str) -> str:
        """`v2.<kid>.<nonce>.<cipher text and tag>`, the last two in base64url without padding."""
        key_id = self.ring.first
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(self.ring.keys[key_id]).encrypt(nonce, text.encode(), binding.encode())
        return ".".join((VERSION, key_id, _encode(nonce), _encode(sealed)))

    def decrypt(self, stored: str, binding: str) -> str:
        """The secret; reads the older `iv:authTag:cipher` in hex too, which has no binding. Raises KeyUnreadable."""
        candidates = self._legacy(stored) if ":" in stored else self._bound(stored, binding)
        for key, nonce, sealed, associated_data in candidates:
            try:
                return AESGCM(key).decrypt(nonce, sealed, associated_data).decode()
            except (InvalidTag, UnicodeDecodeError):
                continue
        raise KeyUnreadable

    def is_current(self, stored: str) -> bool:
        """False for what should be written anew: the older form, or a key that is not the first."""
        return stored.startswith(f"{VERSION}.{self.ring.first}.")

    def canary(self) -> str:
        """A value to keep, by which a later start sees whether it has the right keys."""
        return self.encrypt(CANARY_TEXT, CANARY_BINDING)

    def check_canary(self, stored: str) -> None:
        """Raises KeyUnreadable when these are not the keys that `canary` was made with."""
        self.decrypt(stored, CANARY_BINDING)

    def _bound(self, stored: str, binding: str) -> Iterator[tuple[bytes, bytes, bytes, bytes | None]]:
        parts = stored.split(".")
        if len(parts) != 4 or parts[0] != VERSION or parts[1] not in self.ring.keys:
            return
        nonce, sealed = _decode(parts[2]), _decode(parts[3])
        if len(nonce) == NONCE_BYTES and len(sealed) >= TAG_BYTES:
            yield self.ring.keys[parts[1]], nonce, sealed, binding.encode()

    def _legacy(self, stored: str) -> Iterator[tuple[bytes, bytes, bytes, bytes | None]]:
        parts = [_decode_hex(part) for part in stored.split(":")]
        if len(parts) != 3 or len(parts[0]) not in {12, 16} or len(parts[1]) != TAG_BYTES:
            return
        for key in self.ring.keys.values():
            yield key, parts[0], parts[2] + parts[1], None


def open_cipher(settings: Settings) -> Cipher:
    """Raises SettingsError where the environment or the data home gives no usable key."""
    return Cipher(KeyRing.of_settings(settings))


def binding(table: str, column: str, row_id: UUID, workspace_id: UUID, origin: str) -> str:
    """Where a secret belongs (ARCHITECTURE rule 9); at any other place it does not decrypt."""
    return f"{table}|{column}|{row_id}|{workspace_id}|{origin}"


def origin_of(url: str | None) -> str:
    """`scheme://host:port` of an address, always with its port; `default` for the provider's own address.

    Raises ValueError for an address without scheme or host.
    """
    if not url:
        return "default"
    parts = urlsplit(url)
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    port = parts.port or DEFAULT_PORTS.get(scheme)
    if not scheme or not host or port is None:
        raise ValueError("the address needs http:// or https:// and a host")
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def masked(secret: str) -> str:
    """What may be shown of a secret: fixed text, and the last four characters only of a long one."""
    return f"sk-…{secret[-4:]}" if len(secret) >= LEAST_LENGTH_TO_SHOW else "sk-…"


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    """Bytes of the one way to write them in base64url; empty for every other spelling."""
    try:
        value = base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
    except (NotBase64, ValueError):
        return b""
    return value if _encode(value) == text else b""


def _decode_hex(text: str) -> bytes:
    try:
        value = bytes.fromhex(text)
    except ValueError:
        return b""
    return value if value.hex() == text else b""
