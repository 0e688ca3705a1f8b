"""The commands for the database."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

import typer

from spoonfeeder.cli import app, configured, fail, in_one_sentence
from spoonfeeder.core.lean_imports import import_without


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"
    CHECK = "check"


@app.command()
def migrate(
    direction: Annotated[
        Direction, typer.Argument(help="up: apply; down: take back; check: is it up to date?")
    ] = Direction.UP,
    to: Annotated[str | None, typer.Option(help="a revision; up goes to `head`, down to `base` without it")] = None,
) -> None:
    """Bring the tables of the database to this version, or back (data of the dropped tables is lost)."""
    settings = configured()
    from spoonfeeder.db import migrate as migrations
    from spoonfeeder.embedded.attach import reachable_database
    from spoonfeeder.embedded.errors import StartError

    with in_one_sentence(StartError), reachable_database(settings) as url, _migration_in_one_sentence():
        if direction is Direction.UP:
            migrations.upgrade(url, to or "head")
        elif direction is Direction.DOWN:
            migrations.downgrade(url, to or "base")
        else:
            migrations.check(url)
    typer.echo(
        {
            Direction.UP: "The tables are those of this version.",
            Direction.DOWN: "Taken back.",
            Direction.CHECK: "Up to date.",
        }[direction]
    )


@app.command(hidden=True)
def prepare() -> None:
    """Migrate and make the demo's profile; the last line says on which port the simulator must serve."""
    settings = configured()
    import asyncio

    import_without("jwt", "cryptography")
    from spoonfeeder.db import migrate as migrations
    from spoonfeeder.features.system.first_start import simulator_port

    with _migration_in_one_sentence():
        url = settings.postgres_url()
        assert url is not None, "up gives the address"
        migrations.upgrade(url)
        sys.stdout.write(json.dumps({"simulator_port": asyncio.run(simulator_port(settings))}) + "\n")


@contextmanager
def _migration_in_one_sentence() -> Iterator[None]:
    from sqlalchemy.exc import SQLAlchemyError

    from spoonfeeder.core.errors import reason_of
    from spoonfeeder.db.migrate import MigrationRefused, SchemaOutdated

    try:
        with in_one_sentence(MigrationRefused, SchemaOutdated):
            yield
    except (OSError, SQLAlchemyError) as error:
        fail(f"The database cannot be reached or changed: {reason_of(error)}.")
