"""Reading the predecessor's database; nothing is ever written there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
from asyncpg.transaction import Transaction

from spoonfeeder.core.errors import reason_of
from spoonfeeder.operation.errors import OperationRefused

KNOWN_BY = {"tasks", "profiles", "conversations"}
AT_A_TIME = 50
OWN_TABLE = "alembic_version"
ORDERS = {"messages": "created_at, role::text = 'assistant', id"}
"""A question and its answer may have been written at one moment."""
PATIENT = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
CANNOT_READ = (
    "The URL to import from cannot be read; it has to be postgresql://user:password@host:5432/database, "
    "with %2F for / and the like in the password."
)

Row = dict[str, Any]


class _Read(Row):
    """A column that an older version did not have yet counts as null."""

    def __missing__(self, name: str) -> None:
        return None


class LegacyDatabase:
    """One snapshot of it. Times without a zone are those of `zone`; JSON comes as text."""

    def __init__(self, connection: "asyncpg.Connection[Any]", tables: set[str], zone: ZoneInfo) -> None:
        self._connection = connection
        self._tables = tables
        self._zone = zone

    async def rows(self, table: str) -> AsyncIterator[list[Row]]:
        """All of the table, some at a time; nothing where an older version had no such table yet."""
        if table not in self._tables:
            return
        order = ORDERS.get(table, "created_at, id")
        cursor = await self._connection.cursor(f"SELECT * FROM {table} ORDER BY {order}")  # noqa: S608 - our words
        while found := await cursor.fetch(AT_A_TIME):
            yield [self._read(record) for record in found]

    async def count(self, table: str) -> int:
        if table not in self._tables:
            return 0
        return int(await self._connection.fetchval(f"SELECT count(*) FROM {table}"))  # noqa: S608

    def _read(self, record: "asyncpg.Record") -> Row:
        return _Read({name: self._zoned(value) for name, value in record.items()})

    def _zoned(self, value: Any) -> Any:
        if isinstance(value, datetime) and value.tzinfo is None:
            return value.replace(tzinfo=self._zone)
        return value


@asynccontextmanager
async def open_legacy(url: str, time_zone: str | None) -> AsyncIterator[LegacyDatabase]:
    """`time_zone` is what the predecessor's clock showed, by default the zone of its database.

    Raises OperationRefused where it cannot be reached, is something else, or goes away meanwhile.
    """
    try:
        connection = await asyncpg.connect(url, timeout=10, server_settings={"application_name": "import-legacy"})
    except (ValueError, asyncpg.InterfaceError):
        raise OperationRefused(CANNOT_READ) from None  # what these say may hold a part of the password
    except (OSError, asyncpg.PostgresError) as error:
        raise OperationRefused(f"The database to import from cannot be reached: {reason_of(error)}.") from None
    try:
        snapshot: Transaction = connection.transaction(isolation="repeatable_read", readonly=True)
        async with snapshot:
            await connection.execute(PATIENT)
            zone = _zone(time_zone or await connection.fetchval("SHOW timezone"))
            yield LegacyDatabase(connection, await _tables(connection), zone)
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise OperationRefused(
            f"The database to import from could not be read to its end: {reason_of(error)}. What came is kept; call "
            "this again."
        ) from None
    finally:
        connection.terminate()  # nothing was written, and one that is gone would not answer a farewell


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise OperationRefused(
            f"The zone {name} of that database is not known here: say it with --time-zone."
        ) from None


async def _tables(connection: "asyncpg.Connection[Any]") -> set[str]:
    found = await connection.fetch(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
    )
    tables = {record["table_name"] for record in found}
    if OWN_TABLE in tables:
        raise OperationRefused("That is a database of this very server; `spoonfeeder restore` takes its backups.")
    if not tables >= KNOWN_BY:
        missing = ", ".join(sorted(KNOWN_BY - tables))
        raise OperationRefused(f"That is no database of the earlier Spoon Feeder: it has no table {missing}.")
    return tables
