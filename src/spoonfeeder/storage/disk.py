"""Files in a folder of this machine: written beside, made durable, then moved into place."""

import asyncio
import errno
import os
import shutil
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISREG

from spoonfeeder.storage.drafts import DRAFT_LIFE_SECONDS, Draft, clean
from spoonfeeder.storage.protocol import Listed, StorageFull, StorageMissing, StorageUnavailable, Stored
from spoonfeeder.storage.receiving import FOLDER, KEY, blocks, check_name

READ_BYTES = 256 * 1024
WRITE_BYTES = 1024 * 1024


class DiskStorage:
    """Implements `protocol.Storage`. Drafts lie in `.drafts` of the same folder, so that the move is atomic."""

    def __init__(self, root: Path) -> None:
        self.root = root

    async def put(self, chunks: AsyncIterable[bytes], *, name: str, limit_bytes: int) -> Stored:
        check_name(name)
        draft = Draft(self.root / ".drafts")
        try:
            with _as_storage_errors():
                await asyncio.to_thread(draft.open)
            async for block in blocks(chunks, limit_bytes, WRITE_BYTES):
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

    async def delete(self, key: str) -> None:
        with suppress(StorageMissing), _as_storage_errors():
            await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    async def clean(self, older_than_seconds: float = DRAFT_LIFE_SECONDS) -> int:
        return await asyncio.to_thread(clean, self.root / ".drafts", older_than_seconds)

    async def list_files(self, folder: str | None = None) -> AsyncIterator[Listed]:
        folders = [folder] if folder is not None else await asyncio.to_thread(_names_in, self.root)
        for name in folders:
            for file in await asyncio.to_thread(_files_in, self.root, name):
                yield file

    async def free_bytes(self) -> int | None:
        with _as_storage_errors():
            return await asyncio.to_thread(_free_bytes, self.root)

    def _path(self, key: str) -> Path:
        path = self.root / key
        if not KEY.fullmatch(key) or not path.resolve().is_relative_to(self.root.resolve()):
            raise StorageMissing
        return path


@contextmanager
def _as_storage_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        raise (StorageFull if full else StorageUnavailable) from error


def _names_in(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir())
    except FileNotFoundError:
        return []


def _files_in(root: Path, folder: str) -> list[Listed]:
    if not FOLDER.fullmatch(folder) or not (root / folder).is_dir():
        return []
    return [file for name in _names_in(root / folder) if (file := _listed(root, f"{folder}/{name}"))]


def _listed(root: Path, key: str) -> Listed | None:
    if not KEY.fullmatch(key):
        return None
    try:
        found = (root / key).stat(follow_symlinks=False)
    except FileNotFoundError:  # removed since
        return None
    return Listed(key, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC)) if S_ISREG(found.st_mode) else None


def _free_bytes(folder: Path) -> int:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StorageUnavailable
    return shutil.disk_usage(folder).free
