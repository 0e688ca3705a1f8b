"""Old generations moved into ZIP archives: written whole, read back, and only then deleted, with 7 days to undo it."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID
from zipfile import BadZipFile, ZipFile

from sqlalchemy import select

from spoonfeeder.core.actor import User
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.generation_search import SEARCHED
from spoonfeeder.features.generations import expiry
from spoonfeeder.features.generations.archive.making import Options, write_archive
from spoonfeeder.features.generations.archive.reading import among
from spoonfeeder.features.generations.archive.selection import Selection, select_generations
from spoonfeeder.features.generations.archive.writing import FileBrokeOff
from spoonfeeder.operation.errors import OperationRefused
from spoonfeeder.runtime import Runtime
from spoonfeeder.storage.drafts import sync_folder
from spoonfeeder.work import open_system_work, open_work

AT_ONCE = 1_000
"""Generations of one workspace in one archive."""
HIDDEN_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Archived:
    """`path` None: it would be one. `left` are ids of rows that stay, because a file of theirs is gone or damaged."""

    path: Path | None
    generations: int
    files_bytes: int
    left: Sequence[UUID]


async def archive_old(runtime: Runtime, folder: Path, days: float, *, dry_run: bool) -> AsyncIterator[Archived]:
    """One archive after the other until nothing is old enough. Raises OperationRefused, StorageUnavailable."""
    seen: set[UUID] = set()
    while found := await _oldest(runtime, days, seen):
        workspace_id, ids = found
        seen.update(ids)
        user = User(workspace_id)
        async with open_work(runtime, user) as work:
            selection = await select_generations(work, among(SEARCHED.c.id, ids))
        if dry_run:
            yield Archived(None, len(selection.ids), selection.total_bytes, [])
            continue
        path = folder / f"generations-{datetime.now(UTC):%Y%m%dT%H%M%S}-{selection.ids[0]}.zip"
        left = await _write(runtime, user, selection, path)
        whole = [each for each in selection.ids if each not in left]
        for start in range(0, len(whole), HIDDEN_AT_ONCE):
            async with open_system_work(runtime, "archive") as work:
                part = whole[start : start + HIDDEN_AT_ONCE]
                await expiry.hide(work, part, expiry.archivable(days), days, f"archived: {path.name}")
        yield Archived(path, len(whole), path.stat().st_size, left)


async def _oldest(runtime: Runtime, days: float, seen: set[UUID]) -> tuple[UUID, list[UUID]] | None:
    """The next workspace and ids of its generations."""
    old = select(Generation.workspace_id, Generation.id).where(expiry.archivable(days), ~among(Generation.id, seen))
    in_order = old.order_by(Generation.workspace_id, Generation.created_at, Generation.id).limit(AT_ONCE)
    async with open_system_work(runtime, "archive") as work:
        rows = (await work.session.execute(in_order)).all()
    return (rows[0][0], [row[1] for row in rows if row[0] == rows[0][0]]) if rows else None


async def _write(runtime: Runtime, user: User, selection: Selection, path: Path) -> list[UUID]:
    """The ids of rows that are not in it whole. Raises OperationRefused, StorageUnavailable."""
    draft = path.with_suffix(".part")
    try:
        with draft.open("xb") as file:

            async def send(piece: bytes) -> None:
                await asyncio.to_thread(file.write, piece)

            contents = await write_archive(runtime, user, selection, Options(), send)
            await asyncio.to_thread(_finish, file)
        broken = await asyncio.to_thread(_broken, draft)
        if broken is not None:
            raise OperationRefused(f"{path}: {broken} cannot be read back; nothing was deleted.")
        draft.replace(path)
        await asyncio.to_thread(sync_folder, path.parent)
    except FileBrokeOff:
        raise OperationRefused(f"{path}: a kept file broke off; nothing was deleted. Try again.") from None
    except OSError as error:
        raise OperationRefused(f"{path}: {error.strerror or error}; nothing was deleted.") from None
    finally:
        draft.unlink(missing_ok=True)
    damaged = {number for number, _ in contents.problems}
    return [
        row_id
        for number, row_id in enumerate(selection.ids, 1)
        if number in damaged or number not in contents.positions
    ]


def _finish(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _broken(path: Path) -> str | None:
    try:
        with ZipFile(path) as archive:
            return archive.testzip()
    except BadZipFile:
        return "the archive"
