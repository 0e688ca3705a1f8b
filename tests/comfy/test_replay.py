"""Recorded runs played over a real socket, followed to their recorded end."""

import asyncio
from typing import Any

import pytest

from spoonfeeder.comfy import run
from spoonfeeder.comfy.client import ComfyClient
from spoonfeeder.comfy.events import (
    Failed,
    FinalImage,
    Interrupted,
    NodeOutput,
    NodeText,
    Preview,
    Progress,
    Queued,
    RunEvent,
    Started,
    Succeeded,
)
from spoonfeeder.comfy.feed import Feed
from spoonfeeder.comfy.run import follow
from tests.comfy.loopback import Loopback
from tests.comfy.recorded import NODE_TEXT, VERSIONS, every_trace, frame_bytes, graph_of, prompt_id_of, trace

ENDS: dict[str, type[RunEvent]] = {
    "interrupted": Interrupted,
    **{name: Failed for _, name in every_trace() if name.startswith("runtime_exception")},
    **{name: Succeeded for _, name in every_trace() if name.startswith(("success_", "cached_"))},
    **dict.fromkeys(["subgraph_expansion", "progress_text", "nan_in_outputs", "partly_invalid_accepted"], Succeeded),
}


async def _play(server: Loopback, recorded: dict[str, Any], prompt_id: str, client_id: str) -> None:
    """Sends client A's messages; the history has the entry just before `executing null`, as ComfyUI has it."""
    server.running = [prompt_id]
    for message in recorded["messages"]:
        if message["client"] != "A":
            continue
        if "frame" in message:
            await server.send(client_id, frame_bytes(message["frame"]))
        elif "text" in message:
            told = message["text"]
            if told["type"] == "executing" and told["data"]["node"] is None:
                server.running = []
                server.history.update({prompt_id: recorded["history"][prompt_id]})
            await server.send(client_id, told)


async def _run(
    server: Loopback, client: ComfyClient, feed: Feed, version: str, name: str, index: int = 0
) -> list[RunEvent]:
    recorded, graph = trace(version, name), graph_of(version, name, index)
    prompt_id = prompt_id_of(version, name, index)
    with feed.watch(prompt_id, graph) as watch:
        await client.submit(graph, prompt_id=prompt_id, client_id=feed.client_id)
        playing = asyncio.create_task(_play(server, recorded, prompt_id, feed.client_id))
        told = [event async for event in follow(client, watch, away_seconds=20)]
        await playing
    return told


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", sorted(ENDS))
async def test_a_recorded_run_ends_as_recorded(
    server: Loopback, client: ComfyClient, feed: Feed, version: str, name: str
) -> None:
    told = await _run(server, client, feed, version, name)
    assert isinstance(told[0], Started | Queued)
    assert isinstance(told[-1], ENDS[name])
    percents = [event.percent for event in told if isinstance(event, Progress)]
    assert percents == sorted(percents)
    assert sum(isinstance(event, Started) for event in told) == 1
    assert all(getattr(event, "prompt_id", None) == prompt_id_of(version, name) for event in told)


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_end_needs_one_question_when_the_socket_told_it(
    server: Loopback, client: ComfyClient, feed: Feed, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for patience in ("QUIET_SECONDS", "CLOSING_SECONDS", "HURRY_SECONDS"):
        monkeypatch.setattr(run, patience, 60.0)
    await _run(server, client, feed, version, "success_model_free")
    assert server.count("GET /history") == 1
    assert server.count("GET /queue") <= 1


@pytest.mark.parametrize("version", VERSIONS)
async def test_final_images_over_the_socket_are_outputs(
    server: Loopback, client: ComfyClient, feed: Feed, version: str
) -> None:
    told = await _run(server, client, feed, version, "success_image_over_websocket")
    images = [event for event in told if isinstance(event, FinalImage)]
    assert [(image.node, image.index, image.media_type) for image in images] == [
        ("2", 0, "image/png"),
        ("2", 1, "image/png"),
    ]
    assert not any(isinstance(event, Preview) for event in told)
    assert isinstance(told[-1], Succeeded)
    assert told[-1].missed_events is False


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["success_sampler_preview", "success_sampler_preview_metadata"])
async def test_previews_come_with_their_node(
    server: Loopback, client: ComfyClient, feed: Feed, version: str, name: str
) -> None:
    told = await _run(server, client, feed, version, name)
    previews = [event for event in told if isinstance(event, Preview)]
    assert previews
    assert {(preview.node, preview.media_type) for preview in previews} == {("3", "image/jpeg")}


@pytest.mark.parametrize("version", VERSIONS)
async def test_texts_and_early_outputs_are_told(
    server: Loopback, client: ComfyClient, feed: Feed, version: str
) -> None:
    told = await _run(server, client, feed, version, "progress_text")
    assert [event.text for event in told if isinstance(event, NodeText)] == [NODE_TEXT]
    assert [event.output for event in told if isinstance(event, NodeOutput)] == [{"text": [NODE_TEXT]}]


@pytest.mark.parametrize("version", VERSIONS)
async def test_what_is_broadcast_of_a_foreign_prompt_is_dropped(
    server: Loopback, client: ComfyClient, feed: Feed, version: str
) -> None:
    """Recorded: a prompt without client_id whose progress and previews go to every socket."""
    recorded = trace(version, "no_client_id_broadcast")
    with feed.watch("ours", {"1": {"class_type": "A", "inputs": {}}}) as watch:
        server.pending = ["ours"]
        for message in recorded["messages"]:
            if "frame" in message:
                await server.send(feed.client_id, frame_bytes(message["frame"]))
            elif message["client"] == "B" and "text" in message and message["text"]["type"] != "status":
                await server.send(feed.client_id, message["text"])
        await server.send(feed.client_id, {"type": "execution_start", "data": {"prompt_id": "ours"}})
        first = await watch.next(20)
    assert first == Started("ours")
