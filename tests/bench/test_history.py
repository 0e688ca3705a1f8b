"""A page of 50 from a session with 10,000 generations, against the same page by asyncpg and orjson alone."""

import os
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from uuid import UUID

import asyncpg
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
from tests.bench.processes import free_port, running
from tests.waiting import until_async

pytestmark = pytest.mark.bench

GENERATIONS = 10_000
PAIRS = 300
MOST_TIMES = 3.0
SESSION = UUID("0f4a52c2-9d0c-4a7e-8b57-5e9d3f6a1c11")

MAKE_SESSION = """
    INSERT INTO comfyui_sessions (id, workspace_id, title, generation_count) VALUES ($1, $2, 'History', $3)
"""
MAKE_GENERATIONS = """
    INSERT INTO comfyui_generations (
        id, workspace_id, session_id, prompt_id, status, progress, prompt_text, negative_prompt, parameters, warnings,
        width, height, steps, cfg_scale, seed, sampler_name, scheduler, checkpoint_name, loras_used, outputs,
        workflow_json_snapshot, generation_time_seconds, created_at, started_at, completed_at
    )
    SELECT gen_random_uuid(), $2, $1, gen_random_uuid(), 'completed', 100, repeat('a mountain lake at dawn, ', 12),
        'blurry, low quality', $4::jsonb, '[]', 1024, 1024, 30, 7.0, 12345678901234567 + n, 'euler', 'karras',
        'sd_xl_base_1.0.safetensors', $5::jsonb, $6, repeat($6, 10), 4.2, now() - n * interval '1 minute', now(), now()
    FROM generate_series(1, $3) n
"""
PARAMETERS = {
    "prompt": "a mountain lake at dawn, " * 12,
    "negative_prompt": "blurry, low quality",
    "width": 1024,
    "height": 1024,
    "steps": 30,
    "cfg_scale": 7.0,
    "seed": 12345678901234567,
    "sampler_name": "euler",
    "scheduler": "karras",
    "batch_size": 1,
}
LORAS = [{"name": "detail_tweaker_xl.safetensors", "strength_model": 0.8, "strength_clip": 0.8}]
OUTPUTS = [
    {"index": 0, "node_id": "9", "filename": "ComfyUI_00001_.png", "subfolder": "", "type": "output"}
    | {"media_type": "image/png", "url": f"/api/media/{SESSION}", "thumbnail_url": f"/api/media/{SESSION}/thumbnail"}
    | {"width": 1024, "height": 1024, "duration_seconds": None, "bytes": 1_500_000, "sha256": "a" * 64}
]


@dataclass(frozen=True)
class Pair:
    """Medians in milliseconds, and the median of the ratios of neighbours."""

    floor: float
    ours: float
    times: float

    def __str__(self) -> str:
        return f"floor {self.floor:.2f} ms, ours {self.ours:.2f} ms, {self.times:.2f} times"


async def compare(floor: Callable[[], Awaitable[object]], ours: Callable[[], Awaitable[object]]) -> Pair:
    for _ in range(30):
        await floor()
        await ours()
    pairs = [(await _milliseconds(floor), await _milliseconds(ours)) for _ in range(PAIRS)]
    return Pair(
        median(one for one, _ in pairs), median(one for _, one in pairs), median(more / least for least, more in pairs)
    )


async def _milliseconds(call: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await call()
    return (time.perf_counter() - started) * 1000


@pytest.fixture
async def dsn(database_url: str) -> str:
    """A database with the long session in it."""
    dsn = database_url.replace("postgresql+asyncpg", "postgresql")
    connection = await asyncpg.connect(dsn)
    workspace = LOCAL_OWNER.workspace_id
    await connection.execute(MAKE_SESSION, SESSION, workspace, GENERATIONS)
    documents = [orjson.dumps(value).decode() for value in (PARAMETERS, LORAS, OUTPUTS)]
    await connection.execute(MAKE_GENERATIONS, SESSION, workspace, GENERATIONS, *documents)
    await connection.execute("ANALYZE")
    await connection.close()
    return dsn


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(timeout=20) as client:
        yield client


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
