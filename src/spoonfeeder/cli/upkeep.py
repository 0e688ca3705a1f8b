"""`spoonfeeder purge`, `archive` and `storage copy`: what is kept, and where."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spoonfeeder.cli import app, fail

if TYPE_CHECKING:
    from spoonfeeder.operation.copying import Copied
    from spoonfeeder.operation.purging import Found, Orphans
    from spoonfeeder.runtime import Runtime

storage = typer.Typer(help="Where kept files lie.", no_args_is_help=True)
app.add_typer(storage, name="storage")
MOST_NAMED = 20


@app.command()
def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would go")] = False,
    orphans: Annotated[bool, typer.Option("--orphans", help="files too that no row names, older than a day")] = False,
    failed_days: Annotated[
        float | None, typer.Option(min=0.01, help="delete what failed or was cancelled so long ago (else FAILED_DAYS)")
    ] = None,
    unused_upload_days: Annotated[
        float | None, typer.Option(min=0.01, help="delete uploads that nothing named (else UNUSED_UPLOAD_DAYS)")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="with --orphans: even if most files have no row")] = False,
) -> None:
    """Remove now what the server removes little by little: what was deleted more than 7 days ago, with its files.

    What failed and is deleted by age can be brought back for 7 days, as what a person deletes. Nothing that is a
    favourite, has tags or notes, belongs to a batch, or that another run goes back to is deleted by age.
    """
    from spoonfeeder.cli import in_one_sentence
    from spoonfeeder.cli.on_data import on_data
    from spoonfeeder.operation import purging
    from spoonfeeder.operation.errors import OperationRefused
    from spoonfeeder.operation.progress import bytes_in_words
    from spoonfeeder.operation.purging import Orphans

    async def act(runtime: "Runtime") -> tuple[list["Found"], "Orphans"]:
        settings = runtime.settings
        settings.failed_days = failed_days or settings.failed_days
        settings.unused_upload_days = unused_upload_days or settings.unused_upload_days
        found = await purging.look(runtime)
        if not dry_run:
            await purging.purge(runtime)
        return found, await purging.purge_orphans(runtime, dry_run=dry_run, force=force) if orphans else Orphans()

    with in_one_sentence(OperationRefused):
        found, of_no_row = on_data(act)
    for each in found:
        typer.echo(f"{each.rows:8,}  {each.what} ({bytes_in_words(each.files_bytes)})")
    if orphans:
        typer.echo(f"{of_no_row.files:8,}  files that no row names ({bytes_in_words(of_no_row.files_bytes)})")
        typer.echo(f"{of_no_row.missing:8,}  rows whose file is gone: marked, and kept")
    typer.echo("Nothing was removed." if dry_run else "Done.")


@app.command()
def archive(
    folder: Annotated[Path, typer.Argument(help="where the ZIP files go", file_okay=False, exists=True, writable=True)],
    days: Annotated[float, typer.Option(min=1, help="completed so many days ago")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say how much it would be")] = False,
) -> None:
    """Move old generations into ZIP archives: pictures, graphs and a manifest. Then they are deleted, with undo.

    A favourite stays, and what has tags or notes, belongs to a batch or a task, or what another run goes back to.
    """
    from spoonfeeder.cli import in_one_sentence
    from spoonfeeder.cli.on_data import on_data
    from spoonfeeder.operation.archiving import archive_old
    from spoonfeeder.operation.errors import OperationRefused
    from spoonfeeder.operation.progress import bytes_in_words

    async def act(runtime: "Runtime") -> int:
        generations = 0
        async for done in archive_old(runtime, folder, days, dry_run=dry_run):
            generations += done.generations
            where = done.path or "An archive"
            typer.echo(f"{where}: {done.generations:,} generations ({bytes_in_words(done.files_bytes)}).")
            if done.left:
                named = ", ".join(str(each) for each in done.left[:MOST_NAMED])
                typer.echo(f"{len(done.left):,} stay, because a file of theirs is gone or damaged: {named}")
        return generations

    with in_one_sentence(OperationRefused):
        generations = on_data(act)
    told = "Nothing was changed" if dry_run or not generations else "They can be brought back for 7 days"
    typer.echo(f"{generations:,} generations. {told}.")


@storage.command("copy")
def storage_copy(
    target: Annotated[str, typer.Argument(help="a folder, or s3://bucket/prefix with S3_ENDPOINT, S3_ACCESS_KEY_ID …")],
    source: Annotated[str | None, typer.Option(help="instead of the storage of MEDIA_STORAGE_PATH")] = None,
) -> None:
    """Copy all kept files to another storage while the server runs; may be interrupted and called again.

    To move: copy; set MEDIA_STORAGE_PATH to the target and restart; copy once more with --source as the old place, for
    what was made in between; then remove the old place yourself.
    """
    from spoonfeeder.cli.on_data import on_data
    from spoonfeeder.operation.copying import Copied, copy_files
    from spoonfeeder.operation.progress import Progress, bytes_in_words
    from spoonfeeder.storage.opening import open_storage_at

    async def act(runtime: "Runtime") -> "Copied":
        progress, copied = Progress(), Copied()
        there = open_storage_at(runtime.settings, target)
        here = open_storage_at(runtime.settings, source) if source else runtime.storage
        async for copied in copy_files(runtime, here, there):
            progress.go_on(f"Copying: {copied.files:,} files, {bytes_in_words(copied.bytes)}.")
        progress.end()
        return copied

    copied = on_data(act)
    typer.echo(f"{copied.files:,} files copied ({bytes_in_words(copied.bytes)}), {copied.there_already:,} were there.")
    for keys, what in (
        (copied.damaged, "are damaged: not the bytes that were kept once"),
        (copied.refused, "not taken"),
    ):
        if keys:
            typer.echo(f"{len(keys):,} files {what}: {', '.join(keys[:MOST_NAMED])}")
    if copied.refused:
        fail("Not all files could be copied.")
