"""Files of this machine that are not yet whole: moved into place when they are, or thrown away."""

import os
import secrets
import time
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from spoonfeeder.storage.protocol import Stored
from spoonfeeder.storage.receiving import Received

DRAFT_LIFE_SECONDS = 6 * 3600


class Draft:
    """A file that is not yet in its place; its methods block and are called in threads.

    A cancelled caller leaves its thread running, so the steps exclude each other and none writes after `discard`.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / secrets.token_hex(16)
        self.file: BinaryIO | None = None
        self.received = Received()
        self._turn = Lock()
        self._discarded = False

    def open(self) -> None:
        with self._turn:
            if not self._discarded:
                folder = self.path.parent
                folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                folder.mkdir(exist_ok=True)
                self.file = self.path.open("xb")

    def write(self, block: bytes) -> None:
        with self._turn:
            self.received.add(block)
            self._opened().write(block)

    def finish(self, root: Path, name: str) -> Stored:
        with self._turn:
            file = self._opened()
            file.flush()
            os.fsync(file.fileno())
            file.close()
            stored = self.received.stored_as(name)
            folder = root / name[:2]
            if not folder.is_dir():
                folder.mkdir(exist_ok=True)
                sync_folder(root)
            self.path.replace(root / stored.key)
            sync_folder(folder)
            return stored

    def discard(self) -> None:
        with self._turn:
            self._discarded = True
            if self.file is None:
                return
            with suppress(OSError):  # the last bytes did not fit; the draft goes anyway
                self.file.close()
            self.path.unlink(missing_ok=True)

    def _opened(self) -> BinaryIO:
        if self.file is None or self._discarded:
            raise ValueError("the draft was discarded")
        return self.file


def sync_folder(folder: Path) -> None:
    """Makes the names in it survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def clean(folder: Path, older_than_seconds: float) -> int:
    """Removes what dead processes left; how many. Younger ones may belong to a living process."""
    removed = 0
    for path in folder.glob("*"):
        try:
            if time.time() - path.stat().st_mtime > older_than_seconds:
                path.unlink()
                removed += 1
        except FileNotFoundError:
            continue
    return removed
