"""What every storage can do, and how it says no."""

from collections.abc import AsyncIterable, AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from spoonfeeder.core.errors import AppError


class StorageTooLarge(AppError):
    """The file is larger than this server accepts."""

    status = 413
    code = "FILE_TOO_LARGE"


class StorageFull(AppError):
    """There is no room left where this server keeps its files; free some space and try again."""

    status = 507
    code = "STORAGE_FULL"


class StorageUnavailable(AppError):
    """This server cannot write where it keeps its files; check MEDIA_STORAGE_PATH."""

    status = 503
    code = "STORAGE_UNAVAILABLE"


class StorageMissing(AppError):
    """The file is no longer kept here."""

    status = 404
    code = "FILE_MISSING"


@dataclass(frozen=True, slots=True)
class Stored:
    """`media_type` comes from the bytes themselves."""

    key: str
    bytes: int
    sha256: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Listed:
    key: str
    bytes: int
    modified_at: datetime


class Storage(Protocol):
    """Where a method says no more: StorageUnavailable when a storage elsewhere does not answer."""

    async def put(self, chunks: AsyncIterable[bytes], *, name: str, limit_bytes: int) -> Stored:
        """Keeps all of it or nothing, and it survives a power cut; the same name again replaces it.

        `name` is ours (letters, digits, `-`); the key is `<first two>/<name>.<extension of the sniffed type>`.
        Raises StorageTooLarge, StorageFull, StorageUnavailable.
        """
        ...

    async def size(self, key: str) -> int:
        """Bytes of the file; raises StorageMissing."""
        ...

    def open_range(self, key: str, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` to before `stop` (None: the end); raises StorageMissing at the first step."""
        ...

    def local_file(self, key: str) -> AbstractAsyncContextManager[Path]:
        """The file as a path of this machine, to read while the context is open; raises StorageMissing."""
        ...

    def list_files(self, folder: str | None = None) -> AsyncIterator[Listed]:
        """All kept files, or those of a folder (the first two letters of their names), in any order."""
        ...

    async def free_bytes(self) -> int | None:
        """How much room is left, None where nobody can say; raises StorageUnavailable when it cannot be used."""
        ...

    async def clean(self) -> int:
        """Removes what dead processes left half-written; how many."""
        ...

    async def delete(self, key: str) -> None:
        """Nothing happens where there is no such file."""
        ...


async def is_kept(storage: Storage, key: str) -> bool:
    """Raises StorageUnavailable."""
    try:
        await storage.size(key)
    except StorageMissing:
        return False
    return True
