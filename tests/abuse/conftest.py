"""One running server for all attacks of a file, so that hundreds of them take seconds; each leaves it serving."""

import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx2
import pytest
import pytest_asyncio
from redis import Redis

from spoonfeeder.core.settings import Settings
from spoonfeeder.embedded.postgres import EmbeddedPostgres
from spoonfeeder.embedded.redis import EmbeddedRedis
from spoonfeeder.simulator import Options, Simulator
from spoonfeeder.simulator.ollama import SimulatedOllama
from tests.abuse.matrix import matrix
from tests.fixtures.application import NO_TLS, Application, serve_api, serve_work
from tests.fixtures.databases import Databases

__all__ = ["matrix"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(
    postgres: EmbeddedPostgres,
    databases: Databases,
    migrated_template: str,
    redis_server: EmbeddedRedis,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Application]:
    with Redis.from_url(redis_server.url) as client:
        client.flushall()
    async with AsyncExitStack() as stack:
        ollama = await stack.enter_async_context(SimulatedOllama())
        settings = Settings(
            _env_file=None,
            database_url=postgres.url(stack.enter_context(databases.database(migrated_template))),
            redis_url=redis_server.url,
            ollama_url=ollama.url,
            SPOONFEEDER_HOME=tmp_path_factory.mktemp("home"),
            encryption_key=secrets.token_hex(32),
            lease_seconds=30,
            heartbeat_seconds=0.5,
            sweep_seconds=0.3,
            backend_check_seconds=0,
        )
        simulator = await stack.enter_async_context(Simulator(Options(probes=True)))
        url = await stack.enter_async_context(serve_api(settings))
        http = await stack.enter_async_context(httpx2.AsyncClient(base_url=url, timeout=30, verify=NO_TLS))
        yield Application(settings, url, http, simulator)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def application(api: Application) -> AsyncIterator[Application]:
    """With a worker."""
    async with serve_work(api.settings):
        yield api
