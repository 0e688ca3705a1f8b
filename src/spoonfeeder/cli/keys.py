"""`spoonfeeder key …`: the keys that secrets are encrypted with (R34)."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from spoonfeeder.cli import app, fail
from spoonfeeder.core.key_ring import LOOK_SECONDS, KeyFile

if TYPE_CHECKING:
    from spoonfeeder.features.system.rotation import Rotation
    from spoonfeeder.runtime import Runtime

key = typer.Typer(help="Encryption keys.", no_args_is_help=True)
app.add_typer(key, name="key")

MOST_NAMED = 20


@key.command("new")
def key_new() -> None:
    """Print a new key for ENCRYPTION_KEY."""
    typer.echo(secrets.token_hex(32))


@key.command("list")
def key_list() -> None:
    """Show how many secrets are encrypted with which key: one with 0 may go."""
    from spoonfeeder.cli.on_data import on_data
    from spoonfeeder.features.system import rotation

    async def count(runtime: "Runtime") -> tuple[list[str], Counter[str]]:
        return list(runtime.cipher.ring.keys), await rotation.rows_by_key(runtime)

    key_ids, rows = on_data(count)
    _print(["key", "secrets"], [[key_id, str(rows[key_id])] for key_id in _in_order(key_ids, rows)], key_ids)


@key.command("rotate")
def key_rotate() -> None:
    """Encrypt all secrets anew with the first key, while everything runs; may be interrupted and called again.

    Where the key lies in the data home, a new one is made first. Otherwise put it in front of the old one in
    ENCRYPTION_KEYS, restart all processes one after the other, and then call this. Nobody is signed out.
    """
    from spoonfeeder.cli.on_data import on_data

    key_ids, before, after, rotation = on_data(_rotate)
    _print(
        ["key", "before", "after"],
        [[key_id, str(before[key_id]), str(after[key_id])] for key_id in _in_order(key_ids, before | after)],
        key_ids,
    )
    if rotation.unreadable:
        count = len(rotation.unreadable)
        named = [f"{table} {row_id}" for table, row_id in rotation.unreadable[:MOST_NAMED]]
        more = count - len(named)
        fail(
            f"No key opens {count} of the secrets, which stay as they are and must be entered again: "
            + ", ".join([*named, f"and {more} more"] if more else named)
            + "."
        )


async def _rotate(runtime: "Runtime") -> "tuple[list[str], Counter[str], Counter[str], Rotation]":
    from spoonfeeder.db.canary import check_encryption_keys
    from spoonfeeder.features.system import rotation

    ring = runtime.cipher.ring
    async with rotation.alone(runtime):
        await check_encryption_keys(runtime.engine, runtime.cipher)
        if isinstance(ring.keys, KeyFile) and await rotation.is_ended(runtime):
            ring.keys.add()
            await asyncio.sleep(LOOK_SECONDS)  # until then other processes may write with the old one
        before = await rotation.rows_by_key(runtime)
        done = await rotation.rotate(runtime)
        return list(ring.keys), before, await rotation.rows_by_key(runtime), done


@key.command("drop")
def key_drop(key_id: Annotated[str, typer.Argument(metavar="KEY")]) -> None:
    """Take a key out of the data home that encrypts nothing any more; older backups need it still."""
    from spoonfeeder.cli.on_data import on_data
    from spoonfeeder.features.system import rotation

    async def drop(runtime: "Runtime") -> str:
        keys = runtime.cipher.ring.keys
        if not isinstance(keys, KeyFile):
            return "the keys are those of the environment: take it out of ENCRYPTION_KEYS there"
        async with rotation.alone(runtime):
            if key_id not in keys:
                return f"there is no key {key_id} in {keys.path}"
            if key_id == runtime.cipher.ring.first:
                return f"{key_id} is the key to encrypt with; `spoonfeeder key rotate` makes another one"
            if count := (await rotation.rows_by_key(runtime))[key_id]:
                return f"{key_id} still encrypts {count} of the secrets: `spoonfeeder key rotate` first"
            keys.drop(key_id)
        return ""

    refusal = on_data(drop)
    if refusal:
        fail(f"Nothing was changed: {refusal}.")
    typer.echo(f"{key_id} is gone.")


def _in_order(key_ids: list[str], rows: Mapping[str, int]) -> list[str]:
    return [*key_ids, *sorted(set(rows) - set(key_ids))]


def _print(heads: list[str], lines: list[list[str]], key_ids: list[str]) -> None:
    remarks = {key_ids[0]: "encrypts"}
    for line in [heads, *lines]:
        known = line is heads or line[0] in key_ids or line[0].startswith("(")
        remark = remarks.get(line[0], "" if known else "not in the ring")
        typer.echo("".join([f"{line[0]:<34}", *(f"{cell:>9}" for cell in line[1:]), f"  {remark}"]).rstrip())
