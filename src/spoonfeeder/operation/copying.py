"""All kept files copied from one storage to another, folder by folder: what is there already is not copied again."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from uuid import UUID

from sqlalchemy import Row, select

from spoonfeeder.db.media import Media
from spoonfeeder.features.media.census import FOLDERS
from spoonfeeder.runtime import Runtime
from spoonfeeder.storage.protocol import Listed, Storage, StorageMissing
from spoonfeeder.work import open_system_work

TOGETHER = 8


@dataclass(slots=True)
class Copied:
    """`damaged` are keys whose bytes are not those that their row tells; they are copied as they are.

    `refused` are keys that would have another name in the target, because their bytes look like another type now.
    """

    files: int = 0
    bytes: int = 0
    there_already: int = 0
    damaged: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


async def copy_files(runtime: Runtime, source: Storage, target: Storage) -> AsyncIterator[Copied]:
    """The sums so far, after each folder; may be interrupted and called again. Raises StorageFull, StorageUnavailable.

    A file that is whole in the target is left alone, whatever the source has by that name.
    A file counts as copied when the target tells its length; S3 itself checks the hash of what it is sent.
    """
    copied = Copied()
    for folder in FOLDERS:
        files = [file async for file in source.list_files(folder)]
        there = {file.key: file.bytes async for file in target.list_files(folder)}
        missing = [file for file in files if there.get(file.key) != file.bytes]
        rows = await _rows(runtime, folder) if missing else {}
        missing = [file for file in missing if file.key not in rows or there.get(file.key) != rows[file.key].bytes]
        copied.there_already += len(files) - len(missing)
        turn = asyncio.Semaphore(TOGETHER)
        try:
            async with asyncio.TaskGroup() as group:
                for file in missing:
                    group.create_task(_copy(turn, source, target, file, rows.get(file.key), copied))
        except ExceptionGroup as several:
            raise several.exceptions[0] from None
        yield copied


async def _copy(
    turn: asyncio.Semaphore,
    source: Storage,
    target: Storage,
    file: Listed,
    row: Row[str, str, int] | None,
    copied: Copied,
) -> None:
    async with turn:
        name = PurePosixPath(file.key).stem
        try:
            stored = await target.put(source.open_range(file.key), name=name, limit_bytes=file.bytes)
        except StorageMissing:  # removed since it was listed
            return
        if stored.key != file.key:
            await target.delete(stored.key)
            copied.refused.append(file.key)
            return
        if stored.bytes != file.bytes or await target.size(file.key) != file.bytes:
            raise StorageMissing(f"{file.key} did not arrive whole; call this again.")
        if row is not None and row.sha256 != stored.sha256:
            copied.damaged.append(file.key)
        copied.files += 1
        copied.bytes += file.bytes


async def _rows(runtime: Runtime, folder: str) -> dict[str, Row[str, str, int]]:
    """By the key of the file."""
    first, last = (UUID(folder + letter * 30) for letter in "0f")
    async with open_system_work(runtime, "copy files") as work:
        columns = select(Media.storage_key, Media.sha256, Media.bytes).where(Media.id.between(first, last))
        return {row.storage_key: row for row in await work.session.execute(columns)}
