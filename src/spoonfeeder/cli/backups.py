"""`spoonfeeder backup` and `restore`."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from spoonfeeder.cli import app, configured, fail, in_one_sentence

FAULTS = 2
"""The exit status of a backup that was made, of an installation whose files are not all there."""

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="say only what went wrong")]


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(help="a file; or a folder, for a name with the time")],
    keys: Annotated[bool, typer.Option(help="with the key ring of the data home")] = True,
    media: Annotated[bool | None, typer.Option(help="with the media files; those of a bucket only on wish")] = None,
    quiet: Quiet = False,
) -> None:
    """Save database, media files and keys into one file, while everything runs; prints its name.

    Whoever has that file has everything, also the providers' keys: --no-keys leaves the key ring out, to be kept apart.
    Exit status 2: saved, but files that the database names are missing or damaged.
    """
    settings = configured()
    from spoonfeeder.core.key_ring import KEY_FILE
    from spoonfeeder.embedded.attach import reachable_database
    from spoonfeeder.embedded.errors import StartError
    from spoonfeeder.operation.backup import Wish, back_up
    from spoonfeeder.operation.draft import place_of
    from spoonfeeder.operation.errors import OperationRefused
    from spoonfeeder.operation.manifest import Part
    from spoonfeeder.operation.progress import Progress, bytes_in_words
    from spoonfeeder.storage.disk import DiskStorage
    from spoonfeeder.storage.opening import open_storage

    storage, progress = open_storage(settings), Progress(quiet=quiet)
    is_disk = isinstance(storage, DiskStorage)
    from_environment = bool(settings.encryption_key or settings.encryption_keys)
    wish = Wish(
        media=Part.INCLUDED if (is_disk if media is None else media) else Part.LEFT_OUT if is_disk else Part.ELSEWHERE,
        keys=Part.ELSEWHERE if from_environment else Part.INCLUDED if keys else Part.LEFT_OUT,
    )
    with _refusing(OperationRefused, StartError), reachable_database(settings) as url:
        if wish.keys is Part.INCLUDED and not (settings.home / KEY_FILE).exists():
            fail(f"There is no key ring at {settings.home / KEY_FILE}; without it no secret can be read (--no-keys).")
        done = asyncio.run(back_up(settings, url, storage, place_of(target), wish, progress))
    progress.step(f"{done.files:,} files, {bytes_in_words(done.bytes)}.")
    progress.end()
    if wish.keys is Part.ELSEWHERE:
        progress.step("The keys are not in it: keep ENCRYPTION_KEY(S) of the environment in another safe place.")
    if wish.media is Part.ELSEWHERE:
        progress.step("The media files stay in their bucket, which has to be backed up by itself (or use --media).")
    if not quiet:
        typer.echo(done.place)
    for what, those in (("missing or not readable", done.missing), ("not as they were made", done.damaged)):
        if those:
            typer.echo(f"spoonfeeder: {done.faults} files are at fault; {what}: {', '.join(those)}", err=True)
    if done.faults:
        raise typer.Exit(FAULTS)


@app.command()
def restore(
    archive: Annotated[Path, typer.Argument(help="what `spoonfeeder backup` made")],
    replace: Annotated[bool, typer.Option("--replace", help="save what is there to a file, then replace it")] = False,
    check: Annotated[bool, typer.Option("--check", help="only read it to its end, and say what it holds")] = False,
    quiet: Quiet = False,
) -> None:
    """Bring everything back from a backup, into an empty data home or database; nothing may run on it meanwhile."""
    settings = configured()
    from spoonfeeder.db.migrate import MigrationRefused
    from spoonfeeder.embedded.errors import StartError
    from spoonfeeder.operation import restore as restoring
    from spoonfeeder.operation.errors import OperationRefused
    from spoonfeeder.operation.progress import Progress

    progress = Progress(quiet=quiet)
    with _refusing(OperationRefused, StartError, MigrationRefused), archive.open("rb") as file:
        if check:
            manifest = (found := restoring.check(file, progress)).manifest
            rows = sum(table.rows for table in manifest.tables.values())
            progress.end()
            typer.echo(
                f"Whole: made {manifest.created_at:%Y-%m-%d %H:%M} UTC by version {manifest.version}, {rows:,} rows, "
                f"{found.files:,} files ({manifest.media}), keys {manifest.keys}."
            )
            return
        settings.home = settings.home.expanduser().absolute()
        done = restoring.restore(settings, file, progress, replace=replace)
    progress.end()
    manifest = done.checked.manifest
    if not quiet:
        typer.echo(f"Restored as of {manifest.created_at:%Y-%m-%d %H:%M:%S} UTC: {done.checked.files:,} files.")
    if done.former:
        typer.echo(f"What was there before is in {done.former}; delete it when all is well.")
    if done.former_keys:
        typer.echo(f"The key ring that was there is {done.former_keys} now.")
    for note in done.notes:
        typer.echo(note)


@contextmanager
def _refusing(*errors: type[Exception]) -> Iterator[None]:
    """Ends the command with one sentence also where the disk is full or the database does not answer."""
    from sqlalchemy.exc import SQLAlchemyError

    from spoonfeeder.core.errors import AppError, reason_of

    try:
        with in_one_sentence(*errors, AppError):
            yield
    except SQLAlchemyError as error:
        fail(f"The database cannot be reached or read: {reason_of(error)}.")
    except OSError as error:
        fail(f"{error.filename or 'The disk or the database'}: {error.strerror or reason_of(error)}.")
