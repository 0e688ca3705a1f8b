"""A batch as a whole: shown, held, cancelled, deleted and restored."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from spoonfeeder.features.generations.chores import purge_deleted
from spoonfeeder.runtime import open_runtime
from spoonfeeder.work import open_system_work
from tests.features.generations.batches.asking import children, sweep
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow

pytestmark = pytest.mark.asyncio(loop_scope="module")
BASE = {"workflow_json": workflow("txt2img_sd15")}


async def batch_of(app: Application, session_id: str, count: int) -> Any:
    axis = {"parameter": "steps", "range": {"from": 1, "to": count, "step": 1}}
    return await sweep(app, session_id, base=BASE, axes=[axis])


async def do(app: Application, batch: Any, verb: str, status: int = 200) -> Any:
    return await app.json("POST", f"/comfyui/batches/{batch['id']}/{verb}", status)


def counts(batch: Any) -> tuple[int, ...]:
    return tuple(batch[name] for name in ("pending", "held", "running", "completed", "failed", "cancelled"))


async def test_the_list_newest_first_and_by_session(app: Application) -> None:
    session_id, other_id = await app.session(), await app.session()
    made = [(await batch_of(app, session_id, count))["id"] for count in (1, 2, 3)]
    other = (await batch_of(app, other_id, 1))["id"]
    listed = await app.json("GET", "/comfyui/batches?limit=4")
    assert [row["id"] for row in listed] == [other, *reversed(made)]
    first = (await app.http.get(f"/api/comfyui/batches?session_id={session_id}&limit=2")).json()
    assert [row["id"] for row in first["data"]] == [made[2], made[1]]
    assert first["pagination"]["total"] == 3
    rest = await app.json("GET", f"/comfyui/batches?session_id={session_id}&cursor={first['next_cursor']}")
    assert [row["id"] for row in rest] == [made[0]]
    assert (await app.json("GET", "/comfyui/batches?cursor=x", 422))["code"] == "VALIDATION_ERROR"
    assert rest[0] == await app.json("GET", f"/comfyui/batches/{made[0]}")


async def test_held_and_released_and_cancelled_each_twice(app: Application) -> None:
    batch = await batch_of(app, await app.session(), 3)
    row = (await children(app, batch["id"]))[0]
    await app.json("POST", f"/comfyui/generations/{row['id']}/cancel")
    for verb, expected in (("hold", (2, 2, 0, 0, 0, 1)), ("release", (2, 0, 0, 0, 0, 1)), ("cancel", (0,) * 5 + (3,))):
        for _ in range(2):
            told = await do(app, batch, verb)
            assert (counts(told), told["total"]) == (expected, 3)
    assert (told["progress"], told["done"]) == (100, True)
    assert {row["status"] for row in await children(app, batch["id"])} == {"cancelled"}


async def test_deleted_and_brought_back(app: Application) -> None:
    session_id = await app.session()
    batch, single = await batch_of(app, session_id, 3), await app.generate(session_id, **BASE)
    rows = await children(app, batch["id"])
    await app.json("POST", f"/comfyui/generations/{rows[0]['id']}/cancel")
    await app.json("DELETE", f"/comfyui/generations/{rows[0]['id']}")
    assert (await do(app, batch, "restore", 409))["code"] == "NOTHING_TO_RESTORE"

    assert "7 days" in (await app.json("DELETE", f"/comfyui/batches/{batch['id']}"))["message"]
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("POST", "/hold")):
        gone = await app.json(method, f"/comfyui/batches/{batch['id']}{path}", 404)
        assert gone["code"] == "BATCH_NOT_FOUND"
    assert await app.json("GET", f"/comfyui/batches?session_id={session_id}") == []
    session = await app.json("GET", f"/comfyui/sessions/{session_id}")
    assert ([row["id"] for row in session["generations"]], session["generation_count"]) == ([single["id"]], 1)

    told = await do(app, batch, "restore")
    assert (counts(told), told["done"]) == ((0, 0, 0, 0, 0, 3), True), "the one deleted before is counted too"
    assert [row["id"] for row in await children(app, batch["id"])] == [row["id"] for row in rows[1:]]
    assert (await app.json("GET", f"/comfyui/sessions/{session_id}"))["generation_count"] == 3
    assert (await do(app, batch, "restore", 409))["code"] == "NOTHING_TO_RESTORE"


async def test_it_goes_and_comes_with_its_session(app: Application) -> None:
    session_id = await app.session()
    batch = await batch_of(app, session_id, 2)
    await app.json("DELETE", f"/comfyui/sessions/{session_id}")
    assert (await app.json("GET", f"/comfyui/batches/{batch['id']}", 404))["code"] == "BATCH_NOT_FOUND"
    assert (await do(app, batch, "restore", 409))["code"] == "NOTHING_TO_RESTORE"
    await app.json("POST", f"/comfyui/sessions/{session_id}/restore")
    assert counts(await app.json("GET", f"/comfyui/batches/{batch['id']}")) == (0, 0, 0, 0, 0, 2)


async def test_it_is_purged_with_the_last_of_its_generations(app: Application) -> None:
    session_id = await app.session()
    gone, kept = [await batch_of(app, session_id, 2) for _ in range(2)]
    await app.json("DELETE", f"/comfyui/batches/{gone['id']}")
    async with open_runtime(app.settings) as runtime:
        async with runtime.engine.begin() as connection:
            old = text("UPDATE comfyui_generations SET deleted_at = now() - interval '8 days' WHERE batch_id = :id")
            await connection.execute(old, {"id": gone["id"]})
        async with open_system_work(runtime, "a test") as work:
            await purge_deleted(work)
        async with runtime.engine.begin() as connection:
            left = await connection.execute(text("SELECT id::text FROM comfyui_batches"))
            ids = set(left.scalars())
    assert (gone["id"] in ids, kept["id"] in ids) == (False, True)


async def test_everything_at_once_is_no_deadlock(app: Application) -> None:
    session_id = await app.session()
    batches = [await batch_of(app, session_id, 30) for _ in range(3)]
    verbs = [f"/{verb}" for verb in ("cancel", "hold", "release")]
    asked = [app.http.post(f"/api/comfyui/batches/{batch['id']}{verb}") for batch in batches for verb in verbs]
    asked += [app.http.delete(f"/api/comfyui/batches/{batch['id']}") for batch in batches]
    asked += [app.http.post(f"/api/comfyui/sessions/{session_id}/restore")]
    asked += [app.http.delete(f"/api/comfyui/sessions/{session_id}")]
    answers = await asyncio.gather(*asked)
    assert {answer.status_code for answer in answers} <= {200, 404, 409}
