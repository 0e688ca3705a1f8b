"""One running server for all tests of a file, with OpenAI's own client before it and a scripted provider behind it."""

import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import pytest_asyncio
from openai import AsyncOpenAI
from redis import Redis

from spoonfeeder.core.settings import Settings
from spoonfeeder.embedded.postgres import EmbeddedPostgres
from spoonfeeder.embedded.redis import EmbeddedRedis
from spoonfeeder.simulator import Simulator
from tests.fixtures.application import NO_TLS, Application, serve_api
from tests.fixtures.databases import Databases
from tests.fixtures.scripted import Scripted, scripted

PICTURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVQI12P4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
)


@dataclass
class Door:
    """`client` is OpenAI's SDK at our server; `upstream` is the provider that the profiles of `profile()` lead to."""

    application: Application
    upstream: Scripted
    client: AsyncOpenAI

    async def profile(self, name: str | None = None, provider: str = "openai", **fields: Any) -> dict[str, Any]:
        path = "/v1" if provider == "openai" else ""
        body = {
            "name": name or f"p-{uuid4().hex[:8]}",
            "provider": provider,
            "url": f"{self.upstream.url}{path}",
            "api_key": "key-of-the-profile-0123456789",
        }
        made: dict[str, Any] = await self.application.json("POST", "/profiles", 201, json=body | fields)
        return made

    async def model(self, profile: dict[str, Any], model_id: str) -> None:
        await self.application.json("POST", f"/profiles/{profile['id']}/models", 201, json={"model_id": model_id})

    async def post(self, path: str, **options: Any) -> httpx2.Response:
        return await self.application.http.post(f"/v1{path}", **options)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(
    postgres: EmbeddedPostgres,
    databases: Databases,
    migrated_template: str,
    redis_server: EmbeddedRedis,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Door]:
    with Redis.from_url(redis_server.url) as client:
        client.flushall()
    async with AsyncExitStack() as stack:
        settings = Settings(
            _env_file=None,
            database_url=postgres.url(stack.enter_context(databases.database(migrated_template))),
            redis_url=redis_server.url,
            SPOONFEEDER_HOME=tmp_path_factory.mktemp("home"),
            encryption_key=secrets.token_hex(32),
        )
        url = await stack.enter_async_context(serve_api(settings))
        http = await stack.enter_async_context(httpx2.AsyncClient(base_url=url, timeout=20, verify=NO_TLS))
        upstream = await stack.enter_async_context(scripted())
        sdk_http = await stack.enter_async_context(httpx2.AsyncClient(timeout=20, verify=NO_TLS))
        sdk = AsyncOpenAI(api_key="sk-anything", base_url=f"{url}/v1", http_client=sdk_http, max_retries=0)
        yield Door(Application(settings, url, http, Simulator()), upstream, sdk)


@pytest.fixture
def door(running: Door) -> Door:
    """The upstream has no script and was asked nothing yet."""
    running.upstream.script = None
    running.upstream.replies.clear()
    running.upstream.asked.clear()
    return running
