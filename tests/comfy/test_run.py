"""Following a prompt when the socket is silent, gone or lying: HTTP decides, in time."""

import asyncio
import json
from inspect import signature
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from spoonfeeder.comfy import run
from spoonfeeder.comfy.client import ComfyClient
from spoonfeeder.comfy.errors import Broken, Stalled, Unreachable
from spoonfeeder.comfy.events import (
    Failed,
    Interrupted,
    Lost,
    Progress,
    Queued,
    RunEvent,
    Started,
    Succeeded,
)
from spoonfeeder.comfy.feed import Feed
from spoonfeeder.comfy.run import follow
from spoonfeeder.comfy.watch import Watch
from tests.comfy.conftest import POLL_SECONDS
from tests.comfy.loopback import TROUBLE, Loopback, answer_with, interruption, success
from tests.waiting import until

GRAPH = {"3": {"class_type": "KSampler", "inputs": {"steps": 10}}}


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "QUIET_SECONDS", 0.05)
    monkeypatch.setattr(run, "CLOSING_SECONDS", 0.05)
    monkeypatch.setattr(run, "ABSENCE_GAP_SECONDS", 0.05)
    monkeypatch.setattr(run, "ENTRY_PAUSES_SECONDS", (0.0, 0.02))


async def _followed(client: ComfyClient, feed: Feed, **patience: float) -> list[RunEvent]:
    with feed.watch("ours", GRAPH) as watch:
        return [event async for event in follow(client, watch, **patience)]


async def _asked_twice_more(server: Loopback) -> None:
    """Until a whole question and answer lie behind us."""
    seen = server.count("GET /queue")
    await until(lambda: server.count("GET /queue") >= seen + 2)


async def _have_come(watch: Watch, events: int) -> None:
    await until(lambda: len(watch._pending) == events)


def _says(kind: str, **data: Any) -> dict[str, Any]:
    return {"type": kind, "data": {"prompt_id": "ours", **data}}


def test_what_a_silent_socket_hides_is_known_within_3_s() -> None:
    between_questions = signature(ComfyClient).parameters["poll_interval_seconds"].default
    assert run.QUIET_SECONDS + between_questions < 3


@pytest.mark.usefixtures("hasty")
async def test_a_silent_socket_costs_the_run_two_questions_at_most(
    server: Loopback, client: ComfyClient, feed: Feed
) -> None:
    server.running = ["ours"]
    following = asyncio.create_task(_followed(client, feed))
    await until(lambda: server.count("GET /queue"))
    server.running, server.history = [], {"ours": success("ours")}
    seen = server.count("GET /queue")
    assert await following == [Started("ours"), Succeeded("ours", success("ours"))]
    assert server.count("GET /queue") <= seen + 2


@pytest.mark.usefixtures("hasty")
async def test_twenty_runs_share_one_question_a_beat(server: Loopback, client: ComfyClient, feed: Feed) -> None:
    server.running, server.pending = ["1"], [str(number) for number in range(2, 21)]
    watches = [feed.watch(str(number), GRAPH) for number in range(1, 21)]

    async def ends(index: int) -> RunEvent:
        *_, last = [event async for event in follow(client, watches[index])]
        return last

    began = asyncio.get_running_loop().time()
    following = asyncio.gather(*(ends(index) for index in range(20)))
    await until(lambda: server.count("GET /queue") >= 4)
    server.running, server.pending = [], []
    server.history = {str(number): success(str(number)) for number in range(1, 21)}
    assert all(isinstance(end, Succeeded) for end in await following)
    took = asyncio.get_running_loop().time() - began
    assert server.count("GET /queue") <= took / POLL_SECONDS + 1


@pytest.mark.usefixtures("hasty")
async def test_the_place_in_the_queue_is_told_as_it_changes(server: Loopback, client: ComfyClient, feed: Feed) -> None:
    server.running, server.pending = ["x"], ["y", "ours"]
    following = asyncio.create_task(_followed(client, feed))
    for running, pending in ((["x"], ["y", "ours"]), (["y"], ["ours"]), (["ours"], [])):
        server.running, server.pending = running, pending
        await _asked_twice_more(server)
    server.running, server.history = [], {"ours": success("ours")}
    assert (await following)[:-1] == [Queued("ours", 2), Queued("ours", 1), Started("ours")]


@pytest.mark.usefixtures("hasty")
async def test_a_prompt_in_neither_queue_nor_history_is_lost_after_three_looks(
    server: Loopback, client: ComfyClient, feed: Feed
) -> None:
    [end] = await _followed(client, feed)
    assert isinstance(end, Lost)
    assert end.failure.code == "COMFYUI_LOST"
    assert server.count("GET /queue") == server.count("GET /history") == 3
    order = [asked for asked in server.asked if asked.startswith(("GET /queue", "GET /history"))]
    assert order == ["GET /queue", "GET /history/ours"] * 3


@pytest.mark.usefixtures("hasty")
async def test_a_moment_between_queue_and_history_is_not_a_loss(
    server: Loopback, client: ComfyClient, feed: Feed
) -> None:
    looks = 0

    async def late(request: Request) -> Response:
        nonlocal looks
        looks += 1
        return Response(json.dumps({"ours": success("ours")} if looks == 3 else {}), media_type="application/json")

    server.answers["GET /history/{id}"] = late
    [end] = await _followed(client, feed)
    assert isinstance(end, Succeeded)


async def test_history_may_come_a_moment_after_execution_success(
    server: Loopback, client: ComfyClient, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "ENTRY_PAUSES_SECONDS", (0.0, 0.1, 10.0))
    server.running = ["ours"]
    with feed.watch("ours", GRAPH) as watch:
        events = follow(client, watch)
        await server.send(feed.client_id, _says("execution_start"))
        await server.send(feed.client_id, _says("execution_success"))
        await _have_come(watch, 2)
        assert await anext(events) == Started("ours")
        asking = asyncio.create_task(anext(events))
        await until(lambda: server.count("GET /history"))
        server.running, server.history = [], {"ours": success("ours")}
        assert isinstance(await asking, Succeeded)
        assert server.count("GET /queue") == 0


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(("kind", "end"), [("execution_success", Succeeded), ("execution_error", Failed)])
async def test_a_history_cleared_by_somebody_does_not_undo_an_end_that_was_told(
    server: Loopback, client: ComfyClient, feed: Feed, kind: str, end: type[RunEvent]
) -> None:
    with feed.watch("ours", GRAPH) as watch:
        output = {"images": [{"filename": "a.png"}]}
        await server.send(feed.client_id, _says("executed", node="3", display_node="3", output=output))
        await server.send(feed.client_id, _says(kind, node_id="3", exception_message="boom", exception_type="E"))
        await server.send(feed.client_id, _says("executing", node=None))
        await _have_come(watch, 3)
        told = [event async for event in follow(client, watch)]
    last = told[-1]
    assert isinstance(last, end)
    assert isinstance(last, Succeeded | Failed)
    assert last.entry is not None
    assert last.entry["outputs"] == {"3": output}


@pytest.mark.usefixtures("hasty")
async def test_somebody_elses_interrupt_is_told(server: Loopback, client: ComfyClient, feed: Feed) -> None:
    server.history = {"ours": interruption("ours")}
    [end] = await _followed(client, feed)
    assert isinstance(end, Interrupted)


@pytest.mark.usefixtures("hasty")
async def test_a_short_absence_of_comfyui_is_sat_out(server: Loopback, client: ComfyClient, feed: Feed) -> None:
    server.running = ["ours"]
    following = asyncio.create_task(_followed(client, feed, away_seconds=20))
    await until(lambda: server.count("GET /queue"))
    await server.stop()
    server.running, server.history = [], {"ours": success("ours")}
    await until(lambda: not feed.connected)
    await server.start()
    told = await following
    assert told == [Started("ours"), Succeeded("ours", success("ours"), missed_events=True)]


@pytest.mark.usefixtures("hasty")
async def test_a_restart_with_an_empty_history_is_a_loss(server: Loopback, client: ComfyClient, feed: Feed) -> None:
    server.running = ["ours"]
    following = asyncio.create_task(_followed(client, feed, away_seconds=20))
    await until(lambda: server.count("GET /queue"))
    await server.stop()
    server.running = []
    await server.start()
    assert isinstance((await following)[-1], Lost)


@pytest.mark.usefixtures("hasty")
async def test_comfyui_away_too_long_is_unreachable(server: Loopback, client: ComfyClient, feed: Feed) -> None:
    await server.stop()
    began = asyncio.get_running_loop().time()
    async with asyncio.timeout(20):
        with pytest.raises(Unreachable, match="cannot be reached"):
            await _followed(client, feed, away_seconds=0.2)
    assert asyncio.get_running_loop().time() - began >= 0.2


@pytest.mark.usefixtures("hasty")
async def test_only_errors_for_too_long_is_broken(server: Loopback, client: ComfyClient, feed: Feed) -> None:
    server.answers["GET /queue"] = answer_with(500, text=TROUBLE)
    with pytest.raises(Broken):
        await _followed(client, feed, away_seconds=0.2)


@pytest.mark.usefixtures("hasty")
async def test_a_dead_worker_thread_is_a_stall(server: Loopback, client: ComfyClient, feed: Feed) -> None:
    server.running, server.pending = ["fatal"], ["ours"]
    with pytest.raises(Stalled, match="worker seems to be dead or stuck"):
        await _followed(client, feed, stalled_seconds=0.3)


class Ahead:
    """A loop whose clock is ahead of the real one."""

    by = 0.0

    def time(self) -> float:
        return asyncio.get_running_loop().time() + self.by


@pytest.mark.usefixtures("hasty")
async def test_a_queue_that_moves_is_no_stall(
    server: Loopback, client: ComfyClient, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = Ahead()
    monkeypatch.setattr(run, "asyncio", SimpleNamespace(get_running_loop=lambda: ahead, sleep=asyncio.sleep))
    server.running, server.pending = ["0"], ["ours"]
    following = asyncio.create_task(_followed(client, feed, stalled_seconds=100))
    for number in range(1, 4):
        await _asked_twice_more(server)
        ahead.by += 60
        server.running = [str(number)]
    server.running, server.pending, server.history = [], [], {"ours": success("ours")}
    assert isinstance((await following)[-1], Succeeded)


@pytest.mark.usefixtures("hasty")
async def test_a_record_that_cannot_be_read_ends_the_run_with_a_sentence(
    server: Loopback, client: ComfyClient, feed: Feed
) -> None:
    server.answers["GET /history/{id}"] = answer_with(200, text="<html>")
    [end] = await _followed(client, feed)
    assert isinstance(end, Failed)
    assert end.failure.code == "COMFYUI_BROKEN"
    assert "cannot be used" in end.failure.sentence


async def test_events_are_told_without_asking(server: Loopback, client: ComfyClient, feed: Feed) -> None:
    server.running = ["ours"]
    with feed.watch("ours", GRAPH) as watch:
        await server.send(feed.client_id, _says("execution_start", timestamp=7))
        await server.send(feed.client_id, _says("progress", node="3", value=5, max=10))
        await _have_come(watch, 2)
        events = follow(client, watch)
        assert await anext(events) == Started("ours", 7)
        assert await anext(events) == Progress("ours", 49, "3", "KSampler", "KSampler", 5, 10)
        await events.aclose()
    assert server.count("GET /queue") == server.count("GET /history") == 0


@pytest.mark.usefixtures("hasty")
async def test_one_who_stops_following_leaves_nothing_behind(server: Loopback, client: ComfyClient, feed: Feed) -> None:
    before = asyncio.all_tasks()
    following = asyncio.create_task(_followed(client, feed))
    await until(lambda: server.count("GET /queue"))
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        await following
    assert asyncio.all_tasks() == before
    await server.send(feed.client_id, _says("execution_start"))
    assert await client.queue_remaining() == 0
