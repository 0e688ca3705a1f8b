"""Files & media on the running server: A1-A8, A11, A12."""

import re
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow

pytestmark = pytest.mark.asyncio(loop_scope="module")

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
SAFE_DISPOSITION = re.compile(
    r"(inline|attachment); filename=\"[^\"\\/\x00-\x1f]*\"; filename\*=UTF-8''[A-Za-z0-9._~%-]*"
)
HTML = b"<!doctype html><script>alert(1)</script>"
TRAVERSALS = [
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e%2fpasswd",
    "..%5c..%5cwindows.ini",
    "..\\windows.ini",
    "%252e%252e%252fpasswd",
    "%2fetc%2fpasswd",
    "passwd%00.png",
    "C:%5cpasswd",
    "C:passwd",
    "../../../../etc/passwd",
    "canary.txt%20[output]",
    "....//canary.txt",
]


def png(extra: bytes = b"") -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (8, 8), "red").save(buffer, "PNG")
    return buffer.getvalue() + extra


async def upload(api: Application, content: bytes, name: str, status: int = 201) -> Any:
    return await api.json("POST", "/comfyui/uploads", status, files={"file": (name, content, "image/png")})


def assert_safe(headers: Any) -> None:
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert headers["cross-origin-resource-policy"] == "same-site"
    assert "set-cookie" not in headers


@pytest.mark.parametrize("content", [SVG, HTML, b"<?xml version='1.0'?>", b"%PDF-1.7", b"MZ\x90\x00", b"\x00" * 100])
async def test_a1_a2_scripts_do_not_come_in_as_pictures(api: Application, content: bytes) -> None:
    for name in ("x.svg", "x.png", "x.html"):
        refusal = await upload(api, content, name, 415)
        assert refusal["code"] == "FILE_TYPE_NOT_ALLOWED"


async def test_a2_a_polyglot_stays_a_sandboxed_picture(api: Application) -> None:
    made = await upload(api, png(HTML), "page.html")
    shown = await api.http.get(made["url"])
    assert shown.headers["content-type"] == "image/png"
    assert_safe(shown.headers)


async def test_a3_a4_names_that_climb_out_are_not_found_and_nobody_is_asked(api: Application) -> None:
    canary = api.settings.home / "canary.txt"
    canary.write_text("canary")
    (api.settings.media_path).mkdir(parents=True, exist_ok=True)
    (api.settings.media_path / "canary.txt").write_text("canary")
    await api.profile()
    asked_before = len(api.simulator.log.requests)
    for name in TRAVERSALS:
        answer = await api.http.get(f"/api/comfyui/image/{name}")
        assert answer.status_code in {400, 404}, (name, answer.status_code)
        assert b"canary\n" not in answer.content
    for query in ("subfolder=../../etc", "subfolder=/etc", "type=../temp", "subfolder=..%5c..", "type=x"):
        answer = await api.http.get(f"/api/comfyui/image/passwd?{query}")
        assert answer.status_code in {404, 422}, query
    assert len(api.simulator.log.requests) == asked_before


async def test_a5_deleting_by_a_climbing_name_finds_nothing(api: Application) -> None:
    canary = api.settings.home / "canary.txt"
    canary.write_text("canary")
    for kind in ("comfyui/generations", "comfyui/workflows", "comfyui/sessions", "profiles", "media"):
        for name in TRAVERSALS:
            answer = await api.http.delete(f"/api/{kind}/{name}")
            assert answer.status_code in {400, 404, 405, 422}, (kind, name, answer.status_code)
    assert canary.read_text() == "canary"


async def test_a6_an_unknown_id_and_a_deleted_one_look_the_same(api: Application) -> None:
    unknown = "3f0e2a52-7bb8-4a0f-9c52-0f6f5a6f3d11"
    workflow_id = (await api.json("POST", "/comfyui/workflows", 201, json=workflow_body(await api.profile())))["id"]
    await api.json("DELETE", f"/comfyui/workflows/{workflow_id}")
    gone = await api.json("GET", f"/comfyui/workflows/{workflow_id}", 404)
    never = await api.json("GET", f"/comfyui/workflows/{unknown}", 404)
    assert gone == never


def workflow_body(profile_id: str, graph: Any = None) -> dict[str, Any]:
    return {"profile_id": profile_id, "name": "W", "workflow_json": graph or workflow("txt2img_sd15")}


@pytest.mark.parametrize(
    "name", ['a"b.png', "a;b.png", "Bär🦄.png", "a%0d%0aX-Evil: 1.png", "../../x.png", "a\u202eb.png"]
)
async def test_a7_file_names_split_no_header(api: Application, name: str) -> None:
    made = await upload(api, png(), name)
    for query in ("", "?download=1"):
        answer = await api.http.get(f"{made['url']}{query}")
        assert answer.status_code == 200
        assert "x-evil" not in answer.headers
        shown = answer.headers["content-disposition"]
        assert re.fullmatch(
            r"(inline|attachment); filename=\"[^\"\\/\x00-\x1f]*\"; filename\*=UTF-8''[A-Za-z0-9._~%-]*", shown
        )


async def test_a8_odd_ranges_get_416_or_everything(api: Application) -> None:
    content = png()
    made = await upload(api, content, "a.png")
    for asked in ("bytes=0-1,3-4", "bytes=" + ",".join(["0-0"] * 5000), "bytes=5-1", "bytes=-", "items=0-1"):
        answer = await api.http.get(made["url"], headers={"Range": asked})
        assert (answer.status_code, answer.content) == (200, content), asked
    beyond = await api.http.get(made["url"], headers={"Range": "bytes=99999-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(content)}")
    part = await api.http.get(made["url"], headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.content) == (206, content[1:4])


@pytest.mark.parametrize(
    "image",
    ["../../etc/passwd", "/etc/passwd", "..\\..\\x", "../x.png [output]", "a/../../b.png", "C:\\x.png", "a\u0000b"],
)
async def test_a11_an_input_file_outside_of_comfyuis_folders_is_refused(api: Application, image: str) -> None:
    graph = workflow("txt2img_sd15")
    graph["90"] = {"class_type": "LoadImage", "inputs": {"image": image}}
    graph["91"] = {"class_type": "SaveImage", "inputs": {"images": ["90", 0], "filename_prefix": "x"}}
    body = workflow_body(await api.profile(), graph)
    made = await api.http.post("/api/comfyui/workflows", json=body)
    if made.status_code == 201:
        session = await api.json(
            "POST",
            "/comfyui/sessions",
            201,
            json={"profile_id": body["profile_id"], "workflow_id": made.json()["data"]["id"]},
        )
        made = await api.http.post(f"/api/comfyui/sessions/{session['id']}/generate", json={})
    assert made.status_code in {400, 422}, made.text


@pytest.mark.parametrize("prefix", ["../../custom_nodes/x", "/etc/cron.d/x", "a/../../../b", "..\\..\\x"])
async def test_a12_a_prefix_that_climbs_out_never_reaches_comfyui(application: Application, prefix: str) -> None:
    graph = workflow("txt2img_sd15")
    for node in graph.values():
        if node["class_type"] == "SaveImage":
            node["inputs"]["filename_prefix"] = prefix
    made = await application.http.post("/api/comfyui/workflows", json=workflow_body(await application.profile(), graph))
    if made.status_code == 422:
        return
    session_id = await application.session(workflow_id=made.json()["data"]["id"])
    started = await application.http.post(f"/api/comfyui/sessions/{session_id}/generate", json={})
    if started.status_code == 422:
        return
    row = await application.ended(started.json()["data"]["id"])
    written = [
        path.relative_to(application.simulator.directory) for path in application.simulator.directory.rglob("*.png")
    ]
    assert row["status"] == "completed", row
    assert all("sf" in path.parts for path in written)
    download = await application.http.get(f"{row['outputs'][0]['url']}?download=1")
    assert ".." not in download.headers["content-disposition"].replace("..png", "")
