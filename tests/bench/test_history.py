"""A page of 50 from a session with 10,000 generations, against the same page by asyncpg and orjson alone."""

import os
import secrets
from contextlib import AsyncExitStack
from pathlib import Path

import httpx2
import orjson
import pytest
import uvloop

from spoonfeeder.core.actor import LOCAL_OWNER
from spoonfeeder.core.settings import Settings
from spoonfeeder.features.generations.session_router import get_session
from spoonfeeder.runtime import open_runtime
from spoonfeeder.work import open_work
from tests.bench import bare_history
from tests.bench.conftest import GENERATIONS, SESSION
from tests.bench.pairs import Pair, compare
from tests.bench.processes import free_port, running
from tests.waiting import until_async

pytestmark = pytest.mark.bench

MOST_TIMES = 3.0


def test_the_service_is_close_to_raw_asyncpg(dsn: str, settings: Settings) -> None:
    """In one process, without HTTP, on the event loop that the API runs on: transaction, route and bytes."""
    pair = uvloop.run(_in_process(dsn, settings))
    print(f"\nin process: {pair}")  # noqa: T201
    assert pair.times <= MOST_TIMES


async def _in_process(dsn: str, settings: Settings) -> Pair:
    async with open_runtime(settings) as runtime, bare_history.open_pool(dsn) as pool:

        async def ours() -> bytes:
            async with open_work(runtime, LOCAL_OWNER) as work:
                return bytes((await get_session(work, SESSION, limit=bare_history.ROWS)).body)

        assert len(orjson.loads(await ours())["data"]["generations"]) == bare_history.ROWS
        return await compare(lambda: bare_history.page(pool, SESSION), ours)


async def test_the_page_is_close_to_a_bare_one_over_http(
    dsn: str, settings: Settings, redis_url: str, http: httpx2.AsyncClient, tmp_path: Path
) -> None:
    """Bar: at most three times the floor, first page and deep pages, both served by a process of their own."""
    environment = {
        **os.environ,
        "DATABASE_URL": dsn,
        "REDIS_URL": redis_url,
        "SPOONFEEDER_HOME": str(tmp_path),
        "ENCRYPTION_KEY": secrets.token_hex(32),
        "DEMO": "off",
        "LOG_LEVEL": "warning",
    }
    async with AsyncExitStack() as stack:
        ports = [free_port(), free_port()]
        await stack.enter_async_context(running("tests.bench.bare_history", dsn, str(ports[0]), str(SESSION)))
        environment["PORT"] = str(ports[1])
        await stack.enter_async_context(running("spoonfeeder", "api", environment=environment))
        least = f"http://127.0.0.1:{ports[0]}/"
        page = f"http://127.0.0.1:{ports[1]}/api/comfyui/sessions/{SESSION}"
        for url in (least, page):
            await until_async(lambda url=url: _answers(http, url), within_seconds=30)  # type: ignore[misc]
        deep = await _cursor_after(http, page, GENERATIONS - 500)
        first_page = await compare(lambda: http.get(least), lambda: http.get(page))
        deep_page = await compare(lambda: http.get(page), lambda: http.get(page, params={"cursor": deep}))
    print(f"\nover HTTP: {first_page}\ndeep page against the first: {deep_page}")  # noqa: T201
    assert first_page.times <= MOST_TIMES
    assert deep_page.times <= 1.3


async def _answers(http: httpx2.AsyncClient, url: str) -> bool:
    try:
        return (await http.get(url)).status_code == 200
    except httpx2.TransportError:
        return False


async def _cursor_after(http: httpx2.AsyncClient, page: str, rows: int) -> str:
    answer = await http.get(page, params={"offset": rows - 1, "limit": 1})
    return str(answer.json()["data"]["next_cursor"])
