"""`spoonfeeder import-legacy`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from spoonfeeder.cli import app, fail

if TYPE_CHECKING:
    from spoonfeeder.operation.legacy.importing import Account
    from spoonfeeder.runtime import Runtime

MOST_REMARKS = 20
LEFT_OUT = 2
"""The exit status of an import that left rows out."""


@app.command("import-legacy")
def import_legacy(
    url: Annotated[str, typer.Argument(metavar="POSTGRES_URL", help="of the earlier server's database")],
    key_stdin: Annotated[
        bool, typer.Option("--key-stdin", help="read its ENCRYPTION_KEY from the standard input, to take API keys over")
    ] = False,
    outputs: Annotated[
        Path | None, typer.Option(help="ComfyUI's output folder, to copy pictures from", exists=True, file_okay=False)
    ] = None,
    fetch: Annotated[bool, typer.Option("--fetch", help="ask each profile's ComfyUI for pictures not found")] = False,
    time_zone: Annotated[
        str | None, typer.Option(help="of times that carry none; that of its database without it", metavar="ZONE")
    ] = None,
) -> None:
    """Take over settings, profiles, chats, tasks, workflows and generations of the earlier Node server, ids and all.

    Nothing is written there, and nothing that is here already is changed: call it again and only what is new comes,
    or pictures of generations that have none. A password need not be in the URL: PGPASSWORD is read too.
    Exit status 2: imported, but rows that do not fit were left out, and are named.
    """
    from spoonfeeder.cli.on_data import on_data
    from spoonfeeder.core.actor import LOCAL_OWNER
    from spoonfeeder.operation.errors import OperationRefused
    from spoonfeeder.operation.legacy.files import Files
    from spoonfeeder.operation.legacy.importing import LegacyImport
    from spoonfeeder.operation.legacy.keys import Keys
    from spoonfeeder.operation.legacy.source import open_legacy
    from spoonfeeder.operation.progress import Progress

    if time_zone is not None:
        _require_zone(time_zone)
    legacy_key = sys.stdin.readline() if key_stdin else None
    progress = Progress()

    async def act(runtime: "Runtime") -> "list[Account]":
        keys = Keys(runtime.cipher, legacy_key, LOCAL_OWNER.workspace_id)
        files = Files(runtime, LOCAL_OWNER.workspace_id, outputs, comfyui=fetch)
        async with open_legacy(url, time_zone) as legacy:
            return await LegacyImport(runtime, LOCAL_OWNER, legacy, keys, files, progress).run()

    try:
        accounts = on_data(act)
    except OperationRefused as error:
        fail(str(error))
    finally:
        progress.end()
    _print(accounts)
    if any(account.left_out for account in accounts):
        raise typer.Exit(LEFT_OUT)


def _require_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        fail(f"--time-zone: {name} is no zone of the IANA database, such as Europe/Berlin.")


def _print(accounts: "list[Account]") -> None:
    from spoonfeeder.core.redaction import escape_controls

    typer.echo(f"{'':<22}{'came':>9}{'were here':>11}{'left out':>10}")
    for account in accounts:
        typer.echo(f"{account.table:<22}{account.came:>9,}{account.known:>11,}{account.left_out:>10,}")
    for account in accounts:
        for remark in account.remarks[:MOST_REMARKS]:
            typer.echo(escape_controls(f"{account.table} {remark}."))
        if len(account.remarks) > MOST_REMARKS:
            typer.echo(f"{account.table}: and more like these.")
        if account.completed:
            typer.echo(f"{account.table}: {account.completed:,} that were here without files have them now.")
