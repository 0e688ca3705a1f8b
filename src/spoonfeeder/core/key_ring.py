"""The encryption keys of an installation: from the environment, or from a file that the first start makes (R34)."""

import os
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from spoonfeeder.core.settings import Settings, SettingsError

KEY_BYTES = 32
LONE_KEY_ID = "default"
LEAST_DISTINCT = 17  # 32 random bytes have about 30 different ones, and as many steps between them; patterns have few
KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
KEY_FILE = Path("keys", "encryption.key")
LOOK_SECONDS = 1.0
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
        return cls(KeyFile(settings.home / KEY_FILE))

    @classmethod
    def parse(cls, text: str, name: str = "ENCRYPTION_KEYS") -> "KeyRing":
        """Reads `kid:hex,kid:hex`; raises SettingsError with one sentence that never repeats a key."""
        keys: dict[str, bytes] = {}
        for number, entry in enumerate(filter(None, (part.strip() for part in text.split(","))), start=1):
            key_id, colon, value = entry.partition(":")
            if not colon or not KEY_ID.fullmatch(key_id):
                raise SettingsError(f"{name}: entry {number} must be <id>:<64 hex digits>.")
            if key_id in keys:
                raise SettingsError(f"{name}: the id {key_id} stands there twice.")
            keys[key_id] = _key(value, f"{name}: the key {key_id}")
        if not keys:
            raise SettingsError(f"{name} must hold at least one <id>:<64 hex digits>.")
        return cls(keys)

    @classmethod
    def parse_file(cls, text: str, name: str) -> "KeyRing":
        """Reads the text of a key file: lines `kid:hex`, or one key alone. Raises SettingsError."""
        lines = [line if ":" in line else f"{LONE_KEY_ID}:{line}" for line in text.split()]
        return cls.parse(",".join(lines), name)


class KeyFile(Mapping[str, bytes]):
    """The keys in a data home's file: lines `kid:hex`, or one key alone.

    What `spoonfeeder key rotate` changes there, running processes see within LOOK_SECONDS, and at once where they meet
    the id of a new key.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        load_or_create_key(path)
        self._state: tuple[int, int] | None = None
        self._keys: Mapping[str, bytes] = {}
        self._look()

    def __getitem__(self, key_id: str) -> bytes:
        if key_id not in self._keys:
            self._look()
        return self._keys[key_id]

    def __iter__(self) -> Iterator[str]:
        if time.monotonic() >= self._next_look:
            self._look()
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def add(self) -> str:
        """Puts a new key in front and gives its id; the others stay, to read with."""
        key_id = secrets.token_hex(4)
        self._write({key_id: secrets.token_bytes(KEY_BYTES)} | dict(self._keys))
        return key_id

    def drop(self, key_id: str) -> None:
        """What is still encrypted with it cannot be read any more."""
        self._write({other: key for other, key in self._keys.items() if other != key_id})

    def _look(self) -> None:
        """Keeps what it has where the file has gone or is damaged; raises SettingsError only when it has nothing."""
        self._next_look = time.monotonic() + LOOK_SECONDS
        try:
            found = self.path.stat()
            state = (found.st_ino, found.st_mtime_ns)
            if state != self._state:
                ring = KeyRing.parse_file(self.path.read_text(), f"The file {self.path}")
                self._keys, self._state = ring.keys, state
        except (OSError, SettingsError):
            if not self._keys:
                raise

    def _write(self, keys: Mapping[str, bytes]) -> None:
        draft = _draft(self.path, "".join(f"{key_id}:{key.hex()}\n" for key_id, key in keys.items()))
        draft.replace(self.path)
        self._look()


def load_or_create_key(path: Path) -> str:
    """The text of `path`; a missing file is made with a new key, readable by this user only and never half-written."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = _draft(path, secrets.token_hex(KEY_BYTES) + "\n")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first, and its key is the one to use
        finally:
            draft.unlink()
    return path.read_text().strip()


def _draft(path: Path, text: str) -> Path:
    """A whole file beside `path`, on the disk, to be put in its place."""
    draft = path.with_name(f".{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft


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
