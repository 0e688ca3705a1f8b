"""What a claim costs with few and with many rows waiting, beside a large library and a long memory of turns."""

import time
from statistics import median, quantiles
from uuid import UUID

import pytest
from sqlalchemy import text

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID
from spoonfeeder.core.settings import Settings
from spoonfeeder.durable.claim import claim
from spoonfeeder.features.generations.line import GENERATIONS
from spoonfeeder.runtime import Runtime, open_runtime

pytestmark = pytest.mark.bench

USERS, SESSIONS, TURNS = 20, 200, 20_000
ROUNDS = 40
MOST_MS = 100.0

MAKE_PLACE = f"""
    INSERT INTO users (id, email, name) SELECT gen_random_uuid(), n || '@example.com', 'Somebody'
        FROM generate_series(1, {USERS}) n;
    INSERT INTO profiles (id, workspace_id, name, type, provider, url)
        VALUES ('{UUID(int=7)}', '{DEFAULT_WORKSPACE_ID}', 'Two machines', 'image', 'comfyui', 'http://127.0.0.1:1');
    INSERT INTO comfyui_backends (workspace_id, profile_id, name, url)
        VALUES ('{DEFAULT_WORKSPACE_ID}', '{UUID(int=7)}', 'Second', 'http://127.0.0.1:2');
    INSERT INTO comfyui_sessions (workspace_id, profile_id, title)
        SELECT '{DEFAULT_WORKSPACE_ID}', '{UUID(int=7)}', 'Session' FROM generate_series(1, {SESSIONS});
    INSERT INTO line_turns (line, share) SELECT 'generations', gen_random_uuid() FROM generate_series(1, {TURNS})
"""
MAKE_WAITING = f"""
    INSERT INTO comfyui_generations
        (workspace_id, profile_id, backend_url, checkpoint_name, needs_sha256, created_by, session_id)
    SELECT '{DEFAULT_WORKSPACE_ID}', '{UUID(int=7)}', 'http://127.0.0.1:1', 'model-' || n % 5, repeat('a', 64),
        who.ids[1 + n % {USERS}], wherever.ids[1 + n % {SESSIONS}]
    FROM generate_series(1, :number) n, (SELECT array_agg(id) AS ids FROM users WHERE email LIKE '%@example.com') who,
        (SELECT array_agg(id) AS ids FROM comfyui_sessions WHERE profile_id = '{UUID(int=7)}') wherever
"""
END = "UPDATE comfyui_generations SET status = 'cancelled' WHERE id = :id"


async def test_a_claim_costs_little_with_10_000_rows_waiting(dsn: str, settings: Settings) -> None:
    """Bar: far less than a picture takes; one claim at a time is the most that all workers together make."""
    assert dsn
    async with open_runtime(settings) as runtime:
        await _execute(runtime, *MAKE_PLACE.split(";"))
        for waiting in (1, 200, 10_000):
            await _execute(runtime, "DELETE FROM comfyui_generations WHERE status = 'pending'")
            await _execute(runtime, MAKE_WAITING, number=waiting)
            await _execute(runtime, "ANALYZE")
            spent = [await _claim_ms(runtime) for _ in range(ROUNDS)]
            slowest = quantiles(spent, n=20)[-1]
            print(f"\n{waiting} waiting: {median(spent):.1f} ms a claim, p95 {slowest:.1f} ms", end="")  # noqa: T201
            assert median(spent) <= MOST_MS
        print()  # noqa: T201


async def _claim_ms(runtime: Runtime) -> float:
    began = time.perf_counter()
    claimed = await claim(runtime, GENERATIONS)
    spent = (time.perf_counter() - began) * 1000
    assert claimed is not None
    again = "INSERT INTO comfyui_generations (workspace_id, profile_id, created_by, session_id, needs_sha256)"
    same = "SELECT workspace_id, profile_id, created_by, session_id, needs_sha256 FROM comfyui_generations"
    await _execute(runtime, END, f"{again} {same} WHERE id = :id", id=claimed.id)
    return spent


async def _execute(runtime: Runtime, *statements: str, **values: object) -> None:
    async with runtime.engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement), values)
