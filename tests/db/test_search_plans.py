"""Generations are searched by indexes behind the second wall too, though the operators are not leakproof."""

from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import event, inspect, text

from spoonfeeder.core.actor import LOCAL_OWNER, User
from spoonfeeder.core.pagination import Cursor
from spoonfeeder.core.vocabulary import GenerationStatus, WorkspaceRole
from spoonfeeder.db import DEFAULT_WORKSPACE_ID, Generation
from spoonfeeder.db.generation_search import SEARCHED
from spoonfeeder.db.row_security import ROLE
from spoonfeeder.features.generations import queries, search
from spoonfeeder.features.generations.filters import Filters, wanted
from spoonfeeder.features.generations.sorting import Order, Sort, Sorting
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_system_work, open_work
from tests.db.test_row_security_plans import BY_SESSION, _names
from tests.db.test_row_security_plans import indexes as indexes_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEED = """
    INSERT INTO comfyui_generations (workspace_id, status, prompt_text, seed, checkpoint_name, sampler_name, scheduler,
        width, height, steps, cfg_scale, favorite, tags, loras_used, parameters, generation_time_seconds, created_at,
        session_id)
    SELECT :ours, CASE WHEN rare THEN 'failed' ELSE 'completed' END,
        concat_ws(' ', 'a fox', CASE WHEN rare THEN 'heron' END, CASE WHEN n % 20 = 0 THEN 'wolf' END),
        n, word, word, word, number, number, number, number + n % 3, rare,
        CASE WHEN rare THEN ARRAY['rare'] ELSE '{}' END,
        jsonb_build_array(jsonb_build_object('name', word)), jsonb_build_object('steps', n % 1000), n,
        now() - n * interval '1 s',
        lpad((CASE WHEN n BETWEEN 4201 AND 4260 THEN 1 + n % 2 WHEN n > 1500 AND n % 5 > 0 THEN 3
            ELSE 4 + n % 6 END)::text, 32, '0')::uuid
    FROM (
        SELECT n, n % 1500 = 700 AS rare, CASE WHEN n % 1500 = 700 THEN 'rare' ELSE 'common' END AS word,
            CASE WHEN n % 1500 = 700 THEN 64 ELSE 512 END AS number
        FROM generate_series(1, 4500) n
    ) numbered
"""
PROJECT, LONG_SESSION = UUID(int=7), UUID(int=3)
MAKE_PROJECT = "INSERT INTO projects (id, workspace_id, name) VALUES (:project, :ours, 'Long ago')"
MAKE_SESSIONS = """
    INSERT INTO comfyui_sessions (id, workspace_id, title, project_id)
    SELECT lpad(n::text, 32, '0')::uuid, :ours, 'x', CASE WHEN n < 3 THEN :project ::uuid END
    FROM generate_series(1, 9) n
"""
SETTING, GATHERED = "enable_bitmapscan", "Bitmap Heap Scan"
OTHER = UUID(int=1)
BY_WORD, BY_TIME = "search", "workspace_created"
RARE: dict[str, tuple[dict[str, Any], str]] = {
    "word": ({"q": "heron"}, BY_WORD),
    "no word": ({"q": "unheardof"}, BY_WORD),
    "lora": ({"lora": "rare"}, BY_WORD),
    "tag": ({"tag": ["rare"]}, BY_WORD),
    "parameter": ({"parameters": (("steps", "700.0"),)}, BY_WORD),
    "seed": ({"seed": "700"}, "seed"),
    "checkpoint": ({"checkpoint": "rare"}, "checkpoint"),
    "sampler": ({"sampler": "rare"}, "sampler"),
    "scheduler": ({"scheduler": "rare"}, "scheduler"),
    "width": ({"width": 64}, "width"),
    "width to": ({"max_width": 100}, "width"),
    "height": ({"max_height": 100}, "height"),
    "steps": ({"max_steps": 100}, "steps"),
    "cfg": ({"max_cfg": 100.0}, "cfg"),
    "favorite": ({"favorite": True}, "favorite"),
    "status": ({"status": [GenerationStatus.FAILED]}, "unlucky"),
    "word and sampler": ({"q": "heron", "sampler": "rare"}, BY_WORD),
}
COMMON: dict[str, tuple[dict[str, Any], Sorting, str]] = {
    "nothing": ({}, Sorting(), BY_TIME),
    "oldest": ({}, Sorting(order=Order.ASC), BY_TIME),
    "word": ({"q": "fox"}, Sorting(), BY_TIME),
    "word of some": ({"q": "wolf"}, Sorting(), BY_TIME),
    "sampler": ({"sampler": "common"}, Sorting(), "sampler"),
    "cfg": ({"cfg": 513.0}, Sorting(), "cfg"),
    "cfg, oldest": ({"cfg": 513.0}, Sorting(order=Order.ASC), "cfg"),
    "cfg and a word": ({"cfg": 513.0, "q": "fox"}, Sorting(), "cfg"),
    "no favorites": ({"favorite": False}, Sorting(), BY_TIME),
    "duration": ({}, Sorting(Sort.DURATION), "duration"),
    "duration of a word": ({"q": "fox"}, Sorting(Sort.DURATION), "duration"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def rows(runtime: Runtime) -> None:
    async with runtime.engine.begin() as connection:
        await connection.execute(text("INSERT INTO workspaces (name) VALUES ('Other')"))
        for statement in (MAKE_PROJECT, MAKE_SESSIONS):
            await connection.execute(text(statement), {"ours": DEFAULT_WORKSPACE_ID, "project": PROJECT})
        await connection.execute(text(SEED), {"ours": DEFAULT_WORKSPACE_ID})
        await connection.execute(text("ANALYZE"))


async def indexes(work: Work, filters: dict[str, Any], sorting: Sorting) -> tuple[int, set[str]]:
    """How many rows are found, and the indexes of the statements that looked for them, and whether any was gathered."""
    ran: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if SETTING in statement or (f"FROM {SEARCHED.name}" in statement and " AS one" not in statement):
            ran.append((statement, parameters))

    engine = work.runtime.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    names: set[str] = set()
    async with search.prepared(work):
        try:
            found = await search.find(work, wanted(work, Filters(**filters)), sorting, search.Part(20))
        finally:
            event.remove(engine, "before_cursor_execute", note)
        connection = await work.session.connection()
        for statement, parameters in ran:
            if SETTING in statement:
                await connection.exec_driver_sql(statement, parameters)
                continue
            explained = await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
            plan = explained.scalar_one()
            names |= {name.removeprefix("idx_comfyui_generations_") for name in _names(plan)}
            names |= {GATHERED} if GATHERED in str(plan) else set()
    return found.total, names


@pytest.mark.parametrize("name", RARE)
async def test_what_is_rare_is_found_by_its_own_index(runtime: Runtime, name: str) -> None:
    filters, expected = RARE[name]
    async with open_work(runtime, LOCAL_OWNER) as work:
        assert await work.session.scalar(text("SELECT current_user::text")) == ROLE
        total, used = await indexes(work, filters, Sorting())
    assert used & {expected, "sampler"} if name == "word and sampler" else expected in used
    assert total == {"no word": 0, "seed": 1, "parameter": 4}.get(name, 3)


@pytest.mark.parametrize("name", COMMON)
async def test_what_is_common_is_found_in_the_order_that_is_asked_for(runtime: Runtime, name: str) -> None:
    filters, sorting, expected = COMMON[name]
    async with open_work(runtime, LOCAL_OWNER) as work:
        total, used = await indexes(work, filters, sorting)
    assert expected in used
    assert BY_WORD not in used, "what a common word has is not gathered for one page"
    assert not any(index.startswith("all of") for index in used)
    counted = {"nothing": 4500, "oldest": 4500, "duration": 4500, "word of some": 225}
    assert total == counted.get(name, search.MOST_COUNTED)


async def test_a_page_of_what_most_rows_had_long_ago_walks_through_no_others(runtime: Runtime) -> None:
    for start in ({}, {"offset": 100}, {"cursor": Cursor(datetime.now(UTC), OTHER)}):
        async with open_work(runtime, LOCAL_OWNER) as work:
            used = await indexes_of(
                work, partial(queries.page, which=queries.OF_SESSION, whose=LONG_SESSION, limit=50, **start)
            )
        assert used == {BY_SESSION}


async def test_a_project_of_long_ago_is_merged_from_its_sessions(runtime: Runtime) -> None:
    async with open_work(runtime, LOCAL_OWNER) as work:
        total, used = await indexes(work, {"project_id": PROJECT}, Sorting())
        after, seeds = None, list[int]()
        async with search.prepared(work):
            for _ in range(3):
                part = search.Part(20, after=after)
                found = await search.find(work, wanted(work, Filters(project_id=PROJECT)), Sorting(), part)
                seeds += [int(row.seed) for row in await search.show(work, found.ids)]
                after = Sorting().read(found.more) if found.more else None
    assert (total, seeds, after) == (60, list(range(4201, 4261)), None)
    assert "session_created" in used
    assert GATHERED not in used


@pytest.mark.parametrize(
    "filters",
    [
        *({name: "common"} for name in ("checkpoint", "sampler", "scheduler")),
        *({"steps": 512}, {"cfg": 513.0}, {"width": 512, "height": 512}, {"favorite": True}),
        *(
            {"session_id": OTHER},
            {"workflow_id": OTHER},
            {"status": [GenerationStatus.FAILED]},
            {"since": "2026-01-01"},
        ),
    ],
    ids=",".join,
)
async def test_one_value_is_an_index_in_order_of_time(runtime: Runtime, filters: dict[str, Any]) -> None:
    async with open_work(runtime, LOCAL_OWNER) as work:
        assert wanted(work, Filters(**filters)).is_whole
        assert not wanted(work, Filters(**filters, q="fox")).is_whole
        assert not wanted(work, Filters(**filters, profile_id=OTHER)).is_whole


async def test_the_view_shows_one_workspace_without_any_filter(runtime: Runtime) -> None:
    async with runtime.sessions() as session:
        other = await session.scalar(text("SELECT id FROM workspaces WHERE name = 'Other'"))
    theirs = User(workspace_id=other, role=WorkspaceRole.OWNER, is_admin=False)
    count = text(f"SELECT count(*) FROM {SEARCHED.name}")
    for somebody, expected in ((LOCAL_OWNER, 4500), (theirs, 0)):
        async with open_work(runtime, somebody) as work:
            assert await work.session.scalar(count) == expected
    async with open_system_work(runtime, "test") as work:
        assert await work.session.scalar(count) == 0, "without a workspace it is empty"
    writing = text("SELECT has_table_privilege(:role, :view, 'INSERT, UPDATE, DELETE, TRUNCATE')")
    async with open_system_work(runtime, "test") as work:
        assert await work.session.scalar(writing, {"role": ROLE, "view": SEARCHED.name}) is False


async def test_the_view_has_the_columns_of_the_table(runtime: Runtime) -> None:
    async with runtime.engine.connect() as connection:
        there = await connection.run_sync(lambda sync: inspect(sync).get_columns(SEARCHED.name))
    assert {column["name"] for column in there} == set(Generation.__table__.c.keys())


async def test_a_row_with_more_names_than_a_search_holds_is_kept(runtime: Runtime) -> None:
    many = """
        INSERT INTO comfyui_generations (workspace_id, tags, loras_used, parameters)
        SELECT :ours, '{kept}', jsonb_agg(jsonb_build_object('name', name || '.pt')), jsonb_object_agg(name, 1)
        FROM (SELECT repeat('x', 60) || n AS name FROM generate_series(1, 20000) n) named
        RETURNING 'tag=kept' = ANY (tsvector_to_array(search))
    """
    async with runtime.engine.connect() as connection:
        assert await connection.scalar(text(many), {"ours": DEFAULT_WORKSPACE_ID})
        await connection.rollback()
