"""A row may be sent back as it was answered: what is read-only is ignored, what was changed is taken."""

from typing import Any

import pytest

from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow


@pytest.fixture
async def paths(application: Application) -> dict[str, str]:
    session_id = await application.session(workflow("txt2img_sd15"))
    made = await application.generate(session_id, parameters={"steps": 1})
    row = await application.ended(made["id"])
    return {
        "generation": f"/comfyui/generations/{row['id']}",
        "workflow": f"/comfyui/workflows/{row['workflow_id']}",
        "session": f"/comfyui/sessions/{session_id}",
        "profile": f"/profiles/{row['profile_id']}",
    }


@pytest.mark.parametrize(
    ("kind", "method", "change"),
    [
        ("generation", "PATCH", {"favorite": True}),
        ("workflow", "PUT", {"name": "Another"}),
        ("session", "PUT", {"title": "Another"}),
        ("profile", "PUT", {"name": "Another"}),
    ],
)
async def test_a_whole_row_with_one_change(
    application: Application, paths: dict[str, str], kind: str, method: str, change: dict[str, Any]
) -> None:
    row = await application.json("GET", paths[kind])
    answer = await application.json(method, paths[kind], json=row | change)
    again = await application.json("GET", paths[kind])
    moving = {"updated_at", "thumbnail_url"}
    assert {name: value for name, value in (row | change).items() if name not in moving} == {
        name: value for name, value in again.items() if name not in moving
    }
    assert answer.items() >= change.items()


async def test_nothing_else_of_a_generation_can_be_sent(application: Application, paths: dict[str, str]) -> None:
    for unknown in ({"owner": "me"}, {"fence": 9}, {"lease_until": None}, {"favorite": None}, {"favorite": "yes"}):
        await application.json("PATCH", paths["generation"], 422, json=unknown)
