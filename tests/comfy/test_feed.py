"""The socket of a backend: how it connects, comes back, and whom it tells what."""

import asyncio
import json
from collections.abc import Sequence

import pytest

from spoonfeeder.comfy.events import NodeText, Preview, QueueChanged, SocketLost, Started, StepProgress, WatchEvent
from spoonfeeder.comfy.feed import Feed
from spoonfeeder.comfy.watch import Watch
from spoonfeeder.core.http import TargetPolicy
from tests.comfy.loopback import Loopback
from tests.comfy.recorded import DATA, NODE_TEXT
from tests.waiting import until

GRAPH = {"3": {"class_type": "KSampler", "inputs": {}}}
JPEG = (DATA / "event1_preview_jpeg.bin").read_bytes()


def _started(prompt_id: str) -> dict[str, object]:
    return {"type": "execution_start", "data": {"prompt_id": prompt_id, "timestamp": 5}}


def _executing(prompt_id: str, node: str | None) -> dict[str, object]:
    return {"type": "executing", "data": {"prompt_id": prompt_id, "node": node, "display_node": node}}


async def _next(watch: Watch, kind: type[WatchEvent]) -> WatchEvent:
    """The next event of a kind; raises TimeoutError when none comes."""
    async with asyncio.timeout(20):
        while not isinstance(event := await watch.next(20), kind):
            pass
    return event


async def _kinds(server: Loopback, feed: Feed, watch: Watch) -> list[str]:
    """The names of all that came, by sending a mark behind it."""
    await server.send(feed.client_id, _started("mark"))
    with feed.watch("mark", {}) as mark:
        await server.send(feed.client_id, _started("mark"))
        await _next(mark, Started)
    found = []
    while (event := await watch.next(0)) is not None:
        found.append(type(event).__name__)
    return found


async def test_the_handshake(server: Loopback, feed: Feed) -> None:
    await until(lambda: server.first_messages)
    [first], [headers] = server.first_messages, server.handshakes
    assert json.loads(first) == {"type": "feature_flags", "data": {"supports_preview_metadata": True}}
    assert "sec-websocket-extensions" not in headers
    assert "origin" not in headers
    assert headers["host"] == f"127.0.0.1:{server.port}"
    assert list(server.sockets) == [feed.client_id]


async def test_events_reach_only_the_watch_of_their_prompt(server: Loopback, feed: Feed) -> None:
    with feed.watch("one", GRAPH) as one, feed.watch("two", GRAPH) as two:
        await server.send(feed.client_id, _started("two"))
        await server.send(feed.client_id, _started("nobody's"))
        assert await _next(two, Started) == Started("two", 5)
        assert await _kinds(server, feed, one) == []


async def test_two_who_watch_one_prompt_both_hear_it(server: Loopback, feed: Feed) -> None:
    with feed.watch("one", GRAPH) as first:
        with feed.watch("one", GRAPH) as second:
            await server.send(feed.client_id, _started("one"))
            assert await _next(second, Started) == Started("one", 5)
        assert await _next(first, Started) == Started("one", 5)
        await server.send(feed.client_id, _executing("one", "3"))
        assert await _kinds(server, feed, first) == ["NodeStarted"]


async def test_a_preview_without_name_belongs_to_the_one_that_executes(server: Loopback, feed: Feed) -> None:
    with feed.watch("one", GRAPH) as one, feed.watch("two", GRAPH) as two:
        await server.send(feed.client_id, JPEG)
        assert await _kinds(server, feed, one) == []
        await server.send(feed.client_id, _executing("one", "3"))
        await server.send(feed.client_id, JPEG)
        preview = await _next(one, Preview)
        assert isinstance(preview, Preview)
        assert (preview.prompt_id, preview.node, preview.image) == ("one", "3", JPEG[8:])
        await server.send(feed.client_id, (DATA / "event3_text.bin").read_bytes())
        assert await _next(one, NodeText) == NodeText("one", "7", NODE_TEXT)
        await server.send(feed.client_id, _executing("one", None))
        await server.send(feed.client_id, JPEG)
        assert await _kinds(server, feed, one) == ["Left"]
        assert await _kinds(server, feed, two) == []


async def test_a_preview_without_name_is_nobodys_while_two_execute(server: Loopback, feed: Feed) -> None:
    with feed.watch("one", GRAPH) as one, feed.watch("two", GRAPH):
        await server.send(feed.client_id, _executing("one", "3"))
        await server.send(feed.client_id, _executing("two", "3"))
        await server.send(feed.client_id, JPEG)
        assert await _kinds(server, feed, one) == ["NodeStarted"]


async def test_everybody_hears_that_the_queue_changed(server: Loopback, feed: Feed) -> None:
    with feed.watch("one", GRAPH) as one, feed.watch("two", GRAPH) as two:
        server.running = ["x"]
        await server.tell_status()
        assert await _next(one, QueueChanged) == await _next(two, QueueChanged) == QueueChanged(1)


async def test_it_comes_back_with_a_fresh_id_after_a_kill(server: Loopback, feed: Feed) -> None:
    before = feed.client_id
    with feed.watch("one", GRAPH) as watch:
        await server.stop()
        assert await _next(watch, SocketLost) == SocketLost()
        assert feed.connected is False
        assert watch.missed is True
        await server.start()
        assert await feed.wait_connected(20)
        assert feed.client_id != before
        await server.send(feed.client_id, _started("one"))
        assert await _next(watch, Started) == Started("one", 5)


async def test_each_connection_has_an_id_of_its_own(server: Loopback, feed: Feed) -> None:
    seen = {feed.client_id}
    for number in range(1, 4):
        await next(iter(server.sockets.values())).close()
        await until(lambda handshakes=number + 1: len(server.handshakes) == handshakes)  # type: ignore[misc]
        assert await feed.wait_connected(20)
        seen.add(feed.client_id)
    assert len(seen) == 4


async def test_nothing_it_is_sent_stops_it(server: Loopback, feed: Feed) -> None:
    hostile: Sequence[dict[str, object] | bytes] = [
        b"",
        b"\xff" * 100,
        {"type": "executing", "data": {"prompt_id": "one", "node": {"a": 1}}},
        {"type": "progress", "data": None},
        {"type": "executed", "data": {"prompt_id": "one", "node": "1", "output": {"x": ["y" * 9_000_000]}}},
    ]
    with feed.watch("one", GRAPH) as watch:
        for message in hostile:
            await server.send(feed.client_id, message)
        assert await _kinds(server, feed, watch) == []
        assert len(server.handshakes) == 1


async def test_a_reader_that_never_reads_does_not_hold_up_the_socket(server: Loopback, feed: Feed) -> None:
    big = JPEG[:8] + b"\xff" * 1_000_000
    with feed.watch("idle", GRAPH) as idle, feed.watch("busy", GRAPH) as busy:
        await server.send(feed.client_id, _executing("idle", "3"))
        for step in range(1, 101):
            await server.send(feed.client_id, big)
            progress = {"prompt_id": "idle", "node": "3", "value": step, "max": 100}
            await server.send(feed.client_id, {"type": "progress", "data": progress})
        await server.send(feed.client_id, _started("busy"))
        assert await _next(busy, Started) == Started("busy", 5)
        steps = await _next(idle, StepProgress)
        assert steps == StepProgress("idle", "3", 100.0, 100.0)


@pytest.fixture
def refusing() -> TargetPolicy:
    async def nowhere(host: str, port: int) -> Sequence[str]:
        return ["169.254.169.254"]

    return TargetPolicy(local=True, resolver=nowhere)


async def test_a_target_that_is_not_allowed_is_never_connected_to(server: Loopback, refusing: TargetPolicy) -> None:
    async with Feed(f"http://comfy.test:{server.port}", refusing) as feed:
        assert await feed.wait_connected(0.5) is False
    assert server.handshakes == []


async def test_the_connection_goes_to_the_checked_address_with_the_name_kept(server: Loopback) -> None:
    asked: list[str] = []

    async def first_here_then_elsewhere(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"]

    policy = TargetPolicy(local=True, resolver=first_here_then_elsewhere)
    async with Feed(f"http://comfy.test:{server.port}", policy) as feed:
        assert await feed.wait_connected(20)
    assert asked == ["comfy.test"]
    assert server.handshakes[0]["host"] == f"comfy.test:{server.port}"


async def test_leaving_closes_the_socket_and_leaves_no_task(server: Loopback) -> None:
    before = asyncio.all_tasks()
    async with Feed(server.url, TargetPolicy(local=True)) as feed:
        await feed.wait_connected(20)
    await until(lambda: not server.sockets)
    left = {task for task in asyncio.all_tasks() - before if "comfy feed" in task.get_name()}
    assert left == set()


async def test_leaving_while_nobody_answers_is_quick() -> None:
    async with asyncio.timeout(20):
        async with Feed("http://127.0.0.1:9", TargetPolicy(local=True)) as feed:
            assert await feed.wait_connected(0.05) is False
