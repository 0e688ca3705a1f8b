"""Brings a database to the tables of this version (Alembic), or tells in one sentence why it cannot."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

from spoonfeeder.db.row_security import secure_rows

LOCK_KEY = 0x5F00_D1E7


class MigrationRefused(Exception):
    """The database is not one that this version may change; the message is a sentence for the person who started it."""


class SchemaOutdated(Exception):
    """The tables are not those of this version; the message says what to do."""


def upgrade(url: str, revision: str = "head") -> None:
    """Applies what is missing, all or nothing; of two calls at the same time the second waits and finds nothing to do.

    Raises MigrationRefused, and SchemaOutdated where a newer version was here. Starts its own event loop: inside one,
    call it by `asyncio.to_thread`.
    """

    def migrate(connection: Connection) -> None:
        _lock(connection)
        _refuse_foreign(connection)
        _refuse_newer(connection)
        command.upgrade(_config(connection), revision)
        secure_rows(connection)

    run_on(url, migrate)


def downgrade(url: str, revision: str) -> None:
    """Takes migrations back to `revision` (`base`: all of them); their data is lost."""

    def migrate(connection: Connection) -> None:
        _lock(connection)
        command.downgrade(_config(connection), revision)

    run_on(url, migrate)


def check(url: str) -> None:
    """Raises SchemaOutdated where the database is not at the newest migration of this version."""
    run_on(url, _require_head)


def known_revisions() -> set[str]:
    """Those of this version and all before."""
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def head_revision() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def run_on(url: str, action: Callable[[Connection], None]) -> None:
    """Runs a synchronous action in one transaction on a connection of its own."""
    asyncio.run(_run_on(url, action))


def script_location() -> Path:
    """The migrations: inside the package where it was installed from a wheel, else at the root of the checkout."""
    package = Path(__file__).parents[1]
    shipped = package / "migrations"
    return shipped if shipped.is_dir() else package.parents[1] / "migrations"


async def _run_on(url: str, action: Callable[[Connection], None]) -> None:
    engine = create_async_engine(url, poolclass=NullPool, connect_args={"timeout": 10})
    try:
        async with engine.begin() as connection:
            await connection.run_sync(action)
    finally:
        await engine.dispose()


def _config(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(script_location()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _lock(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})


def _refuse_foreign(connection: Connection) -> None:
    if inspect(connection).has_table("knex_migrations"):
        raise MigrationRefused(
            "This database belongs to the Node version of Spoon Feeder (it has a knex_migrations table): "
            "give DATABASE_URL an empty database."
        )


def _refuse_newer(connection: Connection) -> None:
    present = MigrationContext.configure(connection).get_current_revision()
    if present is not None and present not in known_revisions():
        raise SchemaOutdated("The database was migrated by a newer version of Spoon Feeder: start that version.")


def _require_head(connection: Connection) -> None:
    _refuse_newer(connection)
    if MigrationContext.configure(connection).get_current_revision() != head_revision():
        raise SchemaOutdated("The database lacks migrations of this version: run `spoonfeeder migrate`.")
