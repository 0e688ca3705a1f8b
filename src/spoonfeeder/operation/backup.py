"""Backs up an installation into one file, while it runs (docs/decisions/0024)."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from spoonfeeder import __version__
from spoonfeeder.core.key_ring import KEY_FILE
from spoonfeeder.core.settings import Settings
from spoonfeeder.operation import archive, snapshot
from spoonfeeder.operation.archive import ArchiveWriter
from spoonfeeder.operation.draft import drafted
from spoonfeeder.operation.manifest import Manifest, Part
from spoonfeeder.operation.media import blocks_of
from spoonfeeder.operation.programs import Programs, programs_for
from spoonfeeder.operation.progress import Progress, bytes_in_words
from spoonfeeder.storage.protocol import Storage, StorageMissing

LAST_BACKUP = "last_backup"
MOST_NAMED = 20


@dataclass(frozen=True)
class Wish:
    """What goes in, besides the database."""

    media: Part
    keys: Part


@dataclass
class Backup:
    """`missing` and `damaged` are the first of the files that the storage does not give, or gives otherwise."""

    place: Path
    bytes: int = 0
    files: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    faults: int = 0


async def back_up(
    settings: Settings, url: str, storage: Storage, place: Path, wish: Wish, progress: Progress
) -> Backup:
    """Raises OperationRefused, OSError, SQLAlchemyError; then nothing is at `place` that was not there before."""
    done = Backup(place)
    keys_before = _key_lines(settings) if wish.keys is Part.INCLUDED else []
    with drafted(place) as file, tempfile.TemporaryFile("w+") as names:
        writer = ArchiveWriter(file)
        async with _opened(url) as (connection, programs):
            progress.step("Counting what is there.")
            manifest = await _manifest(connection, wish, programs, names)
            writer.add(archive.MANIFEST, [manifest.model_dump_json(indent=2).encode()])
            if wish.keys is Part.INCLUDED:
                # A key that came or went meanwhile is needed by one of the two.
                lines = dict.fromkeys([*_key_lines(settings), *keys_before])
                writer.add(archive.KEY_RING, ["".join(f"{line}\n" for line in lines).encode()])
            await _dump(connection, programs, writer, progress)
        if wish.media is Part.INCLUDED:
            await _add_files(url, storage, names, manifest, writer, done, progress)
        writer.close()
        done.bytes = file.tell()
    await _remember(url, done)
    return done


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[tuple[AsyncConnection, Programs]]:
    async with snapshot.open_snapshot(url) as connection:
        major = int(await connection.scalar(text("SHOW server_version_num")) or 0) // 10_000
        yield connection, programs_for(url, major)


async def _manifest(connection: AsyncConnection, wish: Wish, programs: Programs, names: IO[str]) -> Manifest:
    revision = await snapshot.schema_revision(connection)
    files, size = await snapshot.write_file_list(connection, names)
    return Manifest(
        created_at=datetime.now(UTC),
        version=__version__,
        schema_revision=revision,
        postgres_version=str(await connection.scalar(text("SHOW server_version"))),
        dump_major=programs.major,
        tables=await snapshot.table_sums(connection),
        media=wish.media,
        media_files=files,
        media_bytes=size,
        keys=wish.keys,
        canary=await snapshot.stored_canary(connection),
    )


async def _dump(connection: AsyncConnection, programs: Programs, writer: ArchiveWriter, progress: Progress) -> None:
    """The dump sees what the connection sees."""
    snapshot_id = str(await connection.scalar(text("SELECT pg_export_snapshot()")))
    with tempfile.TemporaryFile() as complaints, snapshot.dumping(programs, snapshot_id, complaints) as blocks:
        await asyncio.to_thread(writer.add, archive.DATABASE, _told(blocks, "Database", progress))


async def _add_files(
    url: str,
    storage: Storage,
    names: IO[str],
    manifest: Manifest,
    writer: ArchiveWriter,
    done: Backup,
    progress: Progress,
) -> None:
    names.seek(0)
    with tempfile.TemporaryFile("w+") as absent:
        for number, line in enumerate(names, start=1):
            key, sha256 = line.rstrip("\n").split(" ")
            try:
                async with storage.local_file(key) as path:
                    with path.open("rb") as kept:
                        _, found = await asyncio.to_thread(writer.add, archive.MEDIA + key, blocks_of(kept))
            except (StorageMissing, FileNotFoundError, PermissionError):
                absent.write(f"{key}\n")
                continue
            done.files += 1
            if sha256 not in {"", found}:
                _note(done, done.damaged, key)
            progress.go_on(f"Media: {number:,} of {manifest.media_files:,} files.")
        await _judge_missing(url, absent, done)
        if absent.tell():
            absent.seek(0)
            writer.add(archive.MISSING, (line.encode() for line in absent))


async def _judge_missing(url: str, absent: IO[str], done: Backup) -> None:
    """One that no row names any more was deleted while the backup was made, which is nobody's fault."""
    absent.seek(0)
    named = text("SELECT EXISTS (SELECT FROM media WHERE storage_key = :key OR thumbnail_key = :key)")
    async with snapshot.open_snapshot(url) as connection:
        for line in absent:
            key = line.rstrip("\n")
            if await connection.scalar(named, {"key": key}):
                _note(done, done.missing, key)


def _note(done: Backup, those: list[str], key: str) -> None:
    done.faults += 1
    if len(those) < MOST_NAMED:
        those.append(key)


def _told(blocks: Iterator[bytes], what: str, progress: Progress) -> Iterator[bytes]:
    size = 0
    for block in blocks:
        size += len(block)
        progress.go_on(f"{what}: {bytes_in_words(size)}.")
        yield block


def _key_lines(settings: Settings) -> list[str]:
    """Of the file in the data home; raises FileNotFoundError."""
    return (settings.home / KEY_FILE).read_text().split()


async def _remember(url: str, done: Backup) -> None:
    """For `spoonfeeder doctor`, which tells how old the last one is."""
    value = orjson.dumps({"at": datetime.now(UTC), "bytes": done.bytes, "faults": done.faults}).decode()
    kept = text(
        "INSERT INTO system_values (key, value) VALUES (:key, :value) "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()"
    )
    async with snapshot.open_snapshot(url) as connection, connection.begin():
        await connection.execute(kept, {"key": LAST_BACKUP, "value": value})
