"""Two windows of one workspace stay in step: what one changes, the other is told; nobody else is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio

from tests.features.media.test_media import picture
from tests.fixtures.application import Application
from tests.fixtures.server_mode import Person, ServerMode
from tests.fixtures.workflows import workflow
from tests.socket_client import SocketClient, open_socket

pytestmark = pytest.mark.asyncio(loop_scope="module")

TXT2IMG = workflow("txt2img_sd15")
NOBODY = "00000000-0000-0000-0000-00000000dead"


class Windows:
    """One window that acts and another that is told."""

    def __init__(self, application: Application, other: SocketClient) -> None:
        self.application = application
        self.json = application.json
        self._other = other
        self._read = 0

    async def told(self) -> list[tuple[str, str, str]]:
        """What the other window heard since the last time; events of one process keep their order."""
        mark = await self.json("POST", "/comfyui/sessions", 201, json={"title": "Mark"})
        await self._other.event("resource:changed", lambda payload: payload["id"] == mark["id"])
        heard = self._other.payloads("resource:changed")[self._read :]
        self._read += len(heard)
        assert heard.pop() == {"kind": "session", "id": mark["id"], "change": "created"}
        return [(payload["kind"], payload["id"], payload["change"]) for payload in heard]


@asynccontextmanager
async def windows_of(server: ServerMode, person: Person) -> AsyncIterator[Windows]:
    async with open_socket(server.url, auth={"token": person.token}) as other:
        yield Windows(server.acting_as(person), other)


@pytest_asyncio.fixture(loop_scope="module")
async def windows(working_server: ServerMode) -> AsyncIterator[Windows]:
    async with windows_of(working_server, await working_server.stranger()) as opened:
        yield opened


async def make(windows: Windows, path: str, **body: Any) -> str:
    return str((await windows.json("POST", path, 201, json=body))["id"])


async def test_a_session_is_made_renamed_deleted_and_brought_back(windows: Windows) -> None:
    session_id = await make(windows, "/comfyui/sessions")
    path = f"/comfyui/sessions/{session_id}"
    await windows.json("PATCH", path, json={"title": "Renamed"})
    await windows.json("DELETE", path)
    await windows.json("POST", f"{path}/restore")
    changes = ("created", "updated", "deleted", "restored")
    assert await windows.told() == [("session", session_id, change) for change in changes]


async def test_what_is_kept_in_order_is_told_of_too(windows: Windows) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "project": {},
        "prompt": {"prompt_text": "a pier"},
        "preset": {"parameters": {}},
    }
    for kind, body in bodies.items():
        row_id = await make(windows, f"/{kind}s", name="Kept", **body)
        path = f"/{kind}s/{row_id}"
        await windows.json("PATCH", path, json={"name": "Renamed"})
        if kind == "prompt":
            await windows.json("POST", f"{path}/render")
        await windows.json("DELETE", path)
        await windows.json("POST", f"{path}/restore")
        changes = ("created", *["updated"] * (1 + (kind == "prompt")), "deleted", "restored")
        assert await windows.told() == [(kind, row_id, change) for change in changes]


async def test_a_workflow_is_told_of_each_time_it_changes(windows: Windows) -> None:
    workflow_id = await make(windows, "/comfyui/workflows", workflow_json=TXT2IMG)
    path = f"/comfyui/workflows/{workflow_id}"
    await windows.json("PUT", path, json={"name": "Renamed"})
    await windows.json("PATCH", f"{path}/parameters", json={"steps": 5})
    await windows.json("PUT", f"{path}/thumbnail", content=picture())
    await windows.json("DELETE", path)
    await windows.json("POST", f"{path}/restore")
    changes = ("created", "updated", "updated", "updated", "deleted", "restored")
    assert await windows.told() == [("workflow", workflow_id, change) for change in changes]


async def test_who_loses_the_star_is_told_of_too(windows: Windows) -> None:
    first, second = [
        await make(windows, "/comfyui/workflows", workflow_json=TXT2IMG, is_default=True) for _ in range(2)
    ]
    assert await windows.told() == [
        ("workflow", first, "created"),
        ("workflow", first, "updated"),
        ("workflow", second, "created"),
    ]
    await windows.json("PATCH", f"/comfyui/workflows/{first}", json={"is_default": True})
    await windows.json("PATCH", f"/comfyui/workflows/{first}", json={"is_default": True})
    assert await windows.told() == [
        ("workflow", second, "updated"),
        ("workflow", first, "updated"),
        ("workflow", first, "updated"),
    ]


async def test_a_profile_its_models_and_its_end(windows: Windows) -> None:
    profile_id = await make(windows, "/profiles", name="P", provider="ollama")
    path = f"/profiles/{profile_id}"
    await windows.json("PATCH", path, json={"name": "Q"})
    await windows.json("POST", f"{path}/models", 201, json={"model_id": "llama3"})
    await windows.json("PUT", f"{path}/models/llama3", json={"name": "Llama"})
    await windows.json("DELETE", f"{path}/models/llama3")
    await windows.json("DELETE", path)
    await windows.json("POST", f"{path}/restore")
    changes = ("created", *["updated"] * 4, "deleted", "restored")
    assert await windows.told() == [("profile", profile_id, change) for change in changes]


async def test_a_picture_becomes_a_favourite_goes_and_comes_back(windows: Windows) -> None:
    session_id = await windows.application.session(TXT2IMG)
    made = await windows.application.generate(session_id, parameters={"steps": 1})
    await windows.application.ended(made["id"])
    assert {kind for kind, _, _ in await windows.told()} == {"profile", "workflow", "session"}
    path = f"/comfyui/generations/{made['id']}"
    await windows.json("PATCH", path, json={"favorite": True})
    await windows.json("PATCH", path, json={})
    await windows.json("DELETE", path)
    await windows.json("POST", f"{path}/restore")
    changes = ("updated", "deleted", "restored")
    assert await windows.told() == [("generation", made["id"], change) for change in changes]


async def test_what_is_refused_is_not_told(windows: Windows) -> None:
    kinds = ("comfyui/sessions", "comfyui/workflows", "comfyui/generations", "profiles")
    for kind in (*kinds, "projects", "prompts", "presets"):
        await windows.json("DELETE", f"/{kind}/{NOBODY}", 404)
        await windows.json("POST", f"/{kind}/{NOBODY}/restore", 409)
    await windows.json("POST", "/comfyui/sessions", 422, json={"workflow_id": NOBODY})
    assert await windows.told() == []


async def test_another_workspace_hears_nothing(working_server: ServerMode, windows: Windows) -> None:
    async with windows_of(working_server, await working_server.stranger()) as elsewhere:
        session_id = await windows.application.session(TXT2IMG)
        await windows.json("DELETE", f"/comfyui/sessions/{session_id}")
        assert ("session", session_id, "deleted") in await windows.told()
        assert await elsewhere.told() == []
