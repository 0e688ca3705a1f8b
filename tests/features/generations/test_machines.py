"""Generations over several machines of one profile: where they run, and what happens when one goes away."""

import asyncio
from typing import Any

from spoonfeeder.simulator import Options, Simulator
from tests.features.generations.test_troubles import SLOW
from tests.fixtures.application import Application
from tests.fixtures.machines import another_machine, own_machine
from tests.fixtures.pace import Pace
from tests.fixtures.workflows import workflow
from tests.waiting import until

ONLY_THERE = Options(models={"checkpoints": ("only_there.safetensors",)})


def sleeping(nonce: int, seconds: float = 0.4) -> dict[str, Any]:
    return {"1": {"class_type": "ProbeSleep", "inputs": {"seconds": seconds, "interruptible": True, "nonce": nonce}}}


def queued(simulator: Simulator) -> list[Any]:
    running, pending = simulator.queue.snapshot()
    return [*running, *pending]


async def test_the_work_is_shared_out_and_each_runs_once(application: Application, pace: Pace) -> None:
    session_id = await application.session()
    async with another_machine(application) as other:
        made = [await application.generate(session_id, workflow_json=sleeping(number)) for number in range(6)]
        await until(lambda: min(len(queued(each)) for each in (application.simulator, other.simulator)) > 1)
        pace.let()
        rows = [await application.ended(row["id"]) for row in made]
        ran = [[len(each.log.of(row["id"])) for row in made] for each in (application.simulator, other.simulator)]
    assert {row["status"] for row in rows} == {"completed"}
    assert [sum(runs) for runs in zip(*ran, strict=True)] == [1] * 6
    assert min(map(sum, ran)) >= 2
    assert {row["backend_url"] for row in rows} == {application.simulator.url, other.simulator.url}


async def test_a_graph_runs_on_the_machine_that_has_its_model(application: Application) -> None:
    session_id = await application.session(workflow("txt2img_sd15"))
    async with another_machine(application, ONLY_THERE, slots=1) as other:
        wanted = {"checkpoint_name": "only_there.safetensors", "steps": 1}
        made = [await application.generate(session_id, parameters=wanted) for _ in range(3)]
        rows = [await application.ended(row["id"]) for row in made]
    assert [(row["status"], row["backend_id"]) for row in rows] == [("completed", other.id)] * 3


async def test_what_no_machine_has_is_refused_in_comfyuis_own_words(application: Application) -> None:
    session_id = await application.session(workflow("txt2img_sd15"))
    async with another_machine(application):
        made = await application.generate(session_id, parameters={"checkpoint_name": "nowhere.safetensors", "steps": 1})
        row = await application.ended(made["id"])
    assert row["status"] == "failed"
    assert "nowhere.safetensors" in str(row["error_details"])


async def test_the_work_of_a_machine_that_dies_moves_on_and_is_done_once(application: Application, pace: Pace) -> None:
    session_id = await application.session()
    async with another_machine(application) as other:
        await (await own_machine(application)).change(draining=True)
        made = await application.generate(session_id, workflow_json=SLOW)
        await application.until(made["id"], lambda row: row["started_at"])
        await (await own_machine(application)).change(draining=False)
        await other.simulator.kill()
        pace.let()
        row = await application.ended(made["id"])
        assert (row["status"], row["backend_url"]) == ("completed", application.simulator.url)
        assert [run.outcome for run in application.simulator.log.of(made["id"])] == ["success"]
        assert (await other.row())["status"] == "down"


async def test_while_a_machine_is_drained_its_work_ends_there_and_none_is_added(
    application: Application, pace: Pace
) -> None:
    session_id = await application.session()
    async with another_machine(application) as other:
        await (await own_machine(application)).change(enabled=False)
        first = await application.generate(session_id, workflow_json=SLOW)
        await application.until(first["id"], lambda row: row["started_at"])
        await other.change(draining=True)
        second = await application.generate(session_id, workflow_json=sleeping(1))
        pace.let()
        assert (await application.ended(first["id"]))["backend_id"] == other.id
        assert (await application.json("GET", f"/comfyui/generations/{second['id']}"))["status"] == "pending"
        await (await own_machine(application)).change(enabled=True)
        assert (await application.ended(second["id"]))["backend_url"] == application.simulator.url


async def test_a_cancel_reaches_the_machine_where_it_runs(application: Application) -> None:
    session_id = await application.session()
    async with another_machine(application) as other:
        await (await own_machine(application)).change(draining=True)
        made = await application.generate(session_id, workflow_json=sleeping(1, seconds=30))
        await application.until(made["id"], lambda row: row["started_at"])
        await asyncio.gather(application.json("POST", f"/comfyui/generations/{made['id']}/cancel"))
        assert (await application.ended(made["id"]))["status"] == "cancelled"
        assert other.simulator.log.of(made["id"])[-1].outcome != "success"


async def test_where_no_machine_takes_work_a_row_says_so_until_one_does(application: Application) -> None:
    session_id = await application.session()
    own = await own_machine(application)
    await own.change(enabled=False)
    made = await application.generate(session_id, workflow_json=sleeping(1, seconds=0.1))
    waiting = await application.until(made["id"], lambda row: row["waiting_reason"])
    assert (waiting["status"], "enable one" in waiting["waiting_reason"]) == ("pending", True)
    await own.change(enabled=True)
    row = await application.ended(made["id"])
    assert (row["status"], row["waiting_reason"]) == ("completed", None)
