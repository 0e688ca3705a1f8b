"""Queue, history, files, jobs and the rest of the HTTP face, as the recorded servers have it."""

from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import httpx2
import pytest
from PIL import Image

from spoonfeeder.simulator import Options, Simulator
from tests.fixtures.pace import Pace
from tests.simulator.conftest import plain_picture, run, saved, sleeping, submit, text_to_image
from tests.waiting import until

UNKNOWN = "4beb7f0a-aacf-4e76-908f-f859a58de1ce"


@pytest.fixture
async def old_http() -> AsyncIterator[httpx2.AsyncClient]:
    async with Simulator(Options(version="0.3.64")) as old, httpx2.AsyncClient(base_url=old.url, timeout=60) as client:
        yield client


def png(color: str) -> bytes:
    file = BytesIO()
    Image.new("RGB", (5, 4), color).save(file, "PNG")
    return file.getvalue()


async def upload(http: httpx2.AsyncClient, content: bytes, name: str = "x.png", **fields: str) -> httpx2.Response:
    return await http.post("/upload/image", files={"image": (name, content)}, data=fields)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "text"),
    [
        ("GET", "/prompt", None, 200, '{"exec_info": {"queue_remaining": 0}}'),
        ("GET", "/api/queue", None, 200, '{"queue_running": [], "queue_pending": []}'),
        ("GET", f"/history/{UNKNOWN}", None, 200, "{}"),
        ("GET", "/history?max_items=x", None, 500, "500 Internal Server Error\n\nServer got itself in trouble"),
        ("GET", "/object_info/Nope", None, 200, "{}"),
        ("GET", "/models/nope", None, 404, ""),
        ("GET", "/embeddings", None, 200, '["bad-hands-5", "EasyNegative"]'),
        ("POST", "/queue", "{}", 200, ""),
        ("POST", "/queue", '{"delete": "abc"}', 200, ""),
        ("POST", "/queue", '{"delete": 5}', 500, "500 Internal Server Error\n\nServer got itself in trouble"),
        ("POST", "/queue", "x", 500, "500 Internal Server Error\n\nServer got itself in trouble"),
        ("POST", "/interrupt", "", 200, ""),
        ("POST", "/interrupt", "[]", 500, "500 Internal Server Error\n\nServer got itself in trouble"),
        ("POST", "/free", "", 500, "500 Internal Server Error\n\nServer got itself in trouble"),
        ("POST", "/history", '{"delete": ["nope"]}', 200, ""),
        ("GET", "/view", None, 404, ""),
        ("GET", "/view?filename=nope.png", None, 404, ""),
        ("GET", "/view?filename=a.png&type=bogus", None, 400, ""),
        ("GET", "/view?filename=a.png&subfolder=../../", None, 403, ""),
        ("GET", "/view?filename=../a.png", None, 400, ""),
        ("GET", "/ws", None, 400, 'No WebSocket UPGRADE hdr: None\n Can "Upgrade" only to "WebSocket".'),
        ("GET", "/nope", None, 404, ""),
        ("DELETE", "/prompt", None, 405, "405: Method Not Allowed"),
        ("GET", f"/api/jobs/{UNKNOWN}", None, 404, '{"error": "Job not found"}'),
        ("POST", "/api/jobs/nope/cancel", None, 200, '{"cancelled": false}'),
        ("POST", "/api/jobs/cancel", "{}", 400, '{"error": "job_ids must be a list"}'),
        ("GET", "/api/jobs?limit=0", None, 400, '{"error": "limit must be a positive integer"}'),
        ("GET", "/api/jobs?limit=x", None, 400, '{"error": "limit must be an integer"}'),
    ],
)
async def test_answers_as_recorded(
    http: httpx2.AsyncClient, method: str, path: str, body: str | None, status: int, text: str
) -> None:
    response = await http.request(method, path, content=body)

    assert (response.status_code, response.text) == (status, text)


async def test_older_version_has_no_jobs(old_http: httpx2.AsyncClient) -> None:
    assert (await old_http.get("/api/jobs")).status_code == 404
    assert (await old_http.get("/system_stats")).json()["system"]["comfyui_version"] == "0.3.64"


async def test_prompt_ids_of_ones_own(http: httpx2.AsyncClient, old_http: httpx2.AsyncClient) -> None:
    refused = await http.post("/prompt", json={"prompt": plain_picture(), "prompt_id": "my-own-id"})
    drawn = await submit(http, plain_picture(), prompt_id=None)

    assert refused.json()["error"]["type"] == "invalid_prompt_id"
    assert await submit(http, plain_picture(), prompt_id=UNKNOWN) == UNKNOWN
    assert len(drawn) == 36
    assert await submit(old_http, plain_picture(), prompt_id="my-own-id") == "my-own-id"
    assert await submit(old_http, plain_picture(), prompt_id=None) == "None"


async def test_same_number_and_id_answers_500_and_runs(
    simulator: Simulator, http: httpx2.AsyncClient, pace: Pace
) -> None:
    blocker = await submit(http, sleeping(0.3))
    await until(lambda: simulator.queue.is_running(blocker))
    first = await http.post("/prompt", json={"prompt": plain_picture(1), "number": 7, "prompt_id": UNKNOWN})
    second = await http.post("/prompt", json={"prompt": plain_picture(2), "number": 7, "prompt_id": UNKNOWN})
    pace.let()
    await simulator.settled()

    assert (first.status_code, second.status_code) == (200, 500)
    assert [one.outcome for one in simulator.log.of(UNKNOWN)] == ["success", "success"]


async def test_history_pages_oldest_first(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    ids = [await submit(http, plain_picture(color)) for color in range(4)]
    await simulator.settled()

    assert list((await http.get("/history")).json()) == ids
    assert list((await http.get("/history?max_items=2")).json()) == ids[2:]
    assert list((await http.get("/history?max_items=2&offset=1")).json()) == ids[1:3]
    await http.post("/history", json={"delete": ids[:1]})
    assert list((await http.get("/history")).json()) == ids[1:]
    await http.post("/history", json={"clear": True})
    assert (await http.get("/history")).json() == {}


async def test_upload_keeps_what_is_there(http: httpx2.AsyncClient) -> None:
    first = await upload(http, png("red"))
    same = await upload(http, png("red"))
    other = await upload(http, png("blue"))
    over = await upload(http, png("blue"), overwrite="true")
    deep = await upload(http, png("red"), subfolder="user1/a", type="input")

    assert first.json() == same.json() == over.json() == {"name": "x.png", "subfolder": "", "type": "input"}
    assert other.json()["name"] == "x (1).png"
    assert deep.json() == {"name": "x.png", "subfolder": "user1/a", "type": "input"}
    viewed = await http.get("/view", params={"filename": "x.png", "type": "input"})
    assert viewed.content == png("blue")


async def test_upload_is_confined(http: httpx2.AsyncClient) -> None:
    assert (await upload(http, png("red"), subfolder="../../x")).status_code == 400
    assert (await upload(http, png("red"), type="bogus")).status_code == 500
    assert (await http.post("/upload/image", files={"y": ("x", b"1")})).status_code == 400


async def test_view_serves_ranges_and_conversions(http: httpx2.AsyncClient) -> None:
    await upload(http, png("red"))
    asked = {"filename": "x.png", "type": "input"}
    part = await http.get("/view", params=asked, headers={"Range": "bytes=0-9"})
    small = await http.get("/view", params={**asked, "preview": "webp;70"})

    assert (part.status_code, part.content) == (206, png("red")[:10])
    assert part.headers["content-disposition"] == 'filename="x.png"'
    assert small.headers["content-type"] == "image/webp"
    assert small.content[8:12] == b"WEBP"
    assert (await http.head("/view", params=asked)).headers["content-length"] == str(len(png("red")))


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "script.js"])
async def test_active_files_come_as_downloads(http: httpx2.AsyncClient, name: str) -> None:
    await upload(http, b"<svg/>", name)
    viewed = await http.get("/view", params={"filename": name, "type": "input"})

    assert viewed.headers["content-type"] == "application/octet-stream"
    assert viewed.headers["content-disposition"].startswith("attachment")


async def test_older_version_serves_svg_as_svg(old_http: httpx2.AsyncClient) -> None:
    await upload(old_http, b"<svg/>", "drawing.svg")
    viewed = await old_http.get("/view", params={"filename": "drawing.svg", "type": "input"})

    assert viewed.headers["content-type"].startswith("image/svg+xml")


async def test_uploaded_name_is_offered_and_its_content_counts(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    await upload(http, png("red"))
    graph = {
        "1": {"class_type": "LoadImage", "inputs": {"image": "x.png"}},
        "2": {"class_type": "SaveImage", "inputs": {"filename_prefix": "copy", "images": ["1", 0]}},
    }
    info = (await http.get("/object_info/LoadImage")).json()
    red = await saved(http, await run(simulator, http, graph), "2")
    await upload(http, png("blue"), overwrite="1")
    blue = await saved(http, await run(simulator, http, graph), "2")

    assert "x.png" in info["LoadImage"]["input"]["required"]["image"][0]
    assert Image.open(BytesIO(red[0])).getpixel((0, 0)) == (255, 0, 0)
    assert Image.open(BytesIO(blue[0])).getpixel((0, 0)) == (0, 0, 255)


async def test_jobs_tell_every_state(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    done = await submit(http, plain_picture(), extra_data={"extra_pnginfo": {"workflow": {"id": "wf-1"}}})
    failed = await submit(http, {"2": {"class_type": "ProbeRaise", "inputs": {"kind": "value_error", "nonce": 1}}})
    await simulator.settled()
    running = await submit(http, sleeping(600, 1))
    pending = await submit(http, sleeping(600, 2))
    await until(lambda: simulator.queue.is_running(running))
    jobs: list[dict[str, Any]] = (await http.get("/api/jobs")).json()["jobs"]

    assert {job["id"]: job["status"] for job in jobs} == {
        pending: "pending",
        running: "in_progress",
        failed: "failed",
        done: "completed",
    }
    one = (await http.get(f"/api/jobs/{done}")).json()
    assert one["workflow_id"] == "wf-1"
    assert one["preview_output"]["filename"] == "plain_00001_.png"
    assert one["outputs"] == {"2": {"images": [{"filename": "plain_00001_.png", "subfolder": "", "type": "output"}]}}
    assert (await http.get("/api/jobs?status=failed")).json()["pagination"]["total"] == 1
    cancelled = await http.post("/api/jobs/cancel", json={"job_ids": [pending, running]})
    await simulator.settled()
    assert cancelled.json() == {"cancelled": True}
    assert (await http.get(f"/api/jobs/{running}")).json()["status"] == "cancelled"
    assert (await http.get(f"/api/jobs/{pending}")).status_code == 404


async def test_odd_extra_data_breaks_the_list_of_jobs(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    await run(simulator, http, plain_picture(), extra_data={"extra_pnginfo": None})

    assert (await http.get("/api/jobs")).status_code == 500


async def test_secrets_are_hidden_in_the_queue(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    entry = await run(simulator, http, plain_picture(), extra_data={"api_key_comfy_org": "key", "client_id": "c"})
    await submit(http, sleeping(0.2), extra_data={"api_key_comfy_org": "key"})
    shown = (await http.get("/queue")).text

    assert "key" not in shown
    assert entry["prompt"][3].keys() == {"client_id", "create_time"}


async def test_documented_example_runs(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    entry = await run(simulator, http, text_to_image(width=1024, height=1024))

    (content,) = await saved(http, entry, "9")
    assert Image.open(BytesIO(content)).size == (1024, 1024)


async def test_cached_prompt_names_a_file_that_is_gone(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    first = await run(simulator, http, plain_picture())
    (simulator.directory / "output" / "plain_00001_.png").unlink()
    again = await run(simulator, http, plain_picture())
    other = await run(simulator, http, plain_picture(color=255))

    assert again["status"]["completed"]
    assert again["outputs"] == first["outputs"] == other["outputs"]
    assert simulator.runs[1].nodes == []
    assert len(await saved(http, other, "2")) == 1
