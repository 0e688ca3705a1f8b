"""Two processes on one database, without their loops: what is due is fired by the test."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from redis import Redis

from spoonfeeder.embedded.postgres import EmbeddedPostgres
from spoonfeeder.embedded.redis import EmbeddedRedis
from spoonfeeder.runtime import open_runtime
from tests.features.schedules.processes import Processes
from tests.fixtures.application import settings_of
from tests.fixtures.databases import Databases


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def processes(
    postgres: EmbeddedPostgres,
    databases: Databases,
    migrated_template: str,
    redis_server: EmbeddedRedis,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Processes]:
    """The same for all tests of a module."""
    with Redis.from_url(redis_server.url) as client:
        client.flushall()
    with databases.database(migrated_template) as name:
        settings = settings_of(postgres.url(name), redis_server.url, tmp_path_factory.mktemp("home"))
        async with open_runtime(settings) as first, open_runtime(settings) as second:
            yield Processes(first, second)
