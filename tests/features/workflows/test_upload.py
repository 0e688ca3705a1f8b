"""A workflow as an uploaded file."""

import json
from typing import Any
from uuid import uuid4

from tests.comfy.metadata.attacks import UNREADABLE, picture_of
from tests.comfy.metadata.writers import png
from tests.features.media.test_media import picture
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow

PATH = "/comfyui/workflows"
UPLOAD = f"{PATH}/upload"
MIB = 1024 * 1024
PICTURE = picture()
TEXT = json.dumps(workflow("txt2img_sd15"), indent=1).encode()


async def send(
    api: Application, status: int, content: bytes, filename: str = "My Flow.json", path: str = UPLOAD, **fields: str
) -> Any:
    return await api.json("POST", path, status, files={"file": (filename, content, "application/json")}, data=fields)


async def test_a_file_becomes_a_workflow_named_after_it(api: Application) -> None:
    profile_id = await api.profile()
    made = await send(api, 201, TEXT, profile_id=profile_id, description="d")
    assert made["workflow_json"] == TEXT.decode()
    assert (made["name"], made["profile_id"], made["description"]) == ("My Flow", profile_id, "d")
    named = await send(api, 201, b"\xef\xbb\xbf" + TEXT, filename="C:\\x\\..\\évil.json")
    assert named["name"] == "évil"
    assert (await send(api, 201, TEXT, filename="..json"))["name"]


NONE = {
    b"": "WORKFLOW_FILE_UNREADABLE",
    b"no workflow": "WORKFLOW_FILE_UNREADABLE",
    b"\x89PNG\r\n\x1a\n": "WORKFLOW_FILE_UNREADABLE",
    b"{": "WORKFLOW_FORMAT",
    b"\xff\xfe\x00": "WORKFLOW_FORMAT",
    b"[" * 5000: "WORKFLOW_FORMAT",
    b'{"nodes": []}': "WORKFLOW_FORMAT",
    b'{"prompt": {"1": {"class_type": "X"}}}': "WORKFLOW_FORMAT",
    PICTURE: "NO_WORKFLOW_INSIDE",
    png(texts={"parameters": "a cat\nSteps: 20, Sampler: Euler a"}): "NO_WORKFLOW_INSIDE",
    png(texts={"workflow": "{"}): "WORKFLOW_FILE_UNREADABLE",
    png()[:200]: "WORKFLOW_FILE_UNREADABLE",
}


async def test_files_made_to_hurt(api: Application) -> None:
    """A9, A10, A45, through the whole server."""
    for name, make in UNREADABLE.items():
        answer = await api.http.post(f"/api{PATH}", files={"file": (name, make())})
        assert answer.status_code in {413, 422}, (name, answer.status_code)
        assert answer.json()["error"].endswith("."), name
    huge = picture_of(b"tEXtprompt\0" + json.dumps(workflow("txt2img_sd15")).encode())
    made = await send(api, 201, huge, "huge.png")
    assert (made["source_kind"], made["thumbnail_url"]) == ("png", None)


async def test_files_that_are_none(api: Application) -> None:
    for content, code in NONE.items():
        assert (await send(api, 422, content))["code"] == code, content[:80]
    assert "AUTOMATIC1111" in (await send(api, 422, png(texts={"parameters": "Steps: 20"})))["error"]
    await send(api, 422, TEXT, profile_id="x")
    await send(api, 422, TEXT, profile_id=str(uuid4()))
    await send(api, 422, TEXT, name="x" * 300)
    for path in (UPLOAD, PATH):
        await api.json("POST", path, 422, files={"other": ("x", TEXT)}, data={"name": "x"})
        assert (await send(api, 413, b'{"a": "' + b" " * (9 * MIB), path=path))["code"] == "PAYLOAD_TOO_LARGE"
    await api.json("POST", UPLOAD, 422, json={"workflow_json": workflow("txt2img_sd15")})
    assert await api.json("GET", PATH) == []
    assert (await api.json("GET", "/stats"))["media_files"] == 0
