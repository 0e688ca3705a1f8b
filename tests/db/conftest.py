import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncSession

from spoonfeeder.core.settings import Settings
from spoonfeeder.db import DEFAULT_WORKSPACE_ID, Workspace
from spoonfeeder.db.session import open_engine, open_sessions
from spoonfeeder.embedded.postgres import EmbeddedPostgres
from spoonfeeder.runtime import Runtime, open_runtime
from tests.db.rows import seed_workspace
from tests.fixtures.databases import Databases


@pytest.fixture
async def session(database_url: str) -> AsyncIterator[AsyncSession]:
    engine = open_engine(database_url, pool_size=2)
    async with open_sessions(engine)() as session:
        yield session
    await engine.dispose()


@pytest.fixture(scope="module")
def shared_database(databases: Databases, migrated_template: str) -> Iterator[str]:
    """The name of one database for all tests of a module."""
    with databases.database(migrated_template) as name:
        yield name


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def runtime(
    postgres: EmbeddedPostgres, shared_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Runtime]:
    """With one connection to the shared database, which everybody must use in turn."""
    async with open_runtime(settings_of(postgres.url(shared_database), tmp_path_factory.mktemp("home"))) as runtime:
        yield runtime


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def foreign_id(runtime: Runtime) -> UUID:
    """A second workspace; like the default one, it has a row in every table of workspaces."""
    async with runtime.sessions() as session:
        foreign = Workspace(id=uuid4(), name="Other")
        session.add(foreign)
        await session.flush()
        for workspace_id in (DEFAULT_WORKSPACE_ID, foreign.id):
            await seed_workspace(session, workspace_id)
        await session.commit()
    return foreign.id


def settings_of(database_url: str, home: Path) -> Settings:
    """Of a runtime without Redis."""
    return Settings(
        _env_file=None,
        database_url=database_url,
        redis_url="redis://127.0.0.1:1",
        SPOONFEEDER_HOME=home,
        encryption_key=secrets.token_hex(32),
        database_pool_size=1,
    )
