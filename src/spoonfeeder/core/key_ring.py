"""The encryption keys of an installation: from the environment, or from a file that the first start makes (R34)."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from spoonfeeder.core.settings import Settings, SettingsError

KEY_BYTES = 32
LONE_KEY_ID = "default"
LEAST_DISTINCT = 17  # 32 random bytes have about 30 different ones, and as many steps between them; patterns have few
KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
ADVICE = "make one with `openssl rand -hex 32`."


@dataclass(frozen=True, repr=False)
class KeyRing:
    """Keys by their id, in order: the first encrypts, all decrypt.

    A lone ENCRYPTION_KEY has the id `default`, so that it can move into ENCRYPTION_KEYS as `default:<hex>`.
    """

    keys: Mapping[str, bytes]

    @property
    def first(self) -> str:
        return next(iter(self.keys))

    @classmethod
    def of_settings(cls, settings: Settings) -> "KeyRing":
        """ENCRYPTION_KEYS, else ENCRYPTION_KEY, else the data home's own key; raises SettingsError."""
        if settings.encryption_keys:
            return cls.parse(settings.encryption_keys.get_secret_value())
        if settings.encryption_key:
            return cls({LONE_KEY_ID: _key(settings.encryption_key.get_secret_value(), "ENCRYPTION_KEY")})
        path = settings.home / "keys" / "encryption.key"
        return cls({LONE_KEY_ID: _key(load_or_create_key(path), f"The key in {path}")})

    @classmethod
    def parse(cls, text: str) -> "KeyRing":
        """Reads `kid:hex,kid:hex`; raises SettingsError with one sentence that never repeats a key."""
        keys: dict[str, bytes] = {}
        for number, entry in enumerate(filter(None, (part.strip() for part in text.split(","))), start=1):
            key_id, colon, value = entry.partition(":")
            if not colon or not KEY_ID.fullmatch(key_id):
                raise SettingsError(f"ENCRYPTION_KEYS: entry {number} must be <id>:<64 hex digits>.")
            if key_id in keys:
                raise SettingsError(f"ENCRYPTION_KEYS: the id {key_id} stands there twice.")
            keys[key_id] = _key(value, f"ENCRYPTION_KEYS: the key {key_id}")
        if not keys:
            raise SettingsError("ENCRYPTION_KEYS must hold at least one <id>:<64 hex digits>.")
        return cls(keys)


def load_or_create_key(path: Path) -> str:
    """The hex key in `path`; a missing one is made, readable by this user only and never half-written."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first, and its key is the one to use
        finally:
            draft.unlink()
    return path.read_text().strip()


def _key(text: str, name: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingsError(f"{name} must be 32 bytes written as 64 hex digits: {ADVICE}")
    if _is_pattern(key):
        raise SettingsError(f"{name} is a sample value that everybody knows: {ADVICE}")
    return key


def _is_pattern(key: bytes) -> bool:
    steps = {(after - before) % 256 for before, after in pairwise(key)}
    return min(len(set(key)), len(steps)) < LEAST_DISTINCT
