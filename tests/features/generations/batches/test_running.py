"""A batch that runs: its progress as a browser hears of it, and its end by cancelling."""

from typing import Any

from tests.features.generations.batches.asking import children, sweep, vary
from tests.fixtures.application import Application
from tests.fixtures.pace import Pace
from tests.fixtures.workflows import workflow
from tests.socket_client import SocketClient, open_socket

COUNTS = ("pending", "running", "completed", "failed", "cancelled")


def progress_of(watcher: SocketClient, batch_id: str) -> list[Any]:
    return [told for told in watcher.payloads("batch:progress") if told["id"] == batch_id]


def is_done(told: Any) -> bool:
    return bool(told["pending"] + told["running"] == 0)


async def test_the_progress_from_the_first_to_the_last(application: Application) -> None:
    session_id = await application.session(workflow("txt2img_sd15"))
    async with open_socket(application.url) as watcher:
        await watcher.call("subscribe:session", session_id)
        made = await sweep(
            application,
            session_id,
            base={"parameters": {"width": 64, "height": 64}},
            axes=[{"parameter": "steps", "values": [1, 2, 3]}, {"parameter": "seed", "values": [2**60, 7]}],
        )
        last = await watcher.event("batch:progress", is_done)
        told = progress_of(watcher, made["id"])
    assert last == {
        "id": made["id"],
        "session_id": session_id,
        "total": 6,
        **dict.fromkeys(COUNTS, 0),
        "completed": 6,
    }
    assert told[-1] == last
    assert all(sum(event[name] for name in COUNTS) == 6 for event in told)
    assert [told[0][name] for name in COUNTS] == [6, 0, 0, 0, 0]
    assert {event["completed"] for event in told} == set(range(7)), "each end is told"
    rows = await children(application, made["id"])
    assert [(row["steps"], int(row["seed"])) for row in rows] == [(n, seed) for n in (1, 2, 3) for seed in (2**60, 7)]
    assert {(row["status"], len(row["outputs"])) for row in rows} == {("completed", 1)}
    batch = await application.json("GET", f"/comfyui/batches/{made['id']}")
    assert (batch["completed"], batch["progress"], batch["done"]) == (6, 100, True)
    assert (await application.json("GET", f"/comfyui/sessions/{session_id}"))["completed_count"] == 6


async def test_cancelled_as_a_whole_while_some_run(application: Application, pace: Pace) -> None:
    session_id = await application.session(workflow("txt2img_sd15"))
    base = await application.generate(session_id, parameters={"width": 64, "height": 64})
    async with open_socket(application.url) as watcher:
        made = await vary(application, base["id"], count=20)
        await application.json("POST", f"/comfyui/generations/{base['id']}/cancel")
        await watcher.event("batch:progress", lambda told: told["running"] > 0)
        for _ in range(2):
            await application.json("POST", f"/comfyui/batches/{made['id']}/cancel")
        last = await watcher.event("batch:progress", is_done)
    assert last["cancelled"] == 20, "those that run do not end by themselves"
    rows = await children(application, made["id"])
    assert {row["status"] for row in rows} == {"cancelled"}
    queue = await application.json("GET", "/comfyui/queue")
    assert (queue["running"], queue["pending"]) == (0, 0)
