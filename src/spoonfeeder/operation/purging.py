"""What retention takes away, told before and done at once: the same steps as the chores of the running server."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.media import FileRemoval, Media
from spoonfeeder.db.task import Task
from spoonfeeder.durable.sweep import Chore
from spoonfeeder.features.auth.undo import long_deleted
from spoonfeeder.features.generations import expiry as generations
from spoonfeeder.features.generations.chores import purge_deleted
from spoonfeeder.features.media import census
from spoonfeeder.features.media.census import Census
from spoonfeeder.features.media.removal import AT_ONCE, remove_files
from spoonfeeder.features.media.unused import hide_unused, unused_for
from spoonfeeder.features.tasks import expiry as tasks
from spoonfeeder.features.tasks.chores import purge_deleted_tasks
from spoonfeeder.operation.errors import OperationRefused
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_system_work

STEPS: tuple[Chore, ...] = (
    generations.hide_failed,
    tasks.hide_failed_tasks,
    hide_unused,
    purge_deleted_tasks,
    purge_deleted,
    remove_files,
)
ORPHAN_AGE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Found:
    """`files_bytes` is how much room the files of these rows take."""

    what: str
    rows: int
    files_bytes: int


@dataclass(slots=True)
class Orphans:
    """Files that no row names, beside those `known`; `missing` are rows whose file is gone."""

    files: int = 0
    files_bytes: int = 0
    known: int = 0
    missing: int = 0

    def add(self, seen: Census) -> None:
        self.files += len(seen.orphans)
        self.files_bytes += sum(file.bytes for file in seen.orphans)
        self.known += seen.known
        self.missing += len(seen.missing)


async def look(runtime: Runtime) -> list[Found]:
    """What a purge would do now; nothing changes."""
    settings = runtime.settings
    async with open_system_work(runtime, "purge") as work:
        found = []
        if settings.failed_days is not None:
            of = generations.expired(settings.failed_days)
            found.append(await _found(work, "failed or cancelled generations to delete", Generation, of))
            found.append(
                await _found(work, "failed or cancelled tasks to delete", Task, tasks.expired(settings.failed_days))
            )
        if settings.unused_upload_days is not None:
            found.append(await _found(work, "unused uploads to delete", Media, unused_for(settings.unused_upload_days)))
        for what, table in (("generations", Generation), ("tasks", Task), ("files", Media)):
            found.append(await _found(work, f"{what} deleted more than 7 days ago", table, long_deleted(table)))
        waiting = await work.session.scalar(select(func.count()).select_from(FileRemoval))
        found.append(Found("files whose rows are gone already", waiting or 0, 0))
        return found


async def _found(work: Work, what: str, table: type[Any], condition: ColumnElement[bool]) -> Found:
    ids = select(table.id).where(condition).scalar_subquery()
    column = {Generation: Media.generation_id, Task: Media.task_id, Media: Media.id}[table]
    rows = await work.session.scalar(select(func.count()).select_from(table).where(condition))
    size = await work.session.scalar(select(func.coalesce(func.sum(Media.bytes), 0)).where(column.in_(ids)))
    return Found(what, rows or 0, int(size or 0))


async def purge(runtime: Runtime) -> None:
    """In rounds, each committed by itself: may be interrupted and called again. Raises StorageUnavailable."""
    for step in STEPS:
        goes_on: object = True
        while goes_on is True:
            async with open_system_work(runtime, step.__name__) as work:
                goes_on = await step(work)


async def purge_orphans(runtime: Runtime, *, dry_run: bool, force: bool) -> Orphans:
    """Counted first. Raises StorageUnavailable, and OperationRefused where most files are orphans, unless `force`."""
    orphans = Orphans()
    async for seen in find_orphans(runtime, remove_them=False):
        orphans.add(seen)
    if dry_run or not orphans.files:
        return orphans
    if orphans.files > orphans.known and not force:
        raise OperationRefused(
            f"{orphans.files:,} files have no row and {orphans.known:,} have one: is this the right database? "
            "No such file was removed; --force does it."
        )
    async for _ in find_orphans(runtime, remove_them=True):
        pass
    return orphans


async def find_orphans(runtime: Runtime, *, remove_them: bool) -> AsyncIterator[Census]:
    """Folder by folder: files older than ORPHAN_AGE that no row names, and rows that miss their file.

    Raises StorageUnavailable.
    """
    for folder in census.FOLDERS:
        files = await census.list_folder(runtime.storage, folder)
        async with open_system_work(runtime, "orphans") as work:
            seen = await census.take_census(work, folder, files, ORPHAN_AGE)
        for start in range(0, len(seen.orphans) if remove_them else 0, AT_ONCE):
            async with open_system_work(runtime, "orphans") as work:
                await census.remove_orphans(work, seen.orphans[start : start + AT_ONCE])
        yield seen
