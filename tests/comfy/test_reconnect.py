"""The recorded breaks of the socket, and ComfyUI's own end, as the one who follows a prompt meets them."""

import asyncio
from typing import Any

import pytest

from spoonfeeder.comfy import feed as limits
from spoonfeeder.comfy import run
from spoonfeeder.comfy.client import ComfyClient
from spoonfeeder.comfy.events import Lost, Progress, RunEvent, Started, Succeeded
from spoonfeeder.comfy.feed import Feed
from spoonfeeder.comfy.run import follow
from spoonfeeder.core.http import TargetPolicy
from tests.comfy.loopback import Loopback
from tests.comfy.recorded import VERSIONS, frame_bytes, graph_of, prompt_id_of, trace
from tests.waiting import until


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "QUIET_SECONDS", 0.1)
    monkeypatch.setattr(run, "HURRY_SECONDS", 0.02)


async def _first_socket(server: Loopback, recorded: dict[str, Any], client_id: str) -> None:
    """What the first connection got until it closed."""
    for message in recorded["messages"][1:]:
        if message["client"] == "A" and "socket" in message:
            return
        if message["client"] == "A":
            told = frame_bytes(message["frame"]) if "frame" in message else message["text"]
            await server.send(client_id, told)


def _follow(
    server: Loopback, client: ComfyClient, feed: Feed, version: str, name: str, told: list[RunEvent] | None = None
) -> asyncio.Task[list[RunEvent]]:
    told = [] if told is None else told
    prompt_id = prompt_id_of(version, name)
    server.running = [prompt_id]

    async def follow_it() -> list[RunEvent]:
        with feed.watch(prompt_id, graph_of(version, name)) as watch:
            async for event in follow(client, watch, away_seconds=20):
                told.append(event)
        return told

    return asyncio.create_task(follow_it())


def _finish(server: Loopback, version: str, name: str) -> None:
    server.running, server.history = [], dict(trace(version, name)["history"])


@pytest.mark.parametrize("version", VERSIONS)
async def test_after_a_reconnect_the_history_tells_the_end(
    server: Loopback, client: ComfyClient, feed: Feed, version: str
) -> None:
    following = _follow(server, client, feed, version, "ws_reconnect")
    await asyncio.sleep(0)
    before = feed.client_id
    await _first_socket(server, trace(version, "ws_reconnect"), before)
    await server.sockets[before].close()
    await until(lambda: feed.client_id != before and feed.connected)
    assert list(server.sockets) == [feed.client_id]
    _finish(server, version, "ws_reconnect")
    told = await following
    assert isinstance(told[0], Started)
    assert isinstance(told[-1], Succeeded)
    assert told[-1].missed_events is True
    assert any(isinstance(event, Progress) and event.percent > 20 for event in told)


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_socket_that_goes_deaf_is_noticed(
    server: Loopback, client: ComfyClient, feed: Feed, version: str
) -> None:
    """Recorded: the id is dropped when an older socket ends, and the newer one, still open, hears nothing more."""
    name = "ws_reconnect_old_socket_closes_later"
    following = _follow(server, client, feed, version, name)
    await asyncio.sleep(0)
    await _first_socket(server, trace(version, name), feed.client_id)
    _finish(server, version, name)
    told = await following
    assert isinstance(told[-1], Succeeded)
    assert feed.connected is True


@pytest.mark.parametrize("version", VERSIONS)
async def test_joining_late_tells_the_start_and_what_runs(
    server: Loopback, client: ComfyClient, feed: Feed, version: str
) -> None:
    told: list[RunEvent] = []
    following = _follow(server, client, feed, version, "late_connect", told)
    await asyncio.sleep(0)
    await _first_socket(server, trace(version, "late_connect"), feed.client_id)
    await until(lambda: len(told) > 1)
    _finish(server, version, "late_connect")
    await following
    assert told[0] == Started(prompt_id_of(version, "late_connect"))
    assert isinstance(told[1], Progress)
    assert told[1].node == "3"
    assert isinstance(told[-1], Succeeded)


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_killed_server_has_lost_the_prompt(
    server: Loopback, client: ComfyClient, feed: Feed, version: str
) -> None:
    following = _follow(server, client, feed, version, "server_killed")
    await asyncio.sleep(0)
    await _first_socket(server, trace(version, "server_killed"), feed.client_id)
    await server.stop()
    server.running = []
    await server.start()
    told = await following
    assert isinstance(told[-1], Lost)
    assert await feed.wait_connected(20)


async def test_a_message_over_the_limit_costs_the_connection_not_the_run(
    server: Loopback, client: ComfyClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert limits.MAX_MESSAGE_BYTES == 100 * 2**20
    monkeypatch.setattr(limits, "MAX_MESSAGE_BYTES", 2**20)
    name = "success_model_free"
    async with Feed(server.url, TargetPolicy(local=True)) as small:
        assert await small.wait_connected(20)
        before = small.client_id
        following = _follow(server, client, small, "v0.33.0", name)
        await asyncio.sleep(0)
        await server.send(before, b"\0" * (2**20 + 1))
        await until(lambda: small.client_id != before and small.connected)
        _finish(server, "v0.33.0", name)
        assert isinstance((await following)[-1], Succeeded)
