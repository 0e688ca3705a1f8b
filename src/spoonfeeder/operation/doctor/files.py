"""Kept files: room for more, and whether those that rows name are there and as they were made."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from spoonfeeder.core.errors import AppError
from spoonfeeder.operation.doctor.findings import Finding, ok, warning, wrong
from spoonfeeder.operation.doctor.machine import FEW_BYTES, FEWEST_BYTES
from spoonfeeder.storage.protocol import Storage, StorageMissing

CHECK = "media"
SAMPLE = 100
MOST_NAMED = 5
BATCH = 500
SOME = text(
    "(SELECT id, storage_key, bytes, sha256 FROM media WHERE id >= :start ORDER BY id LIMIT :most) UNION ALL "
    "(SELECT id, storage_key, bytes, sha256 FROM media WHERE id < :start ORDER BY id LIMIT :most) LIMIT :most"
)
ALL = text("SELECT id, storage_key, bytes, sha256 FROM media ORDER BY id")
NAMED = text(
    "SELECT key FROM unnest(CAST(:keys AS text[])) AS key WHERE NOT EXISTS "
    "(SELECT FROM media WHERE id::text = left(split_part(key, '/', 2), 36))".replace("::", r"\:\:")
)
RESTORE = "Bring them back from a backup: `spoonfeeder restore --check` tells what one holds."


async def check_room(storage: Storage) -> list[Finding]:
    try:
        free = await storage.free_bytes()
    except AppError as error:
        return [wrong(CHECK, str(error), "Check MEDIA_STORAGE_PATH, and who owns it.")]
    if free is not None and free < FEW_BYTES:
        said = f"Only {free / 2**20:.0f} MiB are left for new files."
        return [(wrong if free < FEWEST_BYTES else warning)(CHECK, said, "Free some space.")]
    return []


async def check_files(engine: AsyncEngine, storage: Storage, *, full: bool) -> list[Finding]:
    """A sample by size, or all by their sha256, and those that no row names."""
    count, bad = 0, list[str]()
    async for row in _rows(engine, full=full):
        count += 1
        if not await _is_whole(storage, row, full=full):
            bad.append(row.storage_key)
    found = []
    if bad:
        said = f"{len(bad)} of {count} files are missing or not as they were made: {', '.join(bad[:MOST_NAMED])}."
        found.append(wrong(CHECK, said, RESTORE))
    orphans = await _orphans(engine, storage) if full else 0
    if orphans:
        said = f"{orphans} files belong to no row; they only take room."
        found.append(
            warning(
                CHECK,
                said,
                "`spoonfeeder purge --orphans --dry-run` says how many bytes; ORPHAN_DAYS removes them by itself.",
            )
        )
    return found or [ok(CHECK, f"{count} {'' if full else 'sampled '}files are there")]


async def _rows(engine: AsyncEngine, *, full: bool) -> AsyncIterator[Row[tuple[object, str, int, str]]]:
    async with engine.connect() as connection:
        if not full:
            for row in (await connection.execute(SOME, {"start": uuid4(), "most": SAMPLE})).all():
                yield row
            return
        async for row in await connection.stream(ALL.execution_options(yield_per=BATCH)):
            yield row


async def _is_whole(storage: Storage, row: Row[tuple[object, str, int, str]], *, full: bool) -> bool:
    try:
        if await storage.size(row.storage_key) != row.bytes:
            return False
        if not full:
            return True
        async with storage.local_file(row.storage_key) as path:
            return bool(await asyncio.to_thread(_digest, path) == row.sha256)
    except (StorageMissing, OSError):
        return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def _orphans(engine: AsyncEngine, storage: Storage) -> int:
    """A file is named after its row."""
    total, batch = 0, list[str]()
    async with engine.connect() as connection:
        async for listed in storage.list_files():
            batch.append(listed.key)
            if len(batch) == BATCH:
                total += len((await connection.scalars(NAMED, {"keys": batch})).all())
                batch.clear()
        total += len((await connection.scalars(NAMED, {"keys": batch})).all())
    return total
