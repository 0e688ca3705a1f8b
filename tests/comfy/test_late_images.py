"""Images that only the socket brings, where the history tells of the end before they have come."""

import asyncio
import json
import time

import pytest

from spoonfeeder.comfy import run
from spoonfeeder.comfy.client import ComfyClient
from spoonfeeder.comfy.events import Closing, FinalImage, Preview, RunEvent, Started, Succeeded
from spoonfeeder.comfy.feed import Feed
from spoonfeeder.comfy.locate import Finished
from spoonfeeder.comfy.run import follow
from spoonfeeder.comfy.watch import Watch
from tests.comfy.loopback import Loopback, success
from tests.waiting import until

GRAPH = {"2": {"class_type": "SaveImageWebsocket", "inputs": {"images": ["1", 0]}}}
DATA = {"prompt_id": "ours"}
SENT = (b"first", b"second", b"third")
TOLD = [
    Started("ours"),
    *(FinalImage("ours", "2", index, image, "image/png") for index, image in enumerate(SENT)),
    Succeeded("ours", success("ours"), missed_events=False),
]


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "QUIET_SECONDS", 0.05)
    monkeypatch.setattr(run, "CLOSING_SECONDS", 0.05)


async def collect(client: ComfyClient, watch: Watch, *, seconds: float = 0.0) -> list[RunEvent]:
    """Takes that many seconds for each event."""
    told = []
    async for event in follow(client, watch):
        told.append(event)
        await asyncio.sleep(seconds)
    return told


async def followed(client: ComfyClient, feed: Feed) -> list[RunEvent]:
    with feed.watch("ours", GRAPH) as watch:
        return await collect(client, watch)


def picture(image: bytes) -> bytes:
    told = json.dumps({**DATA, "node_id": "2", "image_type": "image/png"}).encode()
    return (4).to_bytes(4, "big") + len(told).to_bytes(4, "big") + told + image


def bring(watch: Watch) -> None:
    """What the feed does when it has read the images and the end."""
    for image in SENT:
        watch.offer(Preview("ours", "2", image, "image/png"), len(image))
    watch.offer(Closing("ours", "execution_success", DATA), 10)


async def test_they_are_waited_for(
    server: Loopback, client: ComfyClient, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "IMAGES_SECONDS", 600.0)
    server.history = {"ours": success("ours")}
    following = asyncio.create_task(followed(client, feed))
    await until(lambda: server.count("GET /history"))
    server.history = {}  # somebody clears it
    for image in SENT:
        await server.send(feed.client_id, picture(image))
    await server.send(feed.client_id, {"type": "execution_success", "data": DATA})
    assert await following == TOLD


async def test_what_never_comes_is_said(
    server: Loopback, client: ComfyClient, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "IMAGES_SECONDS", 0.1)
    server.history = {"ours": success("ours")}
    assert await followed(client, feed) == [Succeeded("ours", success("ours"), missed_events=True)]


async def test_they_are_read_though_the_process_stood_still_until_none_was_waited_for(
    client: ComfyClient, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "IMAGES_SECONDS", 0.1)
    monkeypatch.setattr(run, "QUIET_SECONDS", 0.1)
    looked = asyncio.Event()

    async def locate(_: str) -> Finished:
        looked.set()
        return Finished(success("ours"))

    monkeypatch.setattr(client, "locate", locate)
    with feed.watch("ours", GRAPH) as watch:
        following = asyncio.create_task(collect(client, watch))
        await looked.wait()
        asyncio.get_running_loop().call_soon(time.sleep, 0.3)
        await asyncio.sleep(0)
        monkeypatch.setattr(run, "QUIET_SECONDS", 30.0)
        for _ in range(10):  # the socket is read only after that
            await asyncio.sleep(0)
        bring(watch)
        assert await following == TOLD


async def test_those_that_came_are_told_to_one_who_takes_long_for_each(
    server: Loopback, client: ComfyClient, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "IMAGES_SECONDS", 0.0)
    server.history = {"ours": success("ours")}
    with feed.watch("ours", GRAPH) as watch:
        bring(watch)
        assert await collect(client, watch, seconds=0.06) == TOLD
