"""The files of a backup: read from any storage, written back to it."""

import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from spoonfeeder.operation.archive import READ_BYTES, Member
from spoonfeeder.operation.errors import OperationRefused
from spoonfeeder.storage.protocol import Storage

MOST_FILE_BYTES = 1 << 50
DRAFTS = ".restoring"


def blocks_of(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(READ_BYTES):
        yield block


def put_back(root: Path, key: str, member: Member) -> None:
    """Writes it beside and moves it into place.

    It is not on the disk yet: `os.sync` once is a hundred times faster than to wait for each of many small files.
    """
    place = root / key
    if not place.parent.resolve().is_relative_to(root.resolve()):
        raise OperationRefused(f"{place.parent} leads out of the media folder; remove it and try again.")
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = root / DRAFTS / secrets.token_hex(16)
    draft.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with draft.open("xb") as file:
            for block in member.blocks():
                file.write(block)
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)


def clear_drafts(root: Path) -> None:
    for draft in (root / DRAFTS).glob("*"):
        draft.unlink(missing_ok=True)
    with suppress(OSError):
        (root / DRAFTS).rmdir()


async def put_into(storage: Storage, key: str, member: Member) -> None:
    """For a storage that is no folder here; raises OperationRefused where it would get another key."""

    async def blocks() -> AsyncIterator[bytes]:
        for block in member.blocks():
            yield block

    await storage.put(blocks(), name=PurePosixPath(key).stem, limit_bytes=MOST_FILE_BYTES)
