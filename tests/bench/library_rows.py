"""A library of many generations, made in the database itself: what a page of search results is measured on.

Every other 500 of them belong to the first session.
"""

import asyncio

import asyncpg
import orjson

from spoonfeeder.core.actor import LOCAL_OWNER
from tests.bench.conftest import OUTPUTS

SESSIONS = 2_000
VERSION = 2
"""To be raised where what is made changes, since it is kept (tests.bench.library)."""
MAKE_PROJECTS = """
    INSERT INTO projects (id, workspace_id, name)
    SELECT lpad(to_hex(n), 32, '0')::uuid, $1, 'Project ' || n FROM generate_series(1, 20) n
"""
MAKE_SESSIONS = """
    INSERT INTO comfyui_sessions (id, workspace_id, title, project_id)
    SELECT lpad(to_hex(n), 32, '0')::uuid, $1, 'Session ' || n,
        CASE WHEN n % 10 = 1 THEN lpad(to_hex(n / 10 % 20 + 1), 32, '0')::uuid END
    FROM generate_series(1, $2) n
"""
MAKE_WORKFLOWS = """
    INSERT INTO comfyui_workflows (id, workspace_id, name, workflow_json)
    SELECT lpad(to_hex(n), 32, '0')::uuid, $1, 'Workflow ' || n, '{}' FROM generate_series(1, 50) n
"""
MAKE_GENERATIONS = """
    INSERT INTO comfyui_generations (
        workspace_id, session_id, workflow_id, status, progress, prompt_text, negative_prompt, parameters,
        width, height, steps, cfg_scale, seed, sampler_name, scheduler, checkpoint_name, loras_used, outputs,
        workflow_json_snapshot, generation_time_seconds, favorite, tags, batch_id, created_at, started_at, completed_at
    )
    SELECT $1, lpad(to_hex(CASE WHEN n / 500 % 2 = 1 THEN 1 ELSE 1 + n / 500 % $4::int END), 32, '0')::uuid,
        lpad(to_hex(1 + hash % 50), 32, '0')::uuid,
        status, CASE status WHEN 'completed' THEN 100 ELSE 0 END, prompt, 'blurry, low quality, watermark',
        jsonb_build_object('width', width, 'height', height, 'steps', steps, 'cfg_scale', cfg, 'seed', seed,
            'sampler_name', sampler, 'scheduler', scheduler, 'batch_size', 1, '3.denoise', hash % 100 / 100.0),
        width, height, steps, cfg, seed, sampler, scheduler, checkpoint, loras, $5, repeat($5, 4),
        1 + hash % 9000 / 100.0, hash % 50 = 0, tags,
        CASE WHEN n % 20 = 0 THEN lpad(to_hex(n / 1000), 32, '0')::uuid END, moment, moment, moment
    FROM (
        SELECT n, hash, n * 1000003::numeric AS seed, now() - (($3::int - n) || ' seconds')::interval AS moment,
            CASE WHEN hash % 200 = 0 THEN 'failed' WHEN hash % 300 = 1 THEN 'cancelled' ELSE 'completed' END AS status,
            (ARRAY[1024, 832, 512, 768])[1 + hash % 4] AS width, (ARRAY[1024, 1216, 512, 768])[1 + hash % 4] AS height,
            (ARRAY[20, 25, 30, 8, 50])[1 + hash / 7 % 5] AS steps, (ARRAY[7, 5.5, 1, 3])[1 + hash / 3 % 4] AS cfg,
            (ARRAY['euler', 'dpmpp_2m', 'dpmpp_sde', 'uni_pc', 'lcm'])[1 + hash / 11 % 5] AS sampler,
            (ARRAY['normal', 'karras', 'simple'])[1 + hash / 13 % 3] AS scheduler,
            'models/checkpoint_' || floor(30 * power(hash / 7 % 1000 / 1000.0, 2))::int || '.safetensors' AS checkpoint,
            concat_ws(' ', CASE WHEN hash % 10 < 3 THEN 'portrait' END, CASE WHEN hash % 100 = 7 THEN 'dragon' END,
                CASE WHEN hash % 1000 = 9 THEN 'lighthouse' END, CASE WHEN hash % 20000 = 17 THEN 'zeppelin' END,
                CASE WHEN $7 AND hash % 5 = 2 THEN 'daguerreotype' END,
                'masterpiece, best quality, a', words, 'at dawn, cinematic light, 8k') AS prompt,
            CASE WHEN hash % 3 = 0 THEN jsonb_build_array(jsonb_build_object('name',
                'style/lora_' || hash / 5 % 200 || '.safetensors', 'strength_model', 0.8)) ELSE '[]' END AS loras,
            CASE WHEN hash % 20 = 0 THEN ARRAY['keeper', 'tag ' || hash / 3 % 500] ELSE '{}'::text[] END AS tags
        FROM (
            SELECT n, abs(hashint8(n::bigint) / 2) AS hash,
                (
                    SELECT string_agg('word' || floor(5 * power(abs(hashint8(31 * n + m) % 10000), 3) / 1e9), ' ')
                    FROM generate_series(1, 12::bigint) m
                ) AS words
            FROM generate_series($2::int, $6::int) n
        ) numbers
    ) rows
"""
COPY_GENERATIONS = """
    INSERT INTO comfyui_generations (
        workspace_id, session_id, workflow_id, status, progress, prompt_text, negative_prompt, parameters,
        width, height, steps, cfg_scale, seed, sampler_name, scheduler, checkpoint_name, loras_used, outputs,
        workflow_json_snapshot, generation_time_seconds, favorite, tags, batch_id, created_at, started_at, completed_at,
        search
    )
    SELECT workspace_id, lpad(to_hex(CASE WHEN ((seed / 1000003)::int + $3::int) / 500 % 2 = 1 THEN 1
            ELSE ((seed / 1000003)::int + $3::int) / 500 % $4::int + 1 END), 32, '0')::uuid,
        workflow_id, status, progress, prompt_text, negative_prompt, parameters, width, height, steps, cfg_scale,
        seed + $3::int * 1000003::numeric, sampler_name, scheduler, checkpoint_name, loras_used, outputs,
        workflow_json_snapshot, generation_time_seconds, favorite, tags,
        lpad(to_hex(((seed / 1000003)::int + $3::int) / 1000), 32, '0')::uuid,
        created_at + $3::int * interval '1 second', started_at, completed_at, search
    FROM comfyui_generations WHERE seed BETWEEN $1::int * 1000003::numeric AND $2::int * 1000003::numeric
"""
PARTS = 20
OLD = 6
"""Of the parts are the oldest, in which there is a word that nobody has used since."""
INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'comfyui_generations' AND indexname NOT LIKE 'pk%'
"""
TRIGGER = "ALTER TABLE comfyui_generations {} TRIGGER generation_search"


async def fill(dsn: str, rows: int) -> None:
    """Makes `rows` generations: two parts by the table's own trigger, the others as copies, then the indexes."""
    workspace = LOCAL_OWNER.workspace_id
    part = rows // PARTS
    outputs = orjson.dumps(OUTPUTS).decode()
    async with asyncpg.create_pool(dsn, min_size=2, max_size=2, command_timeout=600) as pool:
        for statement, *given in ((MAKE_PROJECTS,), (MAKE_SESSIONS, SESSIONS), (MAKE_WORKFLOWS,)):
            await pool.execute(statement, workspace, *given)
        indexes = await pool.fetch(INDEXES)
        for index in indexes:
            await pool.execute(f"DROP INDEX {index['indexname']}")
        firsts = ((1, OLD), (OLD * part + 1, PARTS - OLD))
        await asyncio.gather(
            *(
                pool.execute(MAKE_GENERATIONS, workspace, first, rows, SESSIONS, outputs, first + part - 1, first == 1)
                for first, _ in firsts
            )
        )
        await pool.execute("CREATE INDEX of_seed ON comfyui_generations (seed)")
        await pool.execute(TRIGGER.format("DISABLE"))
        copies = [(first, number * part) for first, parts in firsts for number in range(1, parts)]
        await asyncio.gather(
            *(pool.execute(COPY_GENERATIONS, first, first + part - 1, later, SESSIONS) for first, later in copies)
        )
        await pool.execute(TRIGGER.format("ENABLE"))
        await pool.execute("DROP INDEX of_seed")
        await asyncio.gather(*(_make_index(pool, index["indexdef"]) for index in indexes))
        await pool.execute("VACUUM ANALYZE")


async def _make_index(pool: asyncpg.Pool, definition: str) -> None:
    async with pool.acquire() as connection:
        await connection.execute("SET maintenance_work_mem = '512MB'")
        await connection.execute(definition)
