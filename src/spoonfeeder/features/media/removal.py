"""Slow upkeep: files whose rows are gone are removed, after the rows for good and as often as it takes."""

import asyncio
from collections.abc import Collection
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ARRAY, ColumnElement, any_, delete, func, literal, or_, select, update

from spoonfeeder.core.errors import AppError
from spoonfeeder.db.media import FileRemoval, Media
from spoonfeeder.storage.protocol import Storage, StorageUnavailable
from spoonfeeder.work import Work

log = structlog.get_logger(__name__)
AT_ONCE = 200
TOGETHER = 16
REMOVING_SECONDS = 4.0
"""Of the seconds that a transaction has."""
THUMBNAIL = "-thumbnail"


async def remove_files(work: Work) -> bool:
    """Whether there may be more. What cannot be removed now waits behind the others.

    Raises StorageUnavailable where that is all of them.
    """
    waiting = select(FileRemoval.key).order_by(FileRemoval.added_at, FileRemoval.key).limit(AT_ONCE)
    keys = set(await work.session.scalars(waiting.with_for_update(skip_locked=True)))
    left = await remove(work.runtime.storage, keys - await named(work, keys))
    await work.session.execute(delete(FileRemoval).where(among(FileRemoval.key, keys - left)))
    if left:
        later = update(FileRemoval).where(among(FileRemoval.key, left))
        await work.session.execute(later.values(added_at=func.now()))
    return bool(left) or len(keys) == AT_ONCE


async def remove(storage: Storage, keys: Collection[str]) -> set[str]:
    """Those that could not be removed within REMOVING_SECONDS. Raises StorageUnavailable where that is all of them."""
    turn = asyncio.Semaphore(TOGETHER)
    until = asyncio.get_running_loop().time() + REMOVING_SECONDS

    async def step(key: str) -> AppError | None:
        try:
            async with asyncio.timeout_at(until), turn:
                await storage.delete(key)
        except TimeoutError:
            return StorageUnavailable("The storage of the files is too slow; try again later.")
        except AppError as error:
            return error
        return None

    errors = dict(zip(keys, await asyncio.gather(*(step(key) for key in keys)), strict=True))
    failed = {key: error for key, error in errors.items() if error is not None}
    if failed and len(failed) == len(keys):
        raise next(iter(failed.values()))
    if failed:
        log.warning("files_not_removed", files=len(failed), detail=str(next(iter(failed.values()))))
    return set(failed)


async def named(work: Work, keys: Collection[str]) -> set[str]:
    """Those of the keys that a row of `media` names. A file is named after its row, so that is found by its id."""
    owners = {key: owner_of(key) for key in keys}
    ids = {owner for owner in owners.values() if owner is not None}
    others = [key for key, owner in owners.items() if owner is None]
    conditions: list[ColumnElement[bool]] = [among(Media.id, ids)]
    if others:
        conditions.append(or_(among(Media.storage_key, others), among(Media.thumbnail_key, others)))
    rows = await work.session.execute(select(Media.storage_key, Media.thumbnail_key).where(or_(*conditions)))
    return {key for row in rows for key in row if key is not None} & set(keys)


def among(column: Any, values: Collection[Any]) -> ColumnElement[bool]:
    """However many: as one array, where `in_` would be a parameter each, of which there may be 32,767."""
    return column == any_(literal(list(values), ARRAY(column.type)))  # type: ignore[no-any-return]


def owner_of(key: str) -> UUID | None:
    """The id of the row that the file was kept for; None where its name is none of ours."""
    try:
        return UUID(PurePosixPath(key).stem.removesuffix(THUMBNAIL))
    except ValueError:
        return None
