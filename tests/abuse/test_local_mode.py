"""Without AUTH=required nobody signs in: the documents' calls need no header, and one that comes does no harm."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.abuse.bodies import body_of
from tests.abuse.populated import PNG, Place
from tests.abuse.test_every_endpoint import Operation, operations
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow

pytestmark = pytest.mark.asyncio(loop_scope="module")

HARMLESS = (
    {"Authorization": "Bearer nonsense"},
    {"Authorization": "Basic bm9uc2Vuc2U6"},
    {"Authorization": f"Bearer sf_{'A' * 43}"},
    {"X-Workspace": "00000000-0000-0000-0000-000000000001"},
    {"Cookie": "spoonfeeder_refresh=nonsense; theme=dark"},
)


async def test_the_calls_of_the_readme_need_no_header(application: Application) -> None:
    graph = workflow("txt2img_sd15")
    profile_id = await application.profile()
    imported = {"profile_id": profile_id, "name": "Portrait", "workflow_json": graph}
    workflow_id = (await application.json("POST", "/comfyui/workflows", 201, json=imported))["id"]
    begun = {"profile_id": profile_id, "workflow_id": workflow_id}
    session_id = (await application.json("POST", "/comfyui/sessions", 201, json=begun))["id"]
    asked = {"prompt_text": "a pier", "parameters": {"steps": 1}}
    made = await application.json("POST", f"/comfyui/sessions/{session_id}/generate", 201, json=asked)
    row = await application.ended(made["id"])
    assert row["status"] == "completed"
    for url in (row["outputs"][0]["url"], row["outputs"][0]["thumbnail_url"]):
        assert "?" not in url, "nothing is signed here"
        assert (await application.http.get(url)).status_code == 200
    await application.json("GET", f"/comfyui/generations/{made['id']}/workflow?download=1")
    again = await application.json("POST", f"/comfyui/generations/{made['id']}/rerun", 201)
    await application.json("PUT", f"/comfyui/workflows/{workflow_id}/parameters", json={"steps": 2})
    await application.ended(again["id"])


async def every_call(api: Application) -> list[tuple[Operation, str, dict[str, Any]]]:
    """Each operation with a body that it takes, at ids that are not there."""
    place = Place(
        {"token": "x", "profile_id": "x", "user_id": "x", "workspace_id": "x", "name": "x", "model": "x/y"},
        api.simulator.url,
    )
    document = (await api.http.get("/api/openapi.json")).json()
    names = {
        (method.upper(), path): operation["operationId"]
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    every, _ = await operations(api)
    return [(each, each.filled(), body_of(names[each.method, each.path], place)) for each in every]


async def test_no_operation_asks_for_a_login_or_for_patience(api: Application) -> None:
    asked = []
    for operation, path, body in await every_call(api):
        answer = await api.http.request(operation.method, path, **body)
        if answer.status_code in {401, 403, 429} or answer.status_code >= 500:
            asked.append((operation.method, operation.path, answer.status_code, answer.text[:200]))
        assert "www-authenticate" not in answer.headers
        assert not [name for name in answer.headers if name.startswith("ratelimit")]
    assert asked == []


@pytest.mark.parametrize("headers", HARMLESS, ids=lambda headers: next(iter(headers)))
async def test_a_header_that_is_not_needed_changes_no_answer(api: Application, headers: dict[str, str]) -> None:
    for path in _reads():
        without, with_it = await api.http.get(path), await api.http.get(path, headers=headers)
        assert with_it.status_code == without.status_code == 200, path
        if path != "/api/health":
            assert with_it.content == without.content, path
    made = await api.http.post("/api/comfyui/uploads", files={"file": ("a.png", PNG)}, headers=headers)
    assert made.status_code == 201
    assert (await api.http.get(made.json()["data"]["url"], headers=headers)).content == PNG


def _reads() -> Iterator[str]:
    yield from ("/", "/api/health", "/api/profiles", "/api/comfyui/sessions", "/api/comfyui/workflows", "/api/auth/me")


async def test_there_is_nothing_to_sign_in_to(api: Application) -> None:
    assert await api.json("GET", "/auth/status") == {"mode": "local", "setup_needed": False}
    for path in ("/auth/login", "/auth/setup"):
        body = {"email": "a@example.com", "password": "long enough", "name": "A", "token": "x"}
        fields = body if path.endswith("setup") else {name: body[name] for name in ("email", "password")}
        assert (await api.json("POST", path, 409, json=fields))["code"] == "LOCAL_MODE"
