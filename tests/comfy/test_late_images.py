"""Images that only the socket brings, where the history tells of the end before they have come."""

import asyncio
import json

import pytest

from spoonfeeder.comfy import run
from spoonfeeder.comfy.client import ComfyClient
from spoonfeeder.comfy.events import FinalImage, RunEvent, Started, Succeeded
from spoonfeeder.comfy.feed import Feed
from spoonfeeder.comfy.run import follow
from tests.comfy.loopback import Loopback, success
from tests.waiting import until

GRAPH = {"2": {"class_type": "SaveImageWebsocket", "inputs": {"images": ["1", 0]}}}
DATA = {"prompt_id": "ours"}
SENT = (b"first", b"second", b"third")


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "QUIET_SECONDS", 0.05)
    monkeypatch.setattr(run, "CLOSING_SECONDS", 0.05)


async def followed(client: ComfyClient, feed: Feed) -> list[RunEvent]:
    with feed.watch("ours", GRAPH) as watch:
        return [event async for event in follow(client, watch)]


def picture(image: bytes) -> bytes:
    told = json.dumps({**DATA, "node_id": "2", "image_type": "image/png"}).encode()
    return (4).to_bytes(4, "big") + len(told).to_bytes(4, "big") + told + image


async def test_they_are_waited_for(server: Loopback, client: ComfyClient, feed: Feed) -> None:
    server.history = {"ours": success("ours")}
    following = asyncio.create_task(followed(client, feed))
    await until(lambda: server.count("GET /history"))
    server.history = {}  # somebody clears it
    for image in SENT:
        await server.send(feed.client_id, picture(image))
    await server.send(feed.client_id, {"type": "execution_success", "data": DATA})
    told = await following
    images = [FinalImage("ours", "2", index, image, "image/png") for index, image in enumerate(SENT)]
    assert told == [Started("ours"), *images, Succeeded("ours", success("ours"), missed_events=False)]


async def test_what_never_comes_is_said(
    server: Loopback, client: ComfyClient, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "IMAGES_SECONDS", 0.1)
    server.history = {"ours": success("ours")}
    assert await followed(client, feed) == [Succeeded("ours", success("ours"), missed_events=True)]
