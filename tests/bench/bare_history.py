"""The floor: one page of a session's generations by asyncpg and orjson, and the least that serves it.

`python -m tests.bench.bare_history DSN PORT SESSION_ID`
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from spoonfeeder.core.actor import LOCAL_OWNER
from tests.bench.filters import FILTERS
from tests.bench.processes import free_port
from tests.bench.stage import Api, program, until_answered

ROWS = 50
COLUMNS = (
    "id, session_id, workflow_id, profile_id, backend_url, prompt_id, prompt_text, negative_prompt, parameters,"
    " warnings, width, height, steps, cfg_scale, seed::text, sampler_name, scheduler, batch_size, checkpoint_name,"
    " loras_used, status, progress, current_node, waiting_reason, outputs, error, error_code, error_details,"
    " generation_time_seconds, batch_id, batch_index, priority, favorite, rerun_of, version, cancel_requested_at,"
    " created_at, started_at, completed_at, updated_at"
)
QUERY = f"""
    SELECT {COLUMNS} FROM comfyui_generations
    WHERE session_id = $1 AND deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT {ROWS}
"""
FOUND = f"""
    SELECT {COLUMNS} FROM comfyui_generations
    WHERE workspace_id = '{LOCAL_OWNER.workspace_id}' AND deleted_at IS NULL AND {{}}
    ORDER BY created_at DESC, id DESC LIMIT {ROWS}
"""
USUAL, FOR_VALUES = "auto", "force_custom_plan"
"""How statements are planned: a plan for any word reads the whole table for a rare one, and may be taken after five."""
JSON_COLUMNS = ("parameters", "warnings", "loras_used", "outputs", "error_details")


async def page(pool: asyncpg.Pool, session_id: str | UUID) -> bytes:
    return await page_of(pool, QUERY, session_id)


async def page_of(pool: asyncpg.Pool, query: str, *values: Any) -> bytes:
    rows = [dict(row) for row in await pool.fetch(query, *values)]
    for row in rows:
        for name in JSON_COLUMNS:
            if row[name] is not None:
                row[name] = orjson.Fragment(row[name])
    return orjson.dumps(rows, default=str)


@asynccontextmanager
async def served(database_url: str, session_id: UUID) -> AsyncIterator[Api]:
    """In a process of its own."""
    port, dsn = free_port(), database_url.replace("+asyncpg", "")
    async with program("tests.bench.bare_history", dsn, str(port), str(session_id)) as process:
        floor = Api(f"http://127.0.0.1:{port}", process.pid)
        await until_answered(f"{floor.url}/")
        yield floor


def open_pool(dsn: str, plans: str = USUAL) -> Any:
    return asyncpg.create_pool(dsn, min_size=1, max_size=10, server_settings={"plan_cache_mode": plans})


def serve(dsn: str, port: str, session_id: str) -> None:
    pools: dict[str, asyncpg.Pool] = {}

    async def pool(plans: str) -> asyncpg.Pool:
        if plans not in pools:
            pools[plans] = await open_pool(dsn, plans)
        return pools[plans]

    async def show(_: Request) -> Response:
        return Response(await page(await pool(USUAL), session_id), media_type="application/json")

    async def find(request: Request) -> Response:
        _, where, values = FILTERS[request.path_params["name"]]
        found = await page_of(await pool(FOR_VALUES), FOUND.format(where), *values)
        return Response(found, media_type="application/json")

    app = Starlette(routes=[Route("/", show), Route("/found/{name}", find)])
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="critical", loop="uvloop", access_log=False)


if __name__ == "__main__":
    serve(*sys.argv[1:])
