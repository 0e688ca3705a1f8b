"""A workflow as an uploaded file."""

import json
from typing import Any

from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow

PATH = "/comfyui/workflows/upload"
TEXT = json.dumps(workflow("txt2img_sd15"), indent=1).encode()


async def send(api: Application, status: int, content: bytes, filename: str = "My Flow.json", **fields: str) -> Any:
    return await api.json("POST", PATH, status, files={"file": (filename, content, "application/json")}, data=fields)


async def test_a_file_becomes_a_workflow_named_after_it(api: Application) -> None:
    profile_id = await api.profile()
    made = await send(api, 201, TEXT, profile_id=profile_id, description="d")
    assert made["workflow_json"] == TEXT.decode()
    assert (made["name"], made["profile_id"], made["description"]) == ("My Flow", profile_id, "d")
    named = await send(api, 201, b"\xef\xbb\xbf" + TEXT, filename="C:\\x\\..\\évil.json")
    assert named["name"] == "évil"
    assert (await send(api, 201, TEXT, filename="..json"))["name"]


async def test_files_that_are_none(api: Application) -> None:
    for content in (b"", b"{", b"\xff\xfe\x00", b"\x89PNG\r\n\x1a\n", b"[" * 5000, b'{"nodes": []}'):
        assert (await send(api, 422, content))["code"] == "WORKFLOW_FORMAT"
    await send(api, 422, TEXT, profile_id="x")
    await send(api, 422, TEXT, name="x" * 300)
    await api.json("POST", PATH, 422, data={"name": "x"})
    await api.json("POST", PATH, 422, json={"workflow_json": workflow("txt2img_sd15")})
    assert (await send(api, 413, b" " * (9 * 1024 * 1024)))["code"] == "PAYLOAD_TOO_LARGE"
    assert await api.json("GET", "/comfyui/workflows") == []
