"""The database as it was at one moment: rows counted and hashed, files named, everything dumped."""

import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import IO, cast

from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from spoonfeeder.db.canary import KEY as CANARY
from spoonfeeder.embedded.process import spawn
from spoonfeeder.operation.archive import READ_BYTES
from spoonfeeder.operation.errors import OperationRefused
from spoonfeeder.operation.manifest import TableSum
from spoonfeeder.operation.programs import Programs

SAME_TEXT = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, MDY",
    "IntervalStyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
}
"""By which a value has the same text on every server."""
SUM = "coalesce(sum(('x' || left(md5(ROW({})::text), 15))::bit(60)::bigint), 0)"
"""Of 60 bits of each row's MD5: the same for the same rows in any order."""
COLUMNS = text(
    """
    SELECT c.relname, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
        AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    GROUP BY c.relname ORDER BY c.relname
    """
)
FILES = text("SELECT storage_key, thumbnail_key, sha256 FROM media ORDER BY created_at, id")


@asynccontextmanager
async def open_snapshot(url: str) -> AsyncIterator[AsyncConnection]:
    """A transaction that sees one moment and holds nobody up, however long it lasts."""
    settings = SAME_TEXT | {
        "application_name": "spoonfeeder backup",
        "statement_timeout": "0",
        "idle_in_transaction_session_timeout": "0",
    }
    engine = create_async_engine(
        url,
        poolclass=NullPool,
        isolation_level="REPEATABLE READ",
        connect_args={"timeout": 10, "server_settings": settings},
    )
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()


async def schema_revision(connection: AsyncConnection) -> str:
    """Raises OperationRefused for a database that holds no tables of ours."""
    if await connection.scalar(text("SELECT to_regclass('public.alembic_version')")) is None:
        raise OperationRefused("This database holds no Spoon Feeder: there is nothing to back up.")
    return str(await connection.scalar(text("SELECT version_num FROM public.alembic_version")))


async def table_sums(connection: AsyncConnection) -> dict[str, TableSum]:
    sums = {}
    for table, columns in (await connection.execute(COLUMNS)).all():
        query = f'SELECT count(*), {SUM.format(columns)}::text FROM public."{table}"'  # noqa: S608 - from the catalog
        rows, total = cast("tuple[int, str]", (await connection.exec_driver_sql(query)).one())
        sums[table] = TableSum(rows=rows, hash=total)
    return sums


async def stored_canary(connection: AsyncConnection) -> str | None:
    found = await connection.scalar(text("SELECT value FROM system_values WHERE key = :key"), {"key": CANARY})
    return str(found) if found else None


async def write_file_list(connection: AsyncConnection, file: IO[str]) -> tuple[int, int]:
    """A line `key sha256-or-nothing` for each file that a row names; how many, and bytes without thumbnails."""
    count = 0
    result = await connection.stream(FILES.execution_options(yield_per=1000))
    async for key, thumbnail, sha256 in result:
        file.write(f"{key} {sha256}\n")
        count += 1
        if thumbnail:
            file.write(f"{thumbnail} \n")
            count += 1
    return count, int(await connection.scalar(text("SELECT sum(bytes) FROM media")) or 0)


@contextmanager
def dumping(programs: Programs, snapshot_id: str, complaints: IO[bytes]) -> Iterator[Iterator[bytes]]:
    """The bytes of pg_dump's custom format; raises OperationRefused at the end where it failed."""
    options = ["--format=custom", "--compress=1", "--schema=public", "--no-owner", "--no-privileges", "--no-password"]
    waiting = [f"--snapshot={snapshot_id}", "--lock-wait-timeout=60000"]
    process = spawn(
        [programs["pg_dump"], *options, *waiting],
        environment=programs.environment,
        output=subprocess.PIPE,
        errors=complaints,
    )
    assert process.stdout is not None
    output = process.stdout
    try:
        yield iter(lambda: output.read(READ_BYTES), b"")
        if process.wait():
            complaints.seek(0)
            said = complaints.read().decode(errors="replace").strip().splitlines()
            raise OperationRefused(f"The database could not be dumped: {said[-1] if said else 'pg_dump failed'}.")
    finally:
        process.kill()
        process.wait()
        output.close()
