"""Behind the second wall the queries of the API use the same indexes as in front of it."""

import json
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from sqlalchemy import event, text

from spoonfeeder.core.actor import LOCAL_OWNER
from spoonfeeder.core.errors import NotFound
from spoonfeeder.core.pagination import Cursor
from spoonfeeder.db import DEFAULT_WORKSPACE_ID, Generation
from spoonfeeder.features.generations import queries
from spoonfeeder.features.media import by_name
from spoonfeeder.features.media import service as media
from spoonfeeder.features.sessions import service as sessions
from spoonfeeder.features.workflows import queries as workflows
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_account_work, open_work

pytestmark = pytest.mark.asyncio(loop_scope="module")

SESSION = uuid4()
OURS = {"ours": DEFAULT_WORKSPACE_ID, "session": SESSION}
SEED = (
    "INSERT INTO workspaces (name) SELECT 'Other ' || n FROM generate_series(1, 3) n",
    "INSERT INTO profiles (workspace_id, name, type, provider) SELECT id, 'x', 'image', 'comfyui' FROM workspaces",
    """INSERT INTO comfyui_workflows (workspace_id, profile_id, name, workflow_json)
        SELECT workspace_id, id, 'x', '{}' FROM profiles, generate_series(1, 300)""",
    """INSERT INTO comfyui_sessions (workspace_id, title) SELECT id, 'x' FROM workspaces, generate_series(1, 300)""",
    "INSERT INTO comfyui_sessions (id, workspace_id, title) VALUES (:session, :ours, 'ours')",
    """INSERT INTO comfyui_generations (workspace_id, session_id, status, created_at)
        SELECT workspace_id, id, 'completed', now() - n * interval '1 minute'
        FROM comfyui_sessions, generate_series(1, 12) n""",
    """INSERT INTO comfyui_generations (workspace_id, session_id, status, created_at)
        SELECT :ours, :session, CASE WHEN n > 990 THEN 'pending' ELSE 'completed' END, now() - n * interval '1 minute'
        FROM generate_series(1, 1000) n""",
    """INSERT INTO media (workspace_id, generation_id, kind, filename, media_type, bytes, sha256, storage_key)
        SELECT workspace_id, id, 'output', id || '.png', 'image/png', 1, repeat('0', 64), 'x'
        FROM comfyui_generations""",
    "ANALYZE",
)


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def rows(runtime: Runtime) -> None:
    async with runtime.engine.begin() as connection:
        for statement in SEED:
            await connection.execute(text(statement), {name: OURS[name] for name in OURS if f":{name}" in statement})


async def indexes(work: Work, call: Callable[[Work], Awaitable[object]]) -> set[str]:
    """Names of the indexes in the plan of the statement that the call runs; a table that is read whole, by its name."""
    ran: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        ran.append((statement, parameters))

    engine = work.runtime.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        await call(work)
    except NotFound:
        pass
    finally:
        event.remove(engine, "before_cursor_execute", note)
    [(statement, parameters)] = ran
    connection = await work.session.connection()
    explained = await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
    plan = explained.scalar_one()
    return set(_names(json.loads(plan) if isinstance(plan, str) else plan))


def _names(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for part in node:
            yield from _names(part)
    elif isinstance(node, dict):
        if "Index Name" in node:
            yield node["Index Name"]
        elif node.get("Node Type") == "Seq Scan":
            yield f"all of {node['Relation Name']}"
        yield from _names(node.get("Plan", node.get("Plans", [])))


def page(**place: Any) -> Callable[[Work], Awaitable[object]]:
    return lambda work: queries.page(work, queries.OF_SESSION, SESSION, limit=50, **place)


BY_ID = "pk_comfyui_generations"
BY_SESSION = "idx_comfyui_generations_session_created"
YESTERDAY = Cursor(datetime.now(UTC) - timedelta(hours=9), uuid4())
CALLS: dict[str, tuple[Callable[[Work], Awaitable[object]], set[str]]] = {
    "page of a session": (page(), {BY_SESSION}),
    "page behind a cursor": (page(cursor=YESTERDAY), {BY_SESSION}),
    "page at an offset": (page(offset=300), {BY_SESSION}),
    "count of a session": (lambda work: queries.count(work, Generation.session_id == SESSION), {BY_SESSION}),
    "one generation": (lambda work: queries.get(work, uuid4()), {BY_ID}),
    "what is active": (queries.active, {"idx_comfyui_generations_active"}),
    "one session": (lambda work: sessions.show(work, uuid4()), {"pk_comfyui_sessions"}),
    "sessions": (
        lambda work: sessions.list_sessions(work, profile_id=None, limit=50),
        {"idx_comfyui_sessions_workspace_updated"},
    ),
    "workflows": (
        lambda work: workflows.list_workflows(work, profile_id=None, limit=50),
        {"idx_comfyui_workflows_workspace_created"},
    ),
    "one file": (lambda work: media.get(work, uuid4()), {"pk_media"}),
    "a file by its name": (
        lambda work: by_name._newest(work, by_name.Wanted("nobody.png", None, None, None)),
        {"idx_media_workspace_id_filename"},
    ),
}


@pytest.mark.parametrize("name", CALLS)
async def test_a_query_uses_its_index_on_both_sides_of_the_wall(runtime: Runtime, name: str) -> None:
    call, expected = CALLS[name]
    async with open_account_work(runtime, LOCAL_OWNER) as work:
        as_owner = await indexes(work, call)
    async with open_work(runtime, LOCAL_OWNER) as work:
        assert await indexes(work, call) == as_owner
    assert as_owner >= expected
    assert not any(index.startswith("all of comfyui_generations") for index in as_owner)
