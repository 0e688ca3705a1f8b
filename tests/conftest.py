"""The servers of a test run: one PostgreSQL and one Redis, each test with a database of its own."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from redis import Redis

from spoonfeeder.core.settings import Settings
from spoonfeeder.db import migrate
from spoonfeeder.embedded.postgres import EmbeddedPostgres
from spoonfeeder.embedded.redis import EmbeddedRedis
from tests.fixtures.databases import Databases, open_databases
from tests.fixtures.memory import memory_folder
from tests.serving import NOBODY_URL

# What the developer's environment and `.env` say of their own system must not reach a test, nor a test their Ollama.
Settings.model_config["env_file"] = None
for name in (*Settings.model_fields, "spoonfeeder_home"):
    if name != "home":
        os.environ.pop(name.upper(), None)
os.environ["OLLAMA_URL"] = NOBODY_URL

# With the values of every frame, as is usual without a configuration, a traceback of ours takes seconds to draw.
structlog.dev.ConsoleRenderer.get_active().exception_formatter = structlog.dev.plain_traceback

# A slow machine is no fault of what a test generates.
hypothesis_settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("patient")

# Imports make no garbage; to look for it again and again would be a third of the collection.
gc.set_threshold(50_000)
pytest_plugins = [
    "tests.fixtures.application",
    "tests.fixtures.latency",
    "tests.fixtures.log_lines",
    "tests.fixtures.pace",
    "tests.fixtures.patience",
    "tests.fixtures.server_mode",
]
TEMPLATE = "template_migrated"


def pytest_collection_finish() -> None:
    """What the imports made stays: not looked through for garbage again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """A folder with a short path that the database's user can enter; pytest's own is private."""
    folder = Path(tempfile.mkdtemp(prefix="sf-test-", dir=memory_folder()))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres(server_folder: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(server_folder, durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def databases(postgres: EmbeddedPostgres) -> Iterator[Databases]:
    with open_databases(postgres) as opened:
        yield opened


@pytest.fixture(scope="session")
def redis_server(server_folder: Path) -> Iterator[EmbeddedRedis]:
    with EmbeddedRedis(server_folder / "redis", durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def migrated_template(postgres: EmbeddedPostgres) -> str:
    postgres.create_database(TEMPLATE)
    migrate.upgrade(postgres.url(TEMPLATE))
    return TEMPLATE


@pytest.fixture
def database_url(postgres: EmbeddedPostgres, databases: Databases, migrated_template: str) -> Iterator[str]:
    """A fresh, migrated database; dropped afterwards with whoever is still connected."""
    with databases.database(migrated_template) as name:
        yield postgres.url(name)


@pytest.fixture
def empty_database_url(postgres: EmbeddedPostgres, databases: Databases) -> Iterator[str]:
    """A fresh database without any table, for the migrations' own tests."""
    with databases.database("template0") as name:
        yield postgres.url(name)


@pytest.fixture
def redis_url(redis_server: EmbeddedRedis) -> str:
    """An emptied Redis."""
    with Redis.from_url(redis_server.url) as client:
        client.flushall()
    return redis_server.url
