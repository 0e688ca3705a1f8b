"""Brings an installation back from a backup (docs/decisions/0024): all of it, or what was there before stays."""

import asyncio
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from spoonfeeder.core.key_ring import KEY_FILE
from spoonfeeder.core.settings import Settings
from spoonfeeder.db import migrate
from spoonfeeder.db.statistics import take_statistics
from spoonfeeder.operation import archive, media
from spoonfeeder.operation.archive import Member, members
from spoonfeeder.operation.backup import Wish, back_up
from spoonfeeder.operation.errors import OperationRefused
from spoonfeeder.operation.keys_of_archive import choose_keys
from spoonfeeder.operation.loading import load
from spoonfeeder.operation.manifest import Manifest, Part, read_manifest
from spoonfeeder.operation.programs import programs_for
from spoonfeeder.operation.progress import Progress
from spoonfeeder.operation.target import Marker, held_database, look_at, place_keys
from spoonfeeder.storage.disk import DiskStorage
from spoonfeeder.storage.opening import open_storage
from spoonfeeder.storage.protocol import Storage


@dataclass(frozen=True, repr=False)
class Checked:
    """What a first reading to the end found. `lost` files were missing already when the backup was made."""

    manifest: Manifest
    keys: str | None
    files: int
    lost: int


@dataclass
class Restored:
    """`former` is the backup of what was replaced, `former_keys` the file that held its keys."""

    checked: Checked
    former: Path | None = None
    former_keys: Path | None = None
    notes: list[str] = field(default_factory=list)


def check(file: BinaryIO, progress: Progress) -> Checked:
    """Reads all of it. Raises ArchiveDamaged, OperationRefused for one that this version cannot restore."""
    file.seek(0)
    manifest, keys, files, lost = None, None, 0, 0
    for member in members(file):
        if member.name == archive.MANIFEST:
            manifest = _known(read_manifest(member.content()))
        elif member.name == archive.KEY_RING:
            keys = member.content().decode("ascii", "replace")
        elif member.name == archive.MISSING:
            lost = sum(block.count(b"\n") for block in member.blocks())
        elif archive.media_key(member):
            files += 1
        progress.go_on(f"Checking the backup: {files:,} files.")
    assert manifest is not None, "the first member of every archive"
    return Checked(manifest, keys, files, lost)


def restore(settings: Settings, file: BinaryIO, progress: Progress, *, replace: bool) -> Restored:
    """Raises OperationRefused, StartError, OSError, SQLAlchemyError; then what was there is still there.

    Where it is killed, nothing of ours starts on the data home until a restore came to its end.
    """
    progress.step("Checking the backup.")
    checked = check(file, progress)
    keys = choose_keys(settings, checked.manifest, checked.keys)
    with held_database(settings) as url:
        marker = Marker(settings.home)
        state = asyncio.run(look_at(url))
        into_nothing = state == "empty" or marker.was_empty(url)
        if not into_nothing:
            _require_consent(state, settings, replace=replace)
        done = Restored(checked)
        if not into_nothing:
            done.former = _save_former(settings, url, progress)
        programs = programs_for(url, checked.manifest.dump_major)
        marker.set(url, into_nothing=into_nothing)
        try:
            dump = _unpack(settings, file, marker, progress)
            progress.step("Restoring the database.")
            load(programs, dump, checked.manifest.tables, replace=state != "empty")
        except Exception:  # Ctrl-C may have come while the last word was on its way: that leaves the marker
            marker.remove()
            raise
        _complete(settings, url, keys, done)
        marker.remove()
    return done


def _known(manifest: Manifest) -> Manifest:
    """Raises OperationRefused for tables of a newer version."""
    if manifest.schema_revision not in migrate.known_revisions():
        raise OperationRefused(
            f"This backup was made by a newer version of Spoon Feeder ({manifest.version}, tables "
            f"{manifest.schema_revision}): install that version or a later one, and restore with it."
        )
    return manifest


def _require_consent(state: str, settings: Settings, *, replace: bool) -> None:
    """Raises OperationRefused for what must not be replaced, or not without a word."""
    where = "The database of DATABASE_URL" if settings.postgres_url() else f"{settings.home}"
    if state == "foreign":
        raise OperationRefused(f"{where} holds tables that are not Spoon Feeder's; give it an empty database.")
    if not replace:
        raise OperationRefused(
            f"{where} is in use: restore into an empty one, or call this with --replace, which saves what is there "
            "to a file and then puts the backup in its place."
        )


def _save_former(settings: Settings, url: str, progress: Progress) -> Path:
    """Files stay where they are, so the rows and keys are enough to go back."""
    progress.step("Saving what is there.")
    place = settings.home / f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar"
    keys = Part.INCLUDED if (settings.home / KEY_FILE).exists() else Part.ELSEWHERE
    wish = Wish(media=Part.LEFT_OUT, keys=keys)
    asyncio.run(back_up(settings, url, open_storage(settings), place, wish, progress))
    return place


def _unpack(settings: Settings, file: BinaryIO, marker: Marker, progress: Progress) -> Path:
    """Files into their storage; gives the dump's path. Every byte was compared again when it returns."""
    dump = marker.folder / archive.DATABASE
    storage = open_storage(settings)
    put = _put_on_disk(storage) if isinstance(storage, DiskStorage) else _put_elsewhere(storage)
    file.seek(0)
    for number, member in enumerate(members(file)):
        if member.name == archive.DATABASE:
            with dump.open("xb") as target:
                target.writelines(member.blocks())
        elif key := archive.media_key(member):
            put(key, member)
            progress.go_on(f"Restoring media: {number:,} files.")
    if isinstance(storage, DiskStorage):
        media.clear_drafts(storage.root)
    os.sync()
    return dump


def _put_on_disk(storage: DiskStorage) -> Callable[[str, Member], None]:
    storage.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    media.clear_drafts(storage.root)
    return lambda key, member: media.put_back(storage.root, key, member)


def _put_elsewhere(storage: Storage) -> Callable[[str, Member], None]:
    return lambda key, member: asyncio.run(media.put_into(storage, key, member))


def _complete(settings: Settings, url: str, keys: str | None, done: Restored) -> None:
    """From here on the rows are the restored ones; what is left may be done again by another restore."""
    if keys is not None:
        done.former_keys = place_keys(settings.home, keys)
    migrate.upgrade(url)
    migrate.run_on(url, take_statistics)
    if settings.redis_address() is None:
        # What it knows is of other rows; all that lasts is in the database.
        shutil.rmtree(settings.home / "redis", ignore_errors=True)
    if done.checked.manifest.media is not Part.INCLUDED:
        where = "in the bucket" if done.checked.manifest.media is Part.ELSEWHERE else "out of the backup"
        done.notes.append(f"The media files were left {where}: see that MEDIA_STORAGE_PATH names where they are.")
    if done.checked.lost:
        done.notes.append(f"{done.checked.lost} files were missing already when the backup was made.")
