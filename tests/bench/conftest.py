"""A database with a session of 10,000 generations, and a client."""

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import httpx2
import orjson
import pytest

from spoonfeeder.core.actor import LOCAL_OWNER

GENERATIONS = 10_000
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
