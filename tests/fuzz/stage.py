"""An installation with something in it, and the values that make generated requests reach it."""

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from PIL import Image

from spoonfeeder.core.pagination import Cursor
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow

Known = Mapping[str, list[Any]]
"""What may stand in the place of a parameter or body field, by its name, or of a whole body, by its operation."""

OF_EACH = 8


async def fill(application: Application) -> Known:
    """Makes profiles, workflows, sessions and generations, some of them deleted; gives what they are known by."""
    graph = workflow("txt2img_sd15")
    profiles, workflows, sessions, generations, media = [], [], [], [], []
    for number in range(OF_EACH):
        body: dict[str, Any] = {"name": f"Profile {number}", "provider": "comfyui", "url": application.simulator.url}
        profile_id = (await application.json("POST", "/profiles", 201, json=body))["id"]
        await application.json("POST", f"/profiles/{profile_id}/models", 201, json={"model_id": "a/b:c"})
        body = {"profile_id": profile_id, "name": f"Workflow {number}", "workflow_json": graph}
        workflow_id = (await application.json("POST", "/comfyui/workflows", 201, json=body))["id"]
        body = {"profile_id": profile_id, "workflow_id": workflow_id}
        session_id = (await application.json("POST", "/comfyui/sessions", 201, json=body))["id"]
        made = [(await application.generate(session_id, parameters={"seed": seed}))["id"] for seed in range(2)]
        cancelled = await application.http.post(f"/api/comfyui/generations/{made[1]}/cancel")
        assert cancelled.status_code in {200, 409}, cancelled.text
        upload = {"file": (f"{number}.png", _picture(number), "image/png")}
        media.append((await application.json("POST", "/comfyui/uploads", 201, files=upload))["id"])
        profiles.append(profile_id)
        workflows.append(workflow_id)
        sessions.append(session_id)
        generations += made
    waiting = await _waiting(application, graph)
    ended = [await application.ended(generation_id) for generation_id in generations]
    gone = {
        "/comfyui/generations": generations[:3],
        "/comfyui/sessions": sessions[-4:-2],
        "/comfyui/workflows": workflows[-4:-2],
        "/profiles": profiles[-2:],
    }
    for path in (f"{kind}/{row_id}" for kind, ids in gone.items() for row_id in ids):
        await application.json("DELETE", path)
    files = [output["filename"] for row in ended for output in row["outputs"]]
    return {
        "profile_id": profiles,
        "workflow_id": workflows,
        "current_workflow_id": workflows,
        "session_id": sessions,
        "generation_id": generations + waiting,
        "media_id": media,
        "model_id": ["a/b:c"],
        "filename": files,
        "position": [0],
        "workflow_json": [graph],
        "prompt": [graph],
        "url": [application.simulator.url],
        "parameters": [{}, {"steps": 2, "seed": 2**63, "width": 64}, {"prompt": "a bear", "loras": []}],
        "default_parameters": [{}, {"steps": 3}],
        "cursor": [str(Cursor(datetime.now(UTC), UUID(int=0)))],
        "POST /api/comfyui/uploads": [{"file": _picture(200)}],
        "POST /api/comfyui/workflows/upload": [{"file": json.dumps(graph)}],
        "PUT /api/comfyui/workflows/{workflow_id}/thumbnail": [_picture(201)],
    }


async def _waiting(application: Application, graph: Any) -> list[str]:
    """Generations that stay pending, since nobody answers where they should run."""
    body = {"name": "Away", "provider": "comfyui", "url": "http://127.0.0.1:9"}
    profile_id = (await application.json("POST", "/profiles", 201, json=body))["id"]
    body = {"profile_id": profile_id, "workflow_json": graph}
    return [(await application.json("POST", "/comfyui/prompt", 201, json=body))["id"] for _ in range(OF_EACH)]


def _picture(number: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), (number, 0, 0)).save(buffer, "PNG")
    return buffer.getvalue()
