"""The database: whether it is one of ours, up to date, secured, and has room."""

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from spoonfeeder.core.settings import Settings
from spoonfeeder.db import migrate
from spoonfeeder.db.row_security import IS_READY, ROLE
from spoonfeeder.operation.backup import LAST_BACKUP
from spoonfeeder.operation.doctor.findings import Finding, in_words, ok, warning, wrong
from spoonfeeder.operation.progress import bytes_in_words

CHECK = "database"
OLDEST_MAJOR = 14
MOST_SKEW_SECONDS = 5.0
LONG_SECONDS = 600
BACKUP_DAYS = 8
HEADROOM = 5
LEAST_PROCESSES = 2
LOOK = text(
    """
    SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
        current_setting('server_encoding') AS encoding, extract(epoch FROM clock_timestamp())::float AS clock,
        pg_database_size(current_database()) AS bytes, to_regclass('alembic_version') IS NOT NULL AS has_tables,
        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS most,
        (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS taken
    """.replace("::", r"\:\:")
)
LONG = text(
    """
    SELECT count(*) AS open_ones, max(extract(epoch FROM now() - xact_start)) AS seconds, min(application_name) AS name
    FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'
        AND pid <> pg_backend_pid() AND xact_start < now() - make_interval(secs => :seconds)
    """
)
BACKUP = text("SELECT value FROM system_values WHERE key = :key")
OLDEST = text("SELECT extract(epoch FROM created_at) FROM workspaces ORDER BY created_at LIMIT 1")


async def check_database(engine: AsyncEngine, settings: Settings) -> list[Finding]:
    async with engine.connect() as connection:
        before = time.time()
        seen = (await connection.execute(LOOK)).one()
        found = [*_server(seen, settings, (before + time.time()) / 2)]
        if not seen.has_tables:
            return [*found, wrong(CHECK, "It holds no tables of Spoon Feeder.", "Run `spoonfeeder migrate`.")]
        found += [*await _revision(connection), *await _role(connection), *await _long(connection)]
    if not found:
        said = f"PostgreSQL {seen.version}, {bytes_in_words(seen.bytes)}, {seen.taken} of {seen.most} connections"
        found = [ok(CHECK, said)]
    return found


async def check_backup(engine: AsyncEngine) -> list[Finding]:
    """When the last one was made here; before the first, how long there has been something to lose."""
    async with engine.connect() as connection:
        kept = await connection.scalar(BACKUP, {"key": LAST_BACKUP})
        oldest = await connection.scalar(OLDEST) if kept is None else None
        now = float(await connection.scalar(text("SELECT extract(epoch FROM now())")) or 0)
        made = await connection.scalar(text("SELECT extract(epoch FROM CAST(:at AS timestamptz))"), {"at": _at(kept)})
    advice = "Call `spoonfeeder backup FOLDER` from cron every night."
    if made is None:
        if oldest is not None and now - float(oldest) > BACKUP_DAYS * 86_400:
            return [warning("backup", "None was ever made by `spoonfeeder backup`.", advice)]
        return [ok("backup", "none yet")]
    age = now - float(made)
    if age > BACKUP_DAYS * 86_400:
        return [warning("backup", f"The last one is {in_words(age)} old.", advice)]
    return [ok("backup", f"the last one is {in_words(age)} old")]


def _at(kept: str | None) -> datetime | None:
    return datetime.fromisoformat(orjson.loads(kept)["at"]) if kept else None


def _server(seen: Row[Any], settings: Settings, now: float) -> Iterator[Finding]:
    if seen.number // 10_000 < OLDEST_MAJOR:
        said = f"PostgreSQL {seen.version} is older than this version knows."
        yield warning(CHECK, said, f"Use PostgreSQL {OLDEST_MAJOR} or newer.")
    if seen.encoding != "UTF8":
        said = f"The database is encoded as {seen.encoding}, which cannot hold every text."
        yield wrong(CHECK, said, "Make a database with ENCODING 'UTF8' and restore a backup into it.")
    if abs(seen.clock - now) > MOST_SKEW_SECONDS:
        said = f"Its clock differs from the one here by {abs(seen.clock - now):.0f} seconds."
        yield warning(CHECK, said, "Let both machines set their clocks by NTP.")
    wanted = LEAST_PROCESSES * (settings.database_pool_size + 1)
    if seen.most - seen.taken < HEADROOM or wanted > seen.most:
        said = f"{seen.taken} of its {seen.most} connections are taken; an API and a worker may want {wanted}."
        advice = f"Raise max_connections, or lower DATABASE_POOL_SIZE ({settings.database_pool_size})."
        yield warning(CHECK, said, advice)


async def _revision(connection: AsyncConnection) -> list[Finding]:
    present = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    if present == migrate.head_revision():
        return []
    if present is None or present in migrate.known_revisions():
        return [wrong(CHECK, "Its tables are those of an older version.", "Run `spoonfeeder migrate`, or `up`.")]
    return [wrong(CHECK, f"Its tables ({present}) are those of a newer version.", "Start that version again.")]


async def _role(connection: AsyncConnection) -> list[Finding]:
    if await connection.scalar(text(f"SELECT {IS_READY}")):
        return []
    said = "Row-level security is off: only the queries' own filters keep workspaces apart."
    return [warning(CHECK, said, f"CREATE ROLE {ROLE} NOLOGIN; GRANT {ROLE} TO <this login>; then migrate again.")]


async def _long(connection: AsyncConnection) -> list[Finding]:
    seen = (await connection.execute(LONG, {"seconds": LONG_SECONDS})).one()
    if not seen.open_ones:
        return []
    said = f"A transaction of {seen.name or 'a program'} is {in_words(float(seen.seconds))} old and keeps dead rows."
    return [warning(CHECK, said, "End that program, unless it is a backup.")]
