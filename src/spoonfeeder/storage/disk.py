"""Files in a folder of this machine: written beside, made durable, then moved into place."""

import asyncio
import errno
import hashlib
import os
import re
import secrets
import time
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from spoonfeeder.storage.media_types import EXTENSIONS, HEAD_BYTES, sniff
from spoonfeeder.storage.protocol import StorageFull, StorageMissing, StorageTooLarge, StorageUnavailable, Stored

KEY = re.compile(r"[0-9A-Za-z-]{2}/[0-9A-Za-z-]+\.[0-9a-z]+")
NAME = re.compile(r"[0-9A-Za-z-]{2,100}")
READ_BYTES = 256 * 1024
WRITE_BYTES = 1024 * 1024
DRAFT_LIFE_SECONDS = 6 * 3600


class DiskStorage:
    """Implements `protocol.Storage`. Drafts lie in `.drafts` of the same folder, so that the move is atomic."""

    def __init__(self, root: Path) -> None:
        self.root = root

    async def put(self, chunks: AsyncIterable[bytes], *, name: str, limit_bytes: int) -> Stored:
        if not NAME.fullmatch(name):
            raise ValueError(f"not a name for a stored file: {name!r}")
        draft = _Draft(self.root / ".drafts")
        try:
            with _as_storage_errors():
                await asyncio.to_thread(draft.open)
            async for block in _blocks(chunks, limit_bytes):
                with _as_storage_errors():
                    await asyncio.to_thread(draft.write, block)
            with _as_storage_errors():
                return await asyncio.to_thread(draft.finish, self.root, name)
        finally:
            await asyncio.to_thread(draft.discard)

    async def size(self, key: str) -> int:
        try:
            return (await asyncio.to_thread(self._path(key).stat)).st_size
        except OSError:
            raise StorageMissing from None

    async def open_range(self, key: str, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        try:
            file = await asyncio.to_thread(self._path(key).open, "rb")
        except OSError:
            raise StorageMissing from None
        with file:
            await asyncio.to_thread(file.seek, start)
            left = stop - start if stop is not None else None
            while block := await asyncio.to_thread(file.read, READ_BYTES if left is None else min(READ_BYTES, left)):
                yield block
                if left is not None:
                    left -= len(block)

    @asynccontextmanager
    async def local_file(self, key: str) -> AsyncIterator[Path]:
        await self.size(key)
        yield self._path(key)

    async def exists(self, key: str) -> bool:
        try:
            await self.size(key)
        except StorageMissing:
            return False
        return True

    async def delete(self, key: str) -> None:
        try:
            await asyncio.to_thread(self._path(key).unlink, missing_ok=True)
        except StorageMissing:
            return

    async def clean(self, older_than_seconds: float = DRAFT_LIFE_SECONDS) -> int:
        """Removes drafts that a dead process left; how many. Younger ones may belong to a living process."""
        return await asyncio.to_thread(_clean, self.root / ".drafts", older_than_seconds)

    def _path(self, key: str) -> Path:
        path = self.root / key
        if not KEY.fullmatch(key) or not path.resolve().is_relative_to(self.root.resolve()):
            raise StorageMissing
        return path


class _Draft:
    """A file that is not yet in its place; its methods block and are called in threads.

    A cancelled caller leaves its thread running, so the steps exclude each other and none writes after `discard`.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / secrets.token_hex(16)
        self.file: BinaryIO | None = None
        self.head = b""
        self.hash = hashlib.sha256()
        self.bytes = 0
        self._turn = Lock()
        self._discarded = False

    def open(self) -> None:
        with self._turn:
            if not self._discarded:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self.file = self.path.open("xb")

    def write(self, block: bytes) -> None:
        with self._turn:
            if len(self.head) < HEAD_BYTES:
                self.head += block[: HEAD_BYTES - len(self.head)]
            self.hash.update(block)
            self.bytes += len(block)
            self._opened().write(block)

    def finish(self, root: Path, name: str) -> Stored:
        with self._turn:
            file = self._opened()
            file.flush()
            os.fsync(file.fileno())
            file.close()
            media_type = sniff(self.head)
            key = f"{name[:2]}/{name}.{EXTENSIONS[media_type]}"
            folder = root / name[:2]
            if not folder.is_dir():
                folder.mkdir(exist_ok=True)
                _sync_folder(root)
            self.path.replace(root / key)
            _sync_folder(folder)
            return Stored(key, self.bytes, self.hash.hexdigest(), media_type)

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


async def _blocks(chunks: AsyncIterable[bytes], limit_bytes: int) -> AsyncIterator[bytes]:
    """Larger pieces, so that a big file does not hop between threads for every network packet."""
    total, block = 0, bytearray()
    async for chunk in chunks:
        total += len(chunk)
        if total > limit_bytes:
            raise StorageTooLarge(f"The file is larger than the {limit_bytes:,} bytes that this server accepts.")
        block += chunk
        if len(block) >= WRITE_BYTES:
            yield bytes(block)
            block.clear()
    yield bytes(block)


@contextmanager
def _as_storage_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        raise (StorageFull if full else StorageUnavailable) from error


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _clean(folder: Path, older_than_seconds: float) -> int:
    removed = 0
    for path in folder.glob("*"):
        try:
            if time.time() - path.stat().st_mtime > older_than_seconds:
                path.unlink()
                removed += 1
        except FileNotFoundError:
            continue
    return removed
