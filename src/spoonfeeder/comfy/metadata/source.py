"""A file looked into at places, never read as a whole, with bounds that hold for every kind of file."""

import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from spoonfeeder.core.errors import AppError

# As much as the API takes of a workflow (core/door/body_rules.py).
MAX_TEXT = 8 * 2**20
MAX_INSPECTED = 64 * 2**20
MAX_LOOKS = 100_000

Readable = bytes | Path | BinaryIO


class UnreadableFile(AppError):
    """This file is damaged, or holds more than a workflow can be."""

    status = 422
    code = "WORKFLOW_FILE_UNREADABLE"


class Source:
    """`size` in bytes. Everything read or unpacked counts towards MAX_INSPECTED, every look towards MAX_LOOKS."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._bytes_left = MAX_INSPECTED
        self._looks_left = MAX_LOOKS
        self.size = file.seek(0, io.SEEK_END)

    def read(self, place: int, length: int) -> bytes:
        """Exactly `length` bytes; raises UnreadableFile where the file has not so many or the bounds are reached."""
        self.require_within(place + length)
        self._spend(length)
        self._file.seek(place)
        data = self._file.read(length)
        if len(data) != length:
            raise _cut_off()
        return data

    def head(self, place: int, length: int) -> bytes:
        """Up to `length` bytes, fewer at the end of the file."""
        return self.read(place, max(0, min(length, self.size - place)))

    def text(self, place: int, length: int) -> bytes:
        if length > MAX_TEXT:
            raise _too_large()
        return self.read(place, length)

    def unpack(self, packed: bytes) -> bytes:
        """What zlib packed; raises UnreadableFile for a bomb before it has gone off."""
        unpacker = zlib.decompressobj()
        try:
            data = unpacker.decompress(packed, MAX_TEXT + 1)
        except zlib.error:
            raise UnreadableFile("A compressed text in this file is damaged.") from None
        if len(data) > MAX_TEXT:
            raise _too_large()
        if not unpacker.eof:
            raise _cut_off()
        self._spend(len(data))
        return data

    def require_within(self, place: int) -> None:
        if place > self.size:
            raise _cut_off()

    def _spend(self, length: int) -> None:
        self._bytes_left -= length
        self._looks_left -= 1
        if self._bytes_left < 0 or self._looks_left < 0:
            raise UnreadableFile("This file holds too many parts to look through for a workflow.")


@contextmanager
def opened(data: Readable) -> Iterator[Source]:
    """A file object stays open, and its position is anywhere afterwards."""
    if isinstance(data, bytes):
        yield Source(io.BytesIO(data))
    elif isinstance(data, Path):
        with data.open("rb") as file:
            yield Source(cast(BinaryIO, file))
    else:
        yield Source(data)


def _cut_off() -> UnreadableFile:
    return UnreadableFile("This file ends in the middle of its content: it was cut off, or is damaged.")


def _too_large() -> UnreadableFile:
    return UnreadableFile(f"A text in this file is larger than {MAX_TEXT // 2**20} MiB, too large for a workflow.")
