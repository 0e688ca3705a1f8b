"""Tasks that a ComfyUI carries out: they follow their generation, and do not wait for ever."""

from typing import Any

import pytest
from sqlalchemy import text

from spoonfeeder.simulator import Options, Simulator
from tests.features.foreign import database
from tests.features.tasks.asked import GRAPH, NOBODY, profile, task
from tests.features.tasks.done import at, ended, until
from tests.fixtures import openai_media_replies
from tests.fixtures.application import Application
from tests.fixtures.pace import Pace
from tests.fixtures.scripted import scripted
from tests.socket_client import open_socket

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def drawn(api: Application, profile_id: str, **fields: Any) -> Any:
    options = {"workflow_json": GRAPH, "parameters": {"steps": 20, "width": 64, "height": 64}}
    body: dict[str, Any] = {"type": "image", "provider": "comfyui", "model": None, "options": options}
    return await task(api, **body, prompt="A cat", profile_id=profile_id, **fields)


async def test_a_task_goes_along_with_its_generation(working: Application, pace: Pace) -> None:
    async with Simulator(Options(probes=True)) as comfyui, open_socket(working.url) as watcher:
        profile_id = await profile(working, "comfyui", "Drawing", url=comfyui.url)
        made = await drawn(working, profile_id)
        assert await watcher.call("subscribe:task", made["id"]) == {"ok": True}
        subscribed = len(watcher.received)
        pace.let(10)
        row = await until(working, made["id"], lambda row: row["status"] == "running" and row["progress"] > 0)
        assert row["seq"] % 1_000_000 == row["progress"] + 1
        assert row["started_at"]
        pace.let()
        row = await ended(working, made["id"])
        told = await watcher.event("task:completed", lambda payload: payload["id"] == made["id"])
    assert (row["status"], row["progress"], row["message"], told["progress"]) == ("complete", 100, None, 100), row
    [output] = row["result"]["outputs"]
    assert (output["media_type"], output["width"], output["height"]) == ("image/png", 64, 64)
    picture = await working.http.get(output["url"])
    assert len(picture.content) == output["bytes"]
    assert (await working.http.get(output["thumbnail_url"])).headers["content-type"] == "image/webp"
    metadata = row["result"]["metadata"]
    assert (metadata["provider"], metadata["generation_id"]) == ("comfyui", row["generation_id"])
    names = [each.name for each in watcher.received if each.payload.get("taskId") == made["id"]]
    assert names.index("task:started") < names.index("task:completed")
    # What a subscriber is told first may be older than what came just before.
    later = watcher.received[subscribed:]
    sequence = [each.payload["seq"] for each in later if each.payload.get("taskId") == made["id"]]
    assert sequence == sorted(sequence)


async def test_cancelling_one_stops_its_generation(working: Application, pace: Pace) -> None:
    async with Simulator(Options()) as comfyui:
        profile_id = await profile(working, "comfyui", "Drawing", url=comfyui.url)
        made = await drawn(working, profile_id)
        await until(working, made["id"], lambda row: row["status"] == "running")
        await working.json("POST", f"/tasks/{made['id']}/cancel")
        row = await ended(working, made["id"])
        assert row["status"] == "cancelled", row
    generation = await working.json("GET", f"/comfyui/generations/{row['generation_id']}")
    assert generation["status"] == "cancelled"


async def test_what_a_workflow_breaks_on_is_told(working: Application) -> None:
    broken: dict[str, Any] = {name: dict(node) for name, node in GRAPH.items()}
    checkpoint = next(node for node in broken.values() if node["class_type"] == "CheckpointLoaderSimple")
    checkpoint["inputs"] = {**checkpoint["inputs"], "ckpt_name": "nowhere.safetensors"}
    async with (
        Simulator(Options(step_seconds=0.005)) as comfyui,
        scripted(script=openai_media_replies.whatever_is_asked) as server,
    ):
        profile_id = await profile(working, "comfyui", "Drawing", url=comfyui.url)
        fallback = [{"profile_id": await at(server, working)}]
        body: dict[str, Any] = {
            "type": "image",
            "provider": "comfyui",
            "model": None,
            "prompt": "A cat",
            "profile_id": profile_id,
        }
        made = await task(working, **body, options={"workflow_json": broken}, fallback=fallback)
        row = await ended(working, made["id"])
    assert (row["status"], row["tried"], server.asked) == ("failed", [], []), row
    assert "nowhere.safetensors" in row["error"]


async def test_pictures_are_no_video(working: Application, pace: Pace) -> None:
    """Of a graph that is known to make none the task is refused; this stands for nodes that nobody knows."""
    async with Simulator(Options(probes=True)) as comfyui:
        profile_id = await profile(working, "comfyui", "Drawing", url=comfyui.url)
        made = await drawn(working, profile_id)
        async with database(working.settings) as session:
            await session.execute(text("UPDATE tasks SET type = 'video' WHERE id = :id"), {"id": made["id"]})
        pace.let()
        row = await ended(working, made["id"])
    assert (row["status"], row["error_code"], row["result"]) == ("failed", "RESULT_TYPE_MISMATCH", None), row
    assert "image/png" in row["error"]
    generation = await working.json("GET", f"/comfyui/generations/{row['generation_id']}")
    assert (generation["status"], len(generation["outputs"])) == ("completed", 1)


async def away_for_long(api: Application, generation_id: str) -> None:
    """As if its ComfyUI had been away for a minute."""
    long_ago = "UPDATE comfyui_generations SET waiting_since = now() - interval '1 minute' WHERE id = :id"
    async with database(api.settings) as session:
        await session.execute(text(long_ago), {"id": generation_id})


async def test_a_fallback_is_asked_when_comfyui_is_away(working: Application) -> None:
    async with scripted(script=openai_media_replies.whatever_is_asked) as server:
        away = await profile(working, "comfyui", "Away", url=NOBODY)
        made = await drawn(working, away, fallback=[{"profile_id": await at(server, working)}])
        row = await until(working, made["id"], lambda row: row["waiting_reason"] is not None)
        assert (row["status"], row["target"]) == ("pending", 0)
        await away_for_long(working, made["generation_id"])
        row = await ended(working, made["id"])
    assert (row["status"], row["target"], row["generation_id"]) == ("complete", 1, None), row
    assert [(each["profile_id"], each["code"]) for each in row["tried"]] == [(away, "COMFYUI_UNREACHABLE")]
    assert row["result"]["metadata"]["provider"] == "openai"
    generation = await working.json("GET", f"/comfyui/generations/{made['generation_id']}")
    assert generation["status"] == "cancelled"


async def test_a_comfyui_may_be_the_fallback(working: Application) -> None:
    async with Simulator(Options(step_seconds=0.005, probes=True)) as comfyui:
        last = await profile(working, "comfyui", "Drawing", url=comfyui.url)
        first = await profile(working, "openai", "Away", url=NOBODY)
        options = {"workflow_json": GRAPH, "parameters": {"steps": 2, "width": 64, "height": 64}}
        body: dict[str, Any] = {
            "type": "image",
            "provider": "openai",
            "model": None,
            "prompt": "A cat",
            "profile_id": first,
        }
        made = await task(working, **body, options=options, fallback=[{"profile_id": last}])
        row = await ended(working, made["id"])
    assert (row["status"], row["target"], bool(row["generation_id"])) == ("complete", 1, True), row
    assert [each["code"] for each in row["tried"]] == ["PROVIDER_UNREACHABLE"]
    assert row["result"]["metadata"]["provider"] == "comfyui"
