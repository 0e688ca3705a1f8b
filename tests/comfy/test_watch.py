"""The bounded buffer: what a slow reader of a prompt keeps, and what it loses."""

import asyncio
import time
from typing import Any

from spoonfeeder.comfy import watch as limits
from spoonfeeder.comfy.events import (
    Closing,
    FinalImage,
    NodeOutput,
    NodeStarted,
    NodeState,
    NodeStates,
    Preview,
    QueueChanged,
    SocketLost,
    StepProgress,
    WatchEvent,
)
from spoonfeeder.comfy.watch import Watch

GRAPH = {
    "3": {"class_type": "KSampler", "inputs": {}},
    "9": {"class_type": "SaveImageWebsocket", "inputs": {}},
    "10": {"class_type": "ETN_SendImageWebSocket", "inputs": {}},
}


def _watch() -> Watch:
    return Watch("p", GRAPH, lambda watch: None)


def _png(node: str) -> Preview:
    return Preview("p", node, b"\x89PNG", "image/png")


async def _all(watch: Watch) -> list[WatchEvent]:
    found = []
    while (event := await watch.next(0)) is not None:
        found.append(event)
    return found


async def test_the_newest_preview_and_step_remain_in_their_order() -> None:
    watch = _watch()
    watch.offer(NodeStarted("p", "3", "3"), 10)
    for step in range(1, 1001):
        watch.offer(StepProgress("p", "3", float(step), 1000.0), 10)
        watch.offer(NodeStates("p", (NodeState("3", float(step), 1000.0, finished=False),)), 10)
        watch.offer(Preview("p", "3", b"%d" % step, "image/jpeg"), 40_000)
        watch.offer(QueueChanged(step), 10)
    watch.offer(Closing("p", "execution_success", {}), 10)
    kinds = await _all(watch)
    assert [type(event).__name__ for event in kinds] == [
        "NodeStarted",
        "StepProgress",
        "NodeStates",
        "Preview",
        "QueueChanged",
        "Closing",
    ]
    assert kinds[1] == StepProgress("p", "3", 1000.0, 1000.0)
    assert kinds[3] == Preview("p", "3", b"1000", "image/jpeg")
    assert watch.missed is False


async def test_a_reader_that_keeps_up_sees_every_step() -> None:
    watch = _watch()
    for step in range(1, 6):
        watch.offer(StepProgress("p", "3", float(step), 5.0), 10)
        assert await watch.next(0) == StepProgress("p", "3", float(step), 5.0)


async def test_what_came_while_the_process_stood_still_is_no_silence() -> None:
    watch = _watch()
    reading = asyncio.create_task(watch.next(0.01))
    loop = asyncio.get_running_loop()
    loop.call_soon(time.sleep, 0.1)
    loop.call_later(0.02, watch.offer, QueueChanged(1), 10)
    assert await reading == QueueChanged(1)


async def test_a_flood_of_outputs_is_bounded_and_told() -> None:
    watch = _watch()
    for number in range(10_000):
        watch.offer(NodeOutput("p", str(number), str(number), {}), 100)
    watch.offer(Closing("p", "execution_success", {}), 10)
    found = await _all(watch)
    assert len(found) == limits.MAX_EVENTS + 1
    assert isinstance(found[-1], Closing)
    assert watch.missed is True


async def test_bytes_are_bounded_and_free_again_once_read(monkeypatch: Any) -> None:
    monkeypatch.setattr(limits, "MAX_EVENT_BYTES", 1000)
    watch = _watch()
    for _ in range(3):
        watch.offer(NodeOutput("p", "1", "1", {}), 400)
    assert len(await _all(watch)) == 2
    watch.offer(NodeOutput("p", "1", "1", {}), 900)
    assert len(await _all(watch)) == 1


async def test_png_frames_of_a_websocket_saver_are_results_and_all_kept() -> None:
    watch = _watch()
    for node in ("9", "9", "10", "3", "9"):
        watch.offer(_png(node), 10)
    watch.offer(Preview("p", "9", b"jpeg", "image/jpeg"), 10)
    found = await _all(watch)
    finals = [(event.node, event.index) for event in found if isinstance(event, FinalImage)]
    assert finals == [("9", 0), ("9", 1), ("10", 0), ("9", 2)]
    assert sum(isinstance(event, Preview) for event in found) == 1


async def test_results_over_the_limit_are_told_as_missed(monkeypatch: Any) -> None:
    monkeypatch.setattr(limits, "MAX_IMAGE_BYTES", 100)
    watch = _watch()
    for _ in range(3):
        watch.offer(_png("9"), 60)
        await _all(watch)
    assert watch.missed is True


async def test_endless_results_end(monkeypatch: Any) -> None:
    monkeypatch.setattr(limits, "MAX_IMAGES", 5)
    watch = _watch()
    found = []
    for _ in range(8):
        watch.offer(_png("9"), 1)
        found += await _all(watch)
    assert len(found) == 5
    assert watch.missed is True


async def test_a_giant_preview_is_dropped_quietly() -> None:
    watch = _watch()
    watch.offer(Preview("p", "3", b"x", "image/jpeg"), 100 * 2**20)
    assert await _all(watch) == []
    assert watch.missed is False


async def test_a_lost_socket_is_one_event_and_a_gap() -> None:
    watch = _watch()
    watch.offer(SocketLost(), 0)
    watch.offer(SocketLost(), 0)
    assert await _all(watch) == [SocketLost()]
    assert watch.missed is True
