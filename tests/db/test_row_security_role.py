"""The role of row-level security where the login may not make it, and what a later `migrate` makes good."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from spoonfeeder.core import log
from spoonfeeder.core.actor import LOCAL_OWNER
from spoonfeeder.db import DEFAULT_WORKSPACE_ID, Workspace
from spoonfeeder.db.migrate import downgrade, run_on, upgrade
from spoonfeeder.db.row_security import ROLE, owned_tables, secure_rows, warn_unless_secured
from spoonfeeder.embedded.postgres import EmbeddedPostgres
from spoonfeeder.runtime import Runtime, open_runtime
from spoonfeeder.work import open_system_work, open_work
from tests.db.conftest import settings_of
from tests.db.rows import seed_workspace
from tests.fixtures.log_lines import log_restored

LOGIN = "plain"
POLICIES = text("SELECT tablename FROM pg_policies ORDER BY 1")
EVERYBODYS = text("SELECT workspace_id FROM comfyui_generations")


@pytest.fixture
def plain_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A database of a login that may make no roles, as a hosted PostgreSQL gives it."""
    postgres.execute(f"CREATE ROLE {LOGIN} LOGIN NOCREATEROLE")
    postgres.execute(f"CREATE DATABASE {LOGIN} OWNER {LOGIN} TEMPLATE template0")
    yield postgres.url(LOGIN, user=LOGIN)
    postgres.drop_database(LOGIN)
    postgres.execute(f"DROP ROLE {LOGIN}")


@pytest.fixture
def no_role(postgres: EmbeddedPostgres, migrated_template: str) -> Iterator[None]:
    """A server on which nobody has made the role yet; `make_role` ends that."""
    postgres.execute(f"ALTER ROLE {ROLE} RENAME TO hidden")
    yield
    if postgres.execute("SELECT 1 FROM pg_roles WHERE rolname = 'hidden'").strip():
        make_role(postgres)


def make_role(postgres: EmbeddedPostgres) -> None:
    postgres.execute(f"ALTER ROLE hidden RENAME TO {ROLE}")


@asynccontextmanager
async def two_workspaces(url: str, home: Path) -> AsyncIterator[Runtime]:
    async with open_runtime(settings_of(url, home)) as runtime:
        async with runtime.sessions.begin() as session:
            session.add(Workspace(id=(other := uuid4()), name="Other"))
            await session.flush()
            for workspace_id in (DEFAULT_WORKSPACE_ID, other):
                await seed_workspace(session, workspace_id)
        yield runtime


async def seen(runtime: Runtime) -> int:
    """How many of the two workspaces a query without any filter shows."""
    async with open_work(runtime, LOCAL_OWNER) as work:
        return len((await work.session.execute(EVERYBODYS)).all())


async def warned(runtime: Runtime) -> bool:
    lines = io.StringIO()
    with log_restored():
        log.configure("info", "json", lines)
        await warn_unless_secured(runtime.engine)
    logged = [json.loads(line)["event"] for line in lines.getvalue().splitlines()]
    assert logged in ([], ["row_security_off"])
    return bool(logged)


async def test_without_the_role_all_works_with_a_warning_and_a_later_migrate_secures(
    postgres: EmbeddedPostgres, no_role: None, plain_url: str, tmp_path: Path
) -> None:
    await asyncio.to_thread(upgrade, plain_url)
    async with two_workspaces(plain_url, tmp_path) as runtime:
        assert await warned(runtime)
        assert await seen(runtime) == 2

        make_role(postgres)
        postgres.execute(f"GRANT {ROLE} TO {LOGIN}")
        assert await seen(runtime) == 2, "a server that runs meanwhile must not lose its tables"
        assert await warned(runtime)

        await asyncio.to_thread(upgrade, plain_url)
        assert await seen(runtime) == 1
        assert not await warned(runtime)
        async with open_system_work(runtime, "test") as work:
            secured = (await work.session.execute(POLICIES)).scalars().all()
        assert secured == sorted(table.name for table in owned_tables())


async def test_a_role_that_others_made_is_taken_as_soon_as_it_is_granted(
    postgres: EmbeddedPostgres, migrated_template: str, plain_url: str, tmp_path: Path
) -> None:
    await asyncio.to_thread(upgrade, plain_url)
    async with two_workspaces(plain_url, tmp_path) as runtime:
        assert (await warned(runtime), await seen(runtime)) == (True, 2)
        postgres.execute(f"GRANT {ROLE} TO {LOGIN} WITH SET FALSE")
        assert (await warned(runtime), await seen(runtime)) == (True, 2)
        postgres.execute(f"GRANT {ROLE} TO {LOGIN} WITH SET TRUE")
        assert (await warned(runtime), await seen(runtime)) == (False, 1)


async def test_what_a_restored_dump_lacks_is_made_good(
    postgres: EmbeddedPostgres, shared_database: str, tmp_path: Path
) -> None:
    """`pg_dump --no-privileges` keeps policies and loses rights; a dump without the role loses both."""
    url = postgres.url(shared_database)
    postgres.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ROLE}", shared_database)
    postgres.execute(f"DROP POLICY {ROLE} ON tasks", shared_database)
    postgres.execute("ALTER TABLE media DISABLE ROW LEVEL SECURITY", shared_database)
    async with two_workspaces(url, tmp_path) as runtime:
        assert (await warned(runtime), await seen(runtime)) == (True, 2)
        await asyncio.to_thread(upgrade, url)
        assert (await warned(runtime), await seen(runtime)) == (False, 1)
        async with open_work(runtime, LOCAL_OWNER) as work:
            for table in owned_tables():
                rows = await work.session.execute(text(f"SELECT 1 FROM {table.name}"))
                assert len(rows.all()) == 1, table.name


async def test_databases_of_one_server_are_secured_at_the_same_time(
    postgres: EmbeddedPostgres, migrated_template: str, plain_url: str
) -> None:
    """The role is the server's: each takes it for its own login, and nothing from the others."""
    postgres.execute(f"ALTER ROLE {LOGIN} CREATEROLE; GRANT {ROLE} TO {LOGIN} WITH ADMIN TRUE, SET FALSE")
    await asyncio.to_thread(upgrade, plain_url)
    names = [f"neighbour_{number}" for number in range(3)]
    for name in names:
        postgres.create_database(name, migrated_template)
    postgres.execute(f"REVOKE {ROLE} FROM {LOGIN} GRANTED BY {LOGIN}")
    members = f"SELECT DISTINCT member::regrole FROM pg_auth_members WHERE roleid = '{ROLE}'::regrole AND set_option"
    assert postgres.execute(members).split() == ["spoonfeeder"]

    urls = [plain_url, *(postgres.url(name) for name in names)]
    await asyncio.gather(*(asyncio.to_thread(run_on, url, secure_rows) for url in urls))

    assert set(postgres.execute(members).split()) == {"spoonfeeder", LOGIN}
    await asyncio.to_thread(downgrade, plain_url, "base")
    assert postgres.execute("SELECT count(*) FROM pg_policies", LOGIN).strip() == "0"
    for name in names:
        postgres.drop_database(name)
