"""The main job as a person with curl and a Socket.IO client meets it."""

import asyncio
import json
from io import BytesIO
from typing import Any

import httpx2
from PIL import Image

from tests.fixtures.application import Application
from tests.fixtures.pace import Pace
from tests.fixtures.workflows import workflow
from tests.socket_client import SocketClient, open_socket
from tests.waiting import until_async

DOCUMENTED = {
    "width": 320,
    "height": 192,
    "steps": 6,
    "cfg_scale": 7.5,
    "seed": -1,
    "sampler_name": "euler_ancestral",
    "scheduler": "karras",
    "batch_size": 2,
}
MANY_STEPS = {"steps": 400, "width": 64, "height": 64}
"""More than are let pass one by one as long as anybody waits."""


async def test_from_the_request_to_the_kept_picture(application: Application) -> None:
    session_id = await application.session(workflow("txt2img_sd15"))
    made = await application.generate(
        session_id, prompt_text="a mountain at golden hour", negative_prompt="blurry", parameters=DOCUMENTED
    )
    assert made["status"] == "pending"
    assert 0 <= made["seed"] < 2**53
    assert made["prompt_id"] == made["id"]

    row = await application.ended(made["id"])
    assert row["status"] == "completed", row
    assert (row["progress"], row["error"]) == (100, None)
    assert (row["width"], row["height"], row["steps"], row["cfg_scale"]) == (320, 192, 6, 7.5)
    assert (row["sampler_name"], row["scheduler"]) == ("euler_ancestral", "karras")
    assert (row["prompt_text"], row["negative_prompt"]) == ("a mountain at golden hour", "blurry")
    assert row["parameters"]["seed"] == row["seed"] == made["seed"]
    assert row["generation_time_seconds"] > 0
    assert row["started_at"] >= row["created_at"]
    assert len(row["outputs"]) == 2

    await application.simulator.kill()  # ComfyUI may forget everything now
    for output in row["outputs"]:
        picture = await application.http.get(output["url"])
        assert picture.headers["content-type"] == "image/png"
        assert len(picture.content) == output["bytes"]
        with Image.open(BytesIO(picture.content)) as image:
            assert image.size == (320, 192) == (output["width"], output["height"])
        thumbnail = await application.http.get(output["thumbnail_url"])
        assert thumbnail.headers["content-type"] == "image/webp"

    session = await application.json("GET", f"/comfyui/sessions/{session_id}")
    assert (session["generation_count"], session["completed_count"], session["failed_count"]) == (1, 1, 0)
    assert [item["id"] for item in session["generations"]] == [made["id"]]


async def test_the_events_of_one_generation(application: Application, pace: Pace) -> None:
    session_id = await application.session(workflow("txt2img_sd15"))
    async with open_socket(application.url) as watcher:
        assert await watcher.call("subscribe:session", session_id) == {"ok": True}
        made = await application.generate(session_id, parameters=MANY_STEPS)
        await _seen(watcher, pace, "generation:progress", "generation:preview")
        pace.let()
        await watcher.event("generation:completed")
        events = _news(watcher)
    names = [name for name, _ in events]
    assert names[0] == "generation:queued"
    assert names.index("generation:started") < names.index("generation:progress") < names.index("generation:completed")
    assert "generation:preview" in names
    assert all(payload["id"] == payload["generationId"] == made["id"] for _, payload in events)
    progress = [payload["progress"] for _, payload in events]
    assert progress == sorted(progress)
    last = events[-1][1]
    assert (last["progress"], last["status"]) == (100, "completed")
    assert last["outputs"][0]["url"].startswith(f"/api/comfyui/generations/{made['id']}/outputs/")


def _news(watcher: SocketClient) -> list[tuple[str, Any]]:
    """The events as a reader takes them, who lets pass what comes again or too late."""
    news, newest = [], -1
    for name, payload, _ in watcher.received:
        if name.startswith("generation:") and payload["seq"] > newest:
            newest = payload["seq"]
            news.append((name, payload))
    return news


async def _seen(watcher: SocketClient, pace: Pace, *names: str) -> None:
    """Step by step until these have come, since any of progress and previews may be left out."""

    async def step() -> bool:
        pace.let(1)
        return set(names) <= {name for name, _ in _news(watcher)}

    await until_async(step)


async def test_the_preview_that_an_event_announces_can_be_fetched(application: Application, pace: Pace) -> None:
    session_id = await application.session(workflow("txt2img_sd15"))
    async with open_socket(application.url) as watcher:
        await watcher.call("subscribe:session", session_id)
        await application.generate(session_id, parameters=MANY_STEPS)
        await _seen(watcher, pace, "generation:preview")
        url = watcher.payloads("generation:preview")[0]["preview_url"]
        fetched: list[httpx2.Response] = []

        async def is_there() -> bool:
            fetched.append(await application.http.get(url))
            return fetched[-1].status_code == 200

        await until_async(is_there)
    with Image.open(BytesIO(fetched[-1].content)) as image:
        assert image.width > 0


async def test_the_exact_workflow_comes_back_and_runs_again_to_the_same_picture(application: Application) -> None:
    session_id = await application.session(workflow("txt2img_sd15"))
    made = await application.generate(session_id, prompt_text="fog", parameters={"seed": 2**64 - 1, "steps": 3})
    assert made["seed"] == str(2**64 - 1)
    first = await application.ended(made["id"])

    told = await application.json("GET", f"/comfyui/generations/{made['id']}/workflow")
    sampler = next(node for node in told["workflow_json"].values() if node["class_type"] == "KSampler")
    assert sampler["inputs"]["seed"] == 2**64 - 1
    saved = next(node for node in told["workflow_json"].values() if node["class_type"] == "SaveImage")
    assert "sf/" not in saved["inputs"]["filename_prefix"], "the user's own prefix stays in the snapshot"
    stored = await application.http.get(f"/api/comfyui/generations/{made['id']}/workflow?download=1")
    assert json.loads(stored.content) == told["workflow_json"]
    assert str(2**64 - 1).encode() in stored.content

    again = await application.json("POST", f"/comfyui/generations/{made['id']}/rerun", 201)
    assert (again["id"] != made["id"], again["rerun_of"], again["seed"]) == (True, made["id"], str(2**64 - 1))
    second = await application.ended(again["id"])
    assert await _pixels(application, first) == await _pixels(application, second)


async def _pixels(application: Application, row: dict[str, Any]) -> bytes:
    response: httpx2.Response = await application.http.get(row["outputs"][0]["url"])
    with Image.open(BytesIO(response.content)) as image:
        return image.convert("RGB").tobytes()


async def test_50_variations_are_queued_and_all_end(application: Application) -> None:
    """Forty requests at a time: API, worker and ComfyUI share one event loop here."""
    session_id = await application.session(workflow("txt2img_sd15"))
    small = {"steps": 1, "width": 64, "height": 64}
    turns = asyncio.Semaphore(40)

    async def generate(seed: int) -> Any:
        async with turns:
            return await application.generate(session_id, parameters=small | {"seed": seed})

    made = await asyncio.gather(*(generate(seed) for seed in range(50)))
    rows = [await application.ended(item["id"], within_seconds=90) for item in made]
    assert {row["status"] for row in rows} == {"completed"}
    assert [len(application.simulator.log.of(row["id"])) for row in rows] == [1] * 50
    session = await application.json("GET", f"/comfyui/sessions/{session_id}")
    assert (session["generation_count"], session["completed_count"]) == (50, 50)
