"""The floor: one page of a session's generations by asyncpg and orjson, and the least that serves it.

`python -m tests.bench.bare_history DSN PORT SESSION_ID`
"""

import sys
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

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
JSON_COLUMNS = ("parameters", "warnings", "loras_used", "outputs", "error_details")


async def page(pool: asyncpg.Pool, session_id: str | UUID) -> bytes:
    rows = [dict(row) for row in await pool.fetch(QUERY, session_id)]
    for row in rows:
        for name in JSON_COLUMNS:
            if row[name] is not None:
                row[name] = orjson.Fragment(row[name])
    return orjson.dumps(rows, default=str)


def open_pool(dsn: str) -> Any:
    return asyncpg.create_pool(dsn, min_size=1, max_size=10)


def serve(dsn: str, port: str, session_id: str) -> None:
    pools: list[asyncpg.Pool] = []

    async def show(_: Request) -> Response:
        if not pools:
            pools.append(await open_pool(dsn))
        return Response(await page(pools[0], session_id), media_type="application/json")

    app = Starlette(routes=[Route("/", show)])
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="critical", loop="uvloop", access_log=False)


if __name__ == "__main__":
    serve(*sys.argv[1:])
