"""The file of a backup: a tar of plain members, the last of which is a list that `sha256sum -c` reads.

Written and read in one go, so that neither its size nor the number of its members is ever held in memory. The reader
takes what the writer writes and nothing else: no links, no folders, no names that could lead out of a folder.
"""

import hashlib
import re
import tarfile
import tempfile
import time
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from spoonfeeder.operation.errors import ArchiveDamaged
from spoonfeeder.storage.receiving import KEY

MANIFEST = "backup.json"
KEY_RING = "encryption.key"
DATABASE = "database.dump"
MISSING = "missing-media.txt"
SUMS = "SHA256SUMS"
MEDIA = "media/"
SINGLE = frozenset({MANIFEST, KEY_RING, DATABASE, MISSING})
KEPT_KEY = re.compile(KEY.pattern)
BLOCK = tarfile.BLOCKSIZE
READ_BYTES = 1024 * 1024
NOT_OURS = "This file is not a backup of Spoon Feeder."
CUT = "This backup ends too early: it was cut off while it was written or copied; nothing was changed."
CHANGED = "This backup is damaged: its bytes are not those that were written; nothing was changed."


class ArchiveWriter:
    """Writes members to a seekable file; `close` ends the archive."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._sums = tempfile.TemporaryFile()  # noqa: SIM115 - `close` closes it

    def add(self, name: str, blocks: Iterable[bytes]) -> tuple[int, str]:
        """How many bytes it had, and their sha256."""
        start, size, digest = self._file.tell(), 0, hashlib.sha256()
        self._file.write(_header(name, 0))
        for block in blocks:
            self._file.write(block)
            digest.update(block)
            size += len(block)
        self._file.write(bytes(-size % BLOCK))
        end = self._file.tell()
        self._file.seek(start)
        self._file.write(_header(name, size))
        self._file.seek(end)
        self._sums.write(_line(digest.hexdigest(), name))
        return size, digest.hexdigest()

    def close(self) -> None:
        self._sums.seek(0)
        with self._sums as sums:
            self.add(SUMS, iter(lambda: sums.read(READ_BYTES), b""))
        self._file.write(bytes(2 * BLOCK))


class Member:
    """`read` gives its bytes; what is not read is passed over, and counts for its hash all the same."""

    def __init__(self, file: BinaryIO, name: str, size: int) -> None:
        self.name = name
        self.size = size
        self._file = file
        self._left = size
        self._hash = hashlib.sha256()

    def blocks(self) -> Iterator[bytes]:
        """What is left of it; raises ArchiveDamaged where the file ends before."""
        while self._left:
            block = self._file.read(min(self._left, READ_BYTES))
            if not block:
                raise ArchiveDamaged(CUT)
            self._left -= len(block)
            self._hash.update(block)
            yield block

    def content(self, limit_bytes: int = 64 * 1024 * 1024) -> bytes:
        """All of it; raises ArchiveDamaged for more than it can hold."""
        if self.size > limit_bytes:
            raise ArchiveDamaged(CHANGED)
        return b"".join(self.blocks())

    def end(self) -> str:
        """Passes over what is left; the sha256 of the whole."""
        for _ in self.blocks():
            pass
        if len(self._file.read(-self.size % BLOCK)) != -self.size % BLOCK:
            raise ArchiveDamaged(CUT)
        return self._hash.hexdigest()


def members(file: BinaryIO) -> Iterator[Member]:
    """One after the other. Only when it has come to its end, every byte was as it was written.

    Raises ArchiveDamaged, at the latest at the end.
    """
    listed, seen = hashlib.sha256(), set[str]()
    while (member := _next(file, is_first=not seen)).name != SUMS:
        if member.name in seen:
            raise ArchiveDamaged(CHANGED)
        if member.name in SINGLE:
            seen.add(member.name)
        yield member
        listed.update(_line(member.end(), member.name))
    if member.end() != listed.hexdigest():
        raise ArchiveDamaged(CHANGED)
    if not {MANIFEST, DATABASE} <= seen or file.read(2 * BLOCK + 1) != bytes(2 * BLOCK):
        raise ArchiveDamaged(CUT)


def media_key(member: Member) -> str | None:
    """The key of a stored file, of which the name was looked at."""
    return member.name.removeprefix(MEDIA) if member.name.startswith(MEDIA) else None


def _next(file: BinaryIO, *, is_first: bool) -> Member:
    block = file.read(BLOCK)
    if is_first and not block.startswith(MANIFEST.encode() + b"\0"):
        raise ArchiveDamaged(NOT_OURS)
    if len(block) < BLOCK or not any(block):
        raise ArchiveDamaged(CUT)
    try:
        found = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
    except (tarfile.HeaderError, ValueError):
        raise ArchiveDamaged(CHANGED) from None
    if found.type != tarfile.REGTYPE or found.size < 0 or not _is_ours(found.name):
        raise ArchiveDamaged(CHANGED)
    return Member(file, found.name, found.size)


def _is_ours(name: str) -> bool:
    if name in SINGLE or name == SUMS:
        return True
    return name.startswith(MEDIA) and KEPT_KEY.fullmatch(name.removeprefix(MEDIA)) is not None


def _header(name: str, size: int) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(time.time())
    block = entry.tobuf(tarfile.GNU_FORMAT)
    if len(block) != BLOCK:
        raise ValueError(f"too long a name for a backup: {name!r}")
    return block


def _line(digest: str, name: str) -> bytes:
    return f"{digest}  {name}\n".encode()
