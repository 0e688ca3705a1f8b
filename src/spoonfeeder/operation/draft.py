"""A file of an operator's, made whole beside its place before it is moved there."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from spoonfeeder.operation.archive import MANIFEST
from spoonfeeder.operation.errors import OperationRefused

PREFIX, SUFFIX = ".spoonfeeder-", ".incomplete"


def place_of(target: Path, now: datetime | None = None) -> Path:
    """`target`, or in the folder that it is, a name with the time in UTC. Raises OperationRefused for other files."""
    if target.is_dir():
        return target / f"spoonfeeder-{now or datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar"
    if not target.parent.is_dir():
        raise OperationRefused(f"There is no folder {target.parent}; make it first.")
    if target.exists() and not _is_backup(target):
        raise OperationRefused(f"{target} is there already and is no backup: choose another name.")
    return target


@contextmanager
def drafted(place: Path) -> Iterator[BinaryIO]:
    """A file that only its owner reads; it is at `place` once the block ended well, and nowhere else afterwards.

    Drafts of processes that were killed are removed first; one that is being written is held by a lock.
    """
    for left in place.parent.glob(f"{PREFIX}*{SUFFIX}"):
        _remove_abandoned(left)
    draft = place.with_name(f"{PREFIX}{secrets.token_hex(8)}{SUFFIX}")
    with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            draft.replace(place)
        finally:
            draft.unlink(missing_ok=True)
    _sync(place.parent)


def _remove_abandoned(draft: Path) -> None:
    with suppress(OSError), draft.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        draft.unlink()


def _is_backup(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(MANIFEST)) == MANIFEST.encode()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
