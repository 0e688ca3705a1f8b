"""Slow upkeep: files that no row names, and rows whose file is gone; the storage is gone through folder by folder."""

import asyncio
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import func, select, update

from spoonfeeder.db.media import Media
from spoonfeeder.features.media.removal import AT_ONCE, TOGETHER, among, named, remove
from spoonfeeder.storage.protocol import Listed, Storage, is_kept
from spoonfeeder.work import Work

log = structlog.get_logger(__name__)
FOLDERS = [f"{number:02x}" for number in range(256)]
"""Files are named after UUIDs, and lie in folders of their first two letters."""
TURN_SECONDS = 600
FOLDERS_AT_ONCE = 2
ASKED_AT_ONCE = 500
"""Files that a list lacks; of further ones the list is believed."""


@dataclass(slots=True)
class Census:
    """`known` counts files with a row; `missing` are rows whose file is not there."""

    known: int = 0
    orphans: list[Listed] = field(default_factory=list)
    missing: list[UUID] = field(default_factory=list)


async def list_folder(storage: Storage, folder: str) -> dict[str, Listed]:
    """By key. Raises StorageUnavailable."""
    return {file.key: file async for file in storage.list_files(folder)}


async def take_census(work: Work, folder: str, files: dict[str, Listed], older_than: timedelta | None) -> Census:
    """What lay in a folder, against the rows whose files belong there. Raises StorageUnavailable.

    A file of less than that age counts for nothing: its row may be on the way. None looks for missing files only.
    """
    with_row = await named(work, files)
    census = Census(len(with_row))
    if older_than is not None:
        old = datetime.now(UTC) - older_than
        census.orphans = [file for key, file in files.items() if key not in with_row and file.modified_at < old]
    if folder in FOLDERS:
        await _compare_rows(work, folder, files, census)
    return census


async def _compare_rows(work: Work, folder: str, files: Collection[str], census: Census) -> None:
    first, last = (UUID(folder + letter * 30) for letter in "0f")
    columns = select(Media.id, Media.storage_key, Media.missing_at).where(Media.id.between(first, last))
    rows = (await work.session.execute(columns)).all()
    unlisted = {row.storage_key: row.id for row in rows if row.storage_key not in files}
    late = await _kept_since(work.runtime.storage, list(unlisted)[:ASKED_AT_ONCE])
    census.missing = [media_id for key, media_id in unlisted.items() if key not in late]
    lost = set(census.missing)
    found_again = [row.id for row in rows if row.missing_at is not None and row.id not in lost]
    if found_again:
        await work.session.execute(update(Media).where(among(Media.id, found_again)).values(missing_at=None))
    if lost:
        log.warning("files_missing", folder=folder, rows=len(lost))
        unmarked = update(Media).where(among(Media.id, lost), Media.missing_at.is_(None))
        await work.session.execute(unmarked.values(missing_at=func.now()))


async def _kept_since(storage: Storage, keys: Collection[str]) -> set[str]:
    """Those that are there, though the list did not have them yet."""
    turn = asyncio.Semaphore(TOGETHER)

    async def is_there(key: str) -> bool:
        async with turn:
            return await is_kept(storage, key)

    answers = await asyncio.gather(*(is_there(key) for key in keys))
    return {key for key, there in zip(keys, answers, strict=True) if there}


async def remove_orphans(work: Work, orphans: Collection[Listed]) -> None:
    """Those that still have no row; at most AT_ONCE fit into a transaction. Raises StorageUnavailable."""
    keys = {file.key for file in orphans}
    await remove(work.runtime.storage, keys - await named(work, keys))


async def look_after_files(work: Work) -> None:
    """A part of the folders at a time, all of them within about a day. Removes orphans older than ORPHAN_DAYS.

    Where most files have no row, it is more likely the wrong database than rubbish; then a person is to decide.
    """
    turn = int(time.time() / TURN_SECONDS) * FOLDERS_AT_ONCE % len(FOLDERS)
    days = work.runtime.settings.orphan_days
    older_than = None if days is None else timedelta(days=days)
    for folder in FOLDERS[turn : turn + FOLDERS_AT_ONCE]:
        census = await take_census(work, folder, await list_folder(work.runtime.storage, folder), older_than)
        if len(census.orphans) > census.known:
            log.warning("files_without_rows", folder=folder, files=len(census.orphans), remedy="spoonfeeder purge")
            continue
        await remove_orphans(work, census.orphans[:AT_ONCE])
