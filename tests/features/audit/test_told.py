"""What people do with profiles, sessions, workflows and generations is told, and who did it."""

from typing import Any

import pytest
import pytest_asyncio

from tests.fixtures.application import Application
from tests.fixtures.server_mode import Person, ServerMode
from tests.fixtures.workflows import workflow

pytestmark = pytest.mark.asyncio(loop_scope="module")
KEY = "sk-abcdefghijklmnopqrstuvwxyz1234567890"
URL = "https://127.0.0.1:9/v1/a-path-that-is-a-secret"


@pytest.fixture(scope="module")
def server_settings() -> dict[str, Any]:
    return {"private_targets": tuple(f"127.0.0.1:{port}" for port in (9, 10, 11))}


async def told(server: ServerMode, subject_id: str) -> list[dict[str, Any]]:
    """The entries about one row, the oldest first, as the server's admin sees them."""
    answer = await server.admin.get("/api/audit", params={"subject_id": subject_id})
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["data"]
    return rows[::-1]


async def actions(server: ServerMode, subject_id: str) -> list[str]:
    return [row["action"] for row in await told(server, subject_id)]


@pytest_asyncio.fixture(loop_scope="module")
async def owner(server: ServerMode) -> Person:
    return await server.stranger()


async def test_the_life_of_a_profile(server: ServerMode, owner: Person) -> None:
    api = server.acting_as(owner)
    body = {"name": "Mine", "provider": "openai", "url": URL, "api_key": KEY}
    profile_id = (await api.json("POST", "/profiles", 201, json=body))["id"]
    path = f"/profiles/{profile_id}"
    for change in (
        {"name": "Ours"},
        {"api_key": "", "url": URL},
        {"api_key": KEY + "1"},
        {"url": "https://127.0.0.1:10/v1", "api_key": KEY},
        {"api_key": None},
        {"api_key": None},
        {"url": "https://127.0.0.1:11/v1"},
    ):
        await api.json("PATCH", path, json=change)
    await api.json("PATCH", path, 422, json={"url": "nonsense"})
    await api.json("DELETE", path)
    await api.json("POST", f"{path}/restore")

    rows = await told(server, profile_id)
    assert [(row["action"], row["details"]) for row in rows] == [
        ("profile_created", {"name": "Mine", "provider": "openai", "origin": "https://127.0.0.1:9"}),
        ("profile_key_changed", {"removed": False}),
        ("profile_key_changed", {"removed": False}),
        ("profile_url_changed", moved("9", "10")),
        ("profile_key_changed", {"removed": True}),
        ("profile_url_changed", moved("10", "11")),
        ("profile_deleted", {}),
        ("profile_restored", {}),
    ]
    for row in rows:
        assert (row["user_id"], row["user_email"]) == (str(owner.user_id), owner.email)
        assert (row["workspace_id"], row["workspace_name"]) == (str(owner.workspace_id), "Elsewhere")
        assert (row["peer"], row["subject_kind"], row["api_key_id"]) == ("127.0.0.1", "profile", None)
        assert row["request_id"]


def moved(before: str, after: str) -> dict[str, str]:
    origin = "https://127.0.0.1:"
    return {"provider": "openai", "origin": f"{origin}{after}", "origin_before": f"{origin}{before}"}


async def test_what_is_deleted_and_restored(server: ServerMode, owner: Person) -> None:
    api = server.acting_as(owner)
    session_id = await api.session(workflow("txt2img_sd15"))
    made = await api.generate(session_id)
    generation_id, workflow_id = made["id"], made["workflow_id"]
    paths = {
        generation_id: f"/comfyui/generations/{generation_id}",
        workflow_id: f"/comfyui/workflows/{workflow_id}",
        session_id: f"/comfyui/sessions/{session_id}",
    }
    await api.json("DELETE", paths[generation_id])
    assert await actions(server, generation_id) == [], "to cancel is not to delete"
    for path in paths.values():
        await api.json("DELETE", path)
        await api.json("POST", f"{path}/restore")
        await api.json("POST", f"{path}/restore", 409)
    for kind, subject_id in (("generation", generation_id), ("workflow", workflow_id), ("session", session_id)):
        assert await actions(server, subject_id) == [f"{kind}_deleted", f"{kind}_restored"]


async def test_a_key_is_named_beside_its_person(server: ServerMode, owner: Person) -> None:
    key = await server.api_key(owner, ["admin"])
    api = server.acting_as(key)
    profile_id = await api.profile()
    [row] = await told(server, profile_id)
    assert row["user_id"] == str(owner.user_id)
    [stored] = await server.rows("SELECT id FROM api_keys WHERE user_id = :id", id=owner.user_id)
    assert row["api_key_id"] == str(stored["id"])


@pytest.mark.asyncio(loop_scope="function")
async def test_in_local_mode_the_owner_did_it(api: Application) -> None:
    profile_id = await api.profile()
    [row] = await api.json("GET", f"/audit?subject_id={profile_id}")
    assert (row["action"], row["user_email"]) == ("profile_created", "owner@localhost")
