"""What people do with tasks that are there: cancel, change, try again, delete and bring back."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import text

from tests.features.foreign import database
from tests.features.tasks.asked import GRAPH, NOBODY, profile, task
from tests.features.tasks.kept import keep
from tests.fixtures.application import Application
from tests.socket_client import open_socket

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def drawing(shared_api: Application) -> str:
    return await profile(shared_api, "comfyui", "Drawing", url=NOBODY)


async def follower(api: Application, drawing: str) -> Any:
    options = {"workflow_json": GRAPH}
    return await task(api, type="image", provider="comfyui", model=None, profile_id=drawing, options=options)


async def test_cancelling_ends_what_waits_and_asks_what_runs(shared_api: Application) -> None:
    waiting = await task(shared_api)
    running, done = [await keep(shared_api, status) for status in ("running", "complete")]
    ended = await shared_api.json("POST", f"/tasks/{waiting['id']}/cancel")
    assert (ended["status"], ended["seq"] > waiting["seq"]) == ("cancelled", True)
    asked = await shared_api.json("POST", f"/tasks/{running}/cancel")
    assert asked["status"] == "running"
    assert asked["cancel_requested_at"]
    for task_id in (waiting["id"], done):
        assert (await shared_api.json("POST", f"/tasks/{task_id}/cancel", 409))["code"] == "ALREADY_ENDED"


async def test_deleting_a_live_one_cancels_it_and_an_ended_one_can_come_back(shared_api: Application) -> None:
    waiting = await task(shared_api)
    path = f"/tasks/{waiting['id']}"
    assert (await shared_api.json("DELETE", path))["status"] == "cancelled"
    assert (await shared_api.json("DELETE", path))["status"] == "cancelled"
    await shared_api.json("GET", path, 404)
    await shared_api.json("DELETE", path, 404)
    assert (await shared_api.json("POST", f"{path}/restore"))["status"] == "cancelled"
    assert (await shared_api.json("POST", f"{path}/restore", 409))["code"] == "NOTHING_TO_RESTORE"


async def test_a_failed_one_is_tried_again_from_its_beginning(shared_api: Application) -> None:
    fallback = [{"provider": "ollama", "profile_id": None, "model": "llama3.2"}]
    tried = [{"provider": "openai", "profile_id": None, "model": "gpt", "code": "PROVIDER_OVERLOADED"}]
    left: dict[str, Any] = {
        "error": "No.",
        "error_code": "NO",
        "error_details": {"partial": "Once"},
        "attempt": 3,
        "crashes": 2,
        "progress": 40,
        "target": 1,
        "fallback": fallback,
        "tried": tried,
        "place": "provider:ollama",
        "sent_at": datetime.now(UTC),
        "provider_handle": "resp_1",
        "message": "Half of it",
    }
    task_id = await keep(shared_api, "failed", **left)
    row = await shared_api.json("POST", f"/tasks/{task_id}/retry")
    assert (row["status"], row["run"], row["attempt"], row["target"], row["tried"]) == ("pending", 2, 0, 0, [])
    assert {row[name] for name in ("error", "error_code", "error_details", "message", "completed_at")} == {None}
    assert (row["progress"], row["fallback"]) == (0, fallback)
    async with database(shared_api.settings) as session:
        kept = await session.execute(
            text("SELECT place, crashes, sent_at, provider_handle FROM tasks WHERE id = :id"), {"id": task_id}
        )
        assert kept.one() == ("provider:openai", 0, None, None)
    assert (await shared_api.json("POST", f"/tasks/{task_id}/retry", 409))["code"] == "NOTHING_TO_RETRY"
    done = await keep(shared_api)
    assert (await shared_api.json("POST", f"/tasks/{done}/retry", 409))["code"] == "NOTHING_TO_RETRY"


async def test_one_that_waits_can_be_changed(shared_api: Application, drawing: str) -> None:
    made = await follower(shared_api, drawing)
    path = f"/tasks/{made['id']}"
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    changed = await shared_api.json("PATCH", path, json={"name": "New", "priority": -3, "runAfter": at.isoformat()})
    assert (changed["name"], changed["priority"]) == ("New", -3)
    assert datetime.fromisoformat(changed["run_after"]) == at
    generation = await shared_api.json("GET", f"/comfyui/generations/{made['generation_id']}")
    assert generation["priority"] == -3
    await shared_api.json("PATCH", path, 422, json={"run_after": "2020-01-01T00:00:00Z"})
    await shared_api.json("PATCH", path, 422, json={"name": None})
    await shared_api.json("POST", f"{path}/cancel")
    assert (await shared_api.json("PATCH", path, 409, json={"priority": 1}))["code"] == "NOT_PENDING"
    ended = await shared_api.json("GET", path)
    assert (await shared_api.json("PATCH", path, json=ended | {"name": "Newer"}))["name"] == "Newer"


async def test_its_generation_goes_the_same_way(shared_api: Application, drawing: str) -> None:
    made = await follower(shared_api, drawing)
    path, first = f"/tasks/{made['id']}", f"/comfyui/generations/{made['generation_id']}"
    await shared_api.json("POST", f"{path}/cancel")
    assert (await shared_api.json("GET", first))["status"] == "cancelled"
    again = await shared_api.json("POST", f"{path}/retry")
    assert again["generation_id"] not in {None, made["generation_id"]}
    second = f"/comfyui/generations/{again['generation_id']}"
    assert (await shared_api.json("GET", second))["status"] == "pending"
    await shared_api.json("DELETE", path)
    assert (await shared_api.json("GET", second))["status"] == "cancelled"
    await shared_api.json("DELETE", path)
    await shared_api.json("GET", second, 404)
    await shared_api.json("POST", f"{path}/restore")
    assert (await shared_api.json("GET", second))["status"] == "cancelled"


async def test_many_at_once_leave_nothing_half_done(shared_api: Application, drawing: str) -> None:
    session_id = (await shared_api.json("POST", "/comfyui/sessions", 201, json={"profile_id": drawing}))["id"]
    options = {"workflow_json": GRAPH, "session_id": session_id}
    asked: dict[str, Any] = {"type": "image", "provider": "comfyui", "model": None, "options": options}
    asked["profile_id"] = drawing
    made = [await task(shared_api, **asked) for _ in range(3)]
    paths = [f"/api/tasks/{each['id']}" for each in made]
    calls = [shared_api.http.post(f"{path}/{what}") for path in paths for what in ("cancel", "retry", "restore") * 3]
    calls += [shared_api.http.delete(path) for path in paths for _ in range(4)]
    calls += [shared_api.http.delete(f"/api/comfyui/sessions/{session_id}")]
    calls += [shared_api.http.patch(path, json={"priority": -5}) for path in paths]
    answers = await asyncio.gather(*calls)
    assert {answer.status_code for answer in answers} <= {200, 404, 409, 422}
    live = {item["id"] for item in await shared_api.json("GET", "/active")}
    for each in made:
        row = await shared_api.http.get(f"/api/tasks/{each['id']}")
        if row.status_code == 200 and row.json()["data"]["status"] == "cancelled":
            assert row.json()["data"]["generation_id"] not in live


async def test_what_has_not_ended_is_active(shared_api: Application, drawing: str) -> None:
    prompt = "word " * 100
    waiting, done = await task(shared_api, prompt=prompt), await keep(shared_api)
    drawn = await follower(shared_api, drawing)
    items = {item["id"]: item for item in await shared_api.json("GET", "/active")}
    item = items[waiting["id"]]
    assert (item["kind"], item["status"], item["seq"], item["prompt"]) == (
        "task",
        "pending",
        waiting["seq"],
        prompt[:200],
    )
    assert (items[drawn["generation_id"]]["kind"], items[drawn["id"]]["kind"]) == ("generation", "task")
    assert done not in items
    created = [item["created_at"] for item in await shared_api.json("GET", "/active")]
    assert created == sorted(created)


async def test_a_subscriber_is_told_where_it_stands(shared_api: Application) -> None:
    async with open_socket(shared_api.url) as client:
        waiting = await task(shared_api)
        created = await client.event("task:created", lambda payload: payload["id"] == waiting["id"])
        assert (created["taskId"], created["task"]["name"]) == (waiting["id"], waiting["name"])
        expected = {"pending": "task:created", "running": "task:started", "complete": "task:completed"}
        expected |= {"failed": "task:failed", "cancelled": "task:cancelled"}
        for status, name in expected.items():
            task_id = await keep(shared_api, status, error="No.", error_code="NO")
            client.received.clear()
            assert await client.call("subscribe:task", task_id) == {"ok": True}
            assert {one.name for one in client.received if one.payload.get("id") == task_id} == {name}
        client.received.clear()
        await shared_api.json("POST", f"/tasks/{waiting['id']}/cancel")
        told = await client.event("task:cancelled", lambda payload: payload["id"] == waiting["id"])
        assert told["seq"] == waiting["seq"] + 1_000_000
        assert (await client.call("subscribe:task", str(UUID(int=5))))["code"] == "NOT_FOUND"


async def test_a_retry_is_told_as_a_new_task(shared_api: Application) -> None:
    task_id = await keep(shared_api, "failed", error="No.")
    async with open_socket(shared_api.url) as client:
        assert await client.call("subscribe:task", task_id) == {"ok": True}
        client.received.clear()
        await shared_api.json("POST", f"/tasks/{task_id}/retry")
        assert (await client.event("task:created"))["id"] == task_id
