"""All of a batch is queued, or none of it; and once, however often it is asked for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text

from spoonfeeder.runtime import open_runtime
from tests.features.generations.batches.asking import children, vary
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow

pytestmark = pytest.mark.asyncio(loop_scope="module")
BODY: dict[str, Any] = {
    "base": {"workflow_json": workflow("txt2img_sd15")},
    "axes": [{"parameter": "steps", "range": {"from": 1, "to": 150, "step": 1}}],
}


@asynccontextmanager
async def broken_at(app: Application, index: int) -> AsyncIterator[None]:
    """The database fails in the middle of the rows, as when its connection is cut."""
    breaks = "BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END"
    first = f"CREATE FUNCTION break() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS '{breaks}'"
    when = f"FOR EACH ROW WHEN (NEW.batch_index = {index}) EXECUTE FUNCTION break()"
    second = f"CREATE TRIGGER breaks BEFORE INSERT ON comfyui_generations {when}"
    async with open_runtime(app.settings) as runtime:
        async with runtime.engine.begin() as connection:
            await connection.execute(text(first))
            await connection.execute(text(second))
        yield
        async with runtime.engine.begin() as connection:
            await connection.execute(text("DROP FUNCTION break() CASCADE"))


async def traces(app: Application, session_id: str) -> tuple[Any, ...]:
    session = await app.json("GET", f"/comfyui/sessions/{session_id}")
    batches = await app.json("GET", f"/comfyui/batches?session_id={session_id}")
    return session["generation_count"], len(session["generations"]), session["last_parameters"], len(batches)


async def test_a_connection_that_is_cut_in_the_middle_leaves_nothing(app: Application) -> None:
    session_id = await app.session()
    path, key = f"/api/comfyui/sessions/{session_id}/sweep", {"Idempotency-Key": "cut"}
    async with broken_at(app, 120):
        assert (await app.http.post(path, json=BODY, headers=key)).status_code == 503
    assert await traces(app, session_id) == (0, 0, {}, 0)
    made = await app.http.post(path, json=BODY, headers=key)
    assert (made.status_code, "idempotency-replayed" in made.headers) == (201, False)
    assert len(await children(app, made.json()["data"]["id"])) == 150


async def test_the_same_request_again_is_the_same_batch(app: Application) -> None:
    session_id = await app.session()
    path, key = f"/api/comfyui/sessions/{session_id}/sweep", {"Idempotency-Key": "twice"}
    answers = await asyncio.gather(*(app.http.post(path, json=BODY, headers=key) for _ in range(4)))
    answers.append(await app.http.post(path, json=BODY, headers=key))
    assert [answer.status_code for answer in answers] == [201] * 5
    assert len({answer.json()["data"]["id"] for answer in answers}) == 1
    assert [("idempotency-replayed" in answer.headers) for answer in answers].count(False) == 1
    assert (await traces(app, session_id))[0] == 150
    other = await app.http.post(path, json={**BODY, "limit": 200}, headers=key)
    assert other.json()["code"] == "IDEMPOTENCY_KEY_REUSED"


async def test_variations_are_repeated_safely_too(app: Application) -> None:
    base = await app.generate(await app.session(), **BODY["base"])
    path = f"/api/comfyui/generations/{base['id']}/variations"
    first, second = [await app.http.post(path, json={"count": 2}, headers={"Idempotency-Key": "two"}) for _ in range(2)]
    assert first.json()["data"] == second.json()["data"]
    assert (await vary(app, base["id"], count=2))["id"] != first.json()["data"]["id"]


async def test_a_session_that_is_deleted_meanwhile(app: Application) -> None:
    """Whoever is first: all of it is in the session and stopped with it, or none is there."""
    session_id = await app.session()
    sweep = app.http.post(f"/api/comfyui/sessions/{session_id}/sweep", json=BODY)
    made, _ = await asyncio.gather(sweep, app.http.delete(f"/api/comfyui/sessions/{session_id}"))
    assert made.status_code in {201, 404}
    await app.json("POST", f"/comfyui/sessions/{session_id}/restore")
    count, _, _, batches = await traces(app, session_id)
    assert (count, batches) in {(0, 0), (150, 1)}
