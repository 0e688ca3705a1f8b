"""A26, A27: somebody of another workspace at a generation while it runs, and profiles that are not there to be used."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.fixtures.pace import Pace
from tests.fixtures.server_mode import Person, ServerMode
from tests.fixtures.workflows import workflow

pytestmark = pytest.mark.asyncio(loop_scope="module")

GRAPH = workflow("txt2img_sd15")
STEPS = 400


@pytest.fixture(scope="module")
def server_settings() -> dict[str, Any]:
    """Nobody asks the machine how it is while its requests are counted."""
    return {"backend_check_seconds": 0}


async def attempts(person: Person, path: str, headers: dict[str, str]) -> list[tuple[str, httpx2.Response]]:
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/cancel", {}),
        ("DELETE", "", {}),
        ("POST", "/rerun", {}),
        ("PATCH", "", {"json": {"favorite": True}}),
        ("GET", "", {}),
        ("GET", "/preview", {}),
        ("GET", "/workflow", {}),
    ]
    return [
        (method + suffix, await person.request(method, path + suffix, headers=headers, **options))
        for method, suffix, options in calls
    ]


def asked(server: ServerMode) -> dict[str, int]:
    """What of the calls below might come through; a run that is being stopped asks other things."""
    requests = server.simulator.log.requests
    return {call: requests[call] for call in ("POST /prompt", "GET /system_stats", "GET /object_info")}


async def test_a27_a_profile_that_is_deleted_or_anothers_is_never_called(server: ServerMode) -> None:
    theirs = await server.acting_as(server.admin).profile()
    stranger = await server.stranger()
    own = server.acting_as(stranger)
    deleted = await own.profile()
    session_id = await own.session()
    workflow_id = (await own.json("POST", "/comfyui/workflows", 201, json={"workflow_json": GRAPH}))["id"]
    await own.json("DELETE", f"/profiles/{deleted}")
    before = asked(server)

    for profile_id in (theirs, deleted, str(uuid4())):
        refused = await _calls_with(stranger, profile_id, workflow_id, session_id)
        assert {answer.status_code for answer in refused} <= {404, 422}, profile_id
    assert await own.json("GET", "/active") == []
    assert asked(server) == before


async def _calls_with(person: Person, profile_id: str, workflow_id: str, session_id: str) -> list[httpx2.Response]:
    body = {"profile_id": profile_id, "workflow_json": GRAPH}
    return [
        await person.post(f"/api/comfyui/workflows/{workflow_id}/execute", json=body),
        await person.post(f"/api/comfyui/sessions/{session_id}/generate", json=body),
        await person.post("/api/comfyui/prompt", json=body),
        await person.post("/api/comfyui/sessions", json={"profile_id": profile_id}),
        await person.post(f"/api/profiles/{profile_id}/test"),
        await person.post(f"/api/profiles/{profile_id}/models/sync"),
        await person.get("/api/comfyui/options", params={"profile_id": profile_id}),
        await person.get("/api/comfyui/queue", params={"profile_id": profile_id}),
    ]


async def test_a26_another_workspaces_generation_runs_on(working_server: ServerMode, pace: Pace) -> None:
    app = working_server.acting_as(working_server.admin)
    made = await app.generate(await app.session(GRAPH), parameters={"steps": STEPS})
    pace.let(STEPS // 2)
    running = await app.until(made["id"], lambda row: row["progress"] > 0)
    stranger, viewer = await working_server.stranger(), await working_server.person("viewer")
    path = f"/api/comfyui/generations/{made['id']}"
    unknown = f"/api/comfyui/generations/{uuid4()}"

    for headers in ({}, {"X-Workspace": str(working_server.admin.workspace_id)}):
        never = await attempts(stranger, unknown, headers)
        for (name, answer), (_, missing) in zip(await attempts(stranger, path, headers), never, strict=True):
            assert answer.status_code == 404, name
            assert answer.content == missing.content, name
    for name, answer in await attempts(viewer, path, {}):
        assert answer.status_code == (200 if name.startswith("GET") else 403), name

    still = await app.json("GET", f"/comfyui/generations/{made['id']}")
    assert (still["status"], still["favorite"], still["cancel_requested_at"]) == ("running", False, None)
    assert still["progress"] >= running["progress"]
    assert [row["id"] for row in await app.json("GET", "/active")] == [made["id"]]
    await app.json("POST", f"/comfyui/generations/{made['id']}/cancel")
    assert (await app.ended(made["id"]))["status"] == "cancelled"
