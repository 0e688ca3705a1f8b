"""A ZIP that leaves while it is written: nothing of it is kept but its table of contents."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import IO, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

AT_ONCE_BYTES = 64 * 1024
"""Less than this waits for what follows."""
QUICK_BYTES = 16 * 1024
"""What is compressed in less time than another thread costs."""
_FIRST_YEAR, _LAST_YEAR = 1980, 2107
_PERMISSIONS = 0o644 << 16

Sending = Callable[[bytes], Awaitable[None]]


class Entry:
    """A file of the archive that is being written; `bytes` and `sha256` tell what it holds so far."""

    def __init__(self, target: IO[bytes], leave: Callable[[], Awaitable[None]], *, is_slow: bool) -> None:
        self._target = target
        self._is_slow = is_slow
        self._leave = leave
        self._hash = hashlib.sha256()
        self.bytes = 0

    async def add(self, chunk: bytes) -> None:
        """Waits until the reader has room."""
        if self._is_slow and len(chunk) > QUICK_BYTES:
            await asyncio.to_thread(self._write, chunk)
        else:
            self._write(chunk)
        await self._leave()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def _write(self, chunk: bytes) -> None:
        self._target.write(chunk)
        self._hash.update(chunk)
        self.bytes += len(chunk)


class ZipStream:
    """Entries one after the other, then `close`; `discard` instead where it breaks off.

    What cannot be sought in has the sizes and the checksum of each entry behind it; readers find them in the table.
    """

    def __init__(self, send: Sending) -> None:
        self._send = send
        self._sink = _Sink()
        self._zip = ZipFile(cast("IO[bytes]", self._sink), "w")

    @asynccontextmanager
    async def entry(
        self, name: str, moment: datetime, *, size: int = 0, is_compressed: bool = False
    ) -> AsyncIterator[Entry]:
        """`size` is how many bytes it will have, where that is known; beyond 2 GiB it must be told."""
        info = ZipInfo(name, _moment(moment))
        info.compress_type = ZIP_STORED if is_compressed else ZIP_DEFLATED
        info.external_attr = _PERMISSIONS
        info.file_size = size
        with self._zip.open(info, "w") as target:
            yield Entry(target, self._leave, is_slow=not is_compressed)

    async def close(self) -> None:
        await asyncio.to_thread(self._zip.close)
        await self._send(self._sink.take())

    def discard(self) -> None:
        """Nobody will read it, so its table is not written."""
        self._zip.filelist.clear()
        self._zip.close()

    async def _leave(self) -> None:
        if self._sink.bytes >= AT_ONCE_BYTES:
            await self._send(self._sink.take())


class _Sink:
    """What is written until it is taken; without `tell`, so that the ZIP is one for unseekable places."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.bytes = 0

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        self.bytes += len(piece)
        return len(piece)

    def flush(self) -> None:
        """It is taken when there is enough of it."""

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        self.bytes = 0
        return taken


def _moment(moment: datetime) -> tuple[int, int, int, int, int, int]:
    """As ZIP has it: from 1980 on, without a zone; ours are UTC."""
    year, *rest = moment.astimezone(UTC).timetuple()[:6]
    month, day, hour, minute, second = rest
    return min(max(year, _FIRST_YEAR), _LAST_YEAR), month, day, hour, minute, second
