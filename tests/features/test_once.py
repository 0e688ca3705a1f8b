"""A creating request sent twice with the same Idempotency-Key creates once."""

from typing import Any

import pytest

from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow

CREATING: dict[str, dict[str, Any]] = {
    "/profiles": {"name": "One", "provider": "comfyui"},
    "/comfyui/sessions": {"title": "One"},
    "/comfyui/workflows": {"name": "One", "workflow_json": workflow("txt2img_sd15")},
}


@pytest.mark.parametrize("path", CREATING)
async def test_the_second_request_answers_the_first_ones_row(api: Application, path: str) -> None:
    key = {"Idempotency-Key": "again"}
    first: Any = await api.http.post(f"/api{path}", json=CREATING[path], headers=key)
    second: Any = await api.http.post(f"/api{path}", json=CREATING[path], headers=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["data"]["id"] == second.json()["data"]["id"]
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert len(await api.json("GET", path)) == 1
    name = "title" if "title" in CREATING[path] else "name"
    other: Any = await api.http.post(f"/api{path}", json=CREATING[path] | {name: "Two"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
