"""A ComfyUI that lies about what it made: A54."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.abuse.hostile import Reply, fixed, fixed_json, hostile
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow

pytestmark = pytest.mark.asyncio(loop_scope="module")

STATS = {"system": {"os": "posix", "comfyui_version": "0.33.0", "python_version": "3.11"}, "devices": []}
HTML = b"<html><script>alert(document.domain)</script></html>"
LIES: dict[str, dict[str, Any]] = {
    "climbing names": {"images": [{"filename": "../../../etc/passwd", "subfolder": "../..", "type": "output"}]},
    "html": {"images": [{"filename": "<img src=x onerror=alert(1)>.html", "subfolder": "", "type": "output"}]},
    "wrong types": {"images": [{"filename": 1, "subfolder": [], "type": {}}, None, "x", [[]]], "text": [{"a": 1}]},
    "a hundred thousand": {
        "images": [{"filename": f"{n % 3}.png", "subfolder": "", "type": "output"} for n in range(100_000)]
    },
    "odd type": {"images": [{"filename": "a.png", "subfolder": "", "type": "../secret"}]},
    "nul": {
        "images": [{"filename": "a\u0000.png", "subfolder": "\u0000", "type": "output"}],
        "text": ["\u0000", "\ud800"],
    },
}


def lying(outputs: dict[str, Any]) -> Reply:
    """Accepts whatever is asked and calls every prompt finished with these outputs."""

    told = json.dumps({"prompt": [], "outputs": {"9": outputs}, "status": {"status_str": "success", "completed": True}})

    async def reply(head: bytes, writer: asyncio.StreamWriter) -> None:
        target = head.decode("latin-1").split(" ", 2)[1]
        path = urlsplit(target).path
        prompt_id = path.rpartition("/")[2]
        known = {
            "/system_stats": fixed_json(STATS),
            "/queue": fixed_json({"queue_running": [], "queue_pending": []}),
            "/object_info": fixed_json({}),
            "/prompt": fixed_json({"node_errors": {}, "exec_info": {"queue_remaining": 0}, "number": 1}),
            "/view": fixed(HTML, "Content-Type: text/html", "Set-Cookie: stolen=1", "Content-Disposition: inline"),
            f"/history/{prompt_id}": fixed(f'{{"{prompt_id}": {told}}}'.encode()),
        }
        await known.get(path, fixed(b"404: Not Found", status="404 Not Found"))(head, writer)

    return reply


@pytest.mark.parametrize("name", LIES)
async def test_a54_lies_end_in_a_sentence_and_nothing_gets_out(application: Application, name: str) -> None:
    async with hostile(lying(LIES[name])) as server:
        body = {"name": name, "provider": "comfyui", "url": server.url}
        profile_id = (await application.json("POST", "/profiles", 201, json=body))["id"]
        graph = {"profile_id": profile_id, "name": name, "workflow_json": workflow("txt2img_sd15")}
        workflow_id = (await application.json("POST", "/comfyui/workflows", 201, json=graph))["id"]
        body = {"profile_id": profile_id, "workflow_id": workflow_id}
        session_id = (await application.json("POST", "/comfyui/sessions", 201, json=body))["id"]
        made = await application.generate(session_id)
        row = await application.ended(made["id"])
    assert row["status"] in {"completed", "failed"}, row
    assert len(row["outputs"]) <= 3
    for output in row["outputs"]:
        assert not set(output["filename"]) & set("/\\\x00")
        assert ".." not in output["subfolder"]
        shown = await application.http.get(output["url"])
        assert shown.headers["content-type"] == "application/octet-stream"
        assert shown.headers["content-disposition"].startswith("attachment")
        assert "set-cookie" not in shown.headers
    kept = [path for path in application.settings.home.rglob("*") if path.is_file()]
    assert all(path.is_relative_to(application.settings.media_path) for path in kept)
    assert (await application.http.get("/api/health/live")).status_code == 200


async def test_a54_another_run_is_not_touched_by_the_lies(application: Application) -> None:
    session_id = await application.session(workflow("txt2img_sd15"))
    row = await application.ended((await application.generate(session_id))["id"])
    assert row["status"] == "completed"
