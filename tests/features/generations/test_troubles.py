"""What a person reads when ComfyUI does not do what it should: the right state, and a sentence that helps."""

from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select, text

from spoonfeeder.core.settings import Settings
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.features.generations import course
from spoonfeeder.features.generations.line import GENERATIONS
from spoonfeeder.features.generations.submission import prepare
from spoonfeeder.runtime import open_runtime
from tests.fixtures.application import NO_TLS, Application, serve_work
from tests.fixtures.pace import Pace
from tests.fixtures.workflows import workflow
from tests.waiting import until, until_async

SLOW = {"1": {"class_type": "ProbeSleep", "inputs": {"seconds": 1.5, "interruptible": True, "nonce": 1}}}

LONG = {"1": {"class_type": "ProbeSleep", "inputs": {"seconds": 30, "interruptible": True, "nonce": 1}}}


def raising(kind: str) -> dict[str, Any]:
    return {"1": {"class_type": "ProbeRaise", "inputs": {"kind": kind, "nonce": 1}}}


async def run(application: Application, graph: dict[str, Any]) -> Any:
    session_id = await application.session()
    return await application.generate(session_id, workflow_json=graph)


async def test_comfyui_away_at_submit_waits_with_a_reason_and_burns_no_attempt(application: Application) -> None:
    session_id = await application.session(workflow("txt2img_sd15"))
    await application.simulator.kill()
    made = await application.generate(session_id)
    waiting = await application.until(made["id"], lambda row: row["waiting_reason"])
    assert waiting["status"] == "pending"
    assert application.simulator.url in waiting["waiting_reason"]

    async def is_listed_so() -> bool:  # not while it is taken once more
        [active] = await application.json("GET", "/active")
        return bool(active["waiting_reason"] == waiting["waiting_reason"])

    await until_async(is_listed_so)
    await application.simulator.start()
    row = await application.ended(made["id"])
    assert (row["status"], row["waiting_reason"]) == ("completed", None)
    assert len(application.simulator.log.of(made["id"])) == 1


async def test_comfyui_dying_in_the_middle_runs_the_prompt_again(application: Application, pace: Pace) -> None:
    made = await run(application, SLOW | {"2": {"class_type": "ProbeText", "inputs": {"text": "hello", "nonce": 2}}})
    await application.until(made["id"], lambda row: row["started_at"])
    await application.simulator.kill()
    await application.simulator.start()
    pace.let()
    row = await application.ended(made["id"], within_seconds=30)
    assert row["status"] == "completed"
    outcomes = [run.outcome for run in application.simulator.log.of(made["id"])]
    assert outcomes == [None, "success"], "once cut off, once to the end"


async def test_a_restart_after_the_end_finds_the_files_and_does_not_run_again(
    settings: Settings, api: Application
) -> None:
    session_id = await api.session(workflow("txt2img_sd15"))
    made = await api.generate(session_id, parameters={"steps": 2, "batch_size": 2})
    api.simulator.faults.add("/history", "status", times=1_000, status=500)
    async with serve_work(settings):
        await api.until(made["id"], lambda row: row["started_at"])
        await until(lambda: any(run.outcome for run in api.simulator.log.of(made["id"])))
        await api.simulator.kill()
    api.simulator.faults.clear()
    await api.simulator.start()
    async with serve_work(settings):
        row = await api.ended(made["id"])
    assert (row["status"], len(row["outputs"])) == ("completed", 2)
    assert len(api.simulator.log.of(made["id"])) == 1


async def test_a_refused_graph_names_the_node_and_what_is_wrong(application: Application) -> None:
    row = await application.ended((await run(application, workflow("invalid_unknown_checkpoint")))["id"])
    assert (row["status"], row["error_code"]) == ("failed", "COMFYUI_REFUSED")
    wanted = workflow("invalid_unknown_checkpoint")
    name = next(node["inputs"]["ckpt_name"] for node in wanted.values() if "ckpt_name" in node["inputs"])
    assert name in row["error"]
    detail = row["error_details"]["nodes"][0]
    assert (detail["input"], detail["node_id"] in wanted) == ("ckpt_name", True)
    assert row["progress"] < 100


async def test_out_of_memory_says_what_to_do(application: Application) -> None:
    row = await application.ended((await run(application, raising("oom")))["id"])
    assert (row["status"], row["error_code"]) == ("failed", "COMFYUI_OUT_OF_MEMORY")
    assert "smaller" in row["error"]


@pytest.mark.parametrize("kind", ["value_error", "unicode"])
async def test_a_failing_node_is_named_with_its_reason(application: Application, kind: str) -> None:
    row = await application.ended((await run(application, raising(kind)))["id"])
    assert (row["status"], row["error_code"]) == ("failed", "COMFYUI_NODE_FAILED")
    assert "ProbeRaise" in row["error"]
    assert "Traceback" not in str(row)
    session = await application.json("GET", f"/comfyui/sessions/{row['session_id']}")
    assert (session["completed_count"], session["failed_count"]) == (0, 1)


async def test_interrupted_by_somebody_else(application: Application) -> None:
    made = await run(application, LONG)
    await application.until(made["id"], lambda row: row["started_at"])
    async with httpx2.AsyncClient(timeout=60, verify=NO_TLS) as stranger:
        await until(lambda: application.simulator.current_node)
        await stranger.post(f"{application.simulator.url}/interrupt", json={})
    row = await application.ended(made["id"])
    assert (row["status"], row["error_code"]) == ("failed", "COMFYUI_INTERRUPTED")
    assert "interrupted" in row["error"]


async def test_a_queue_cleared_by_somebody_else_is_noticed_and_submitted_again(
    application: Application, pace: Pace
) -> None:
    first = await run(application, SLOW)
    await application.until(first["id"], lambda row: row["started_at"])
    second = await application.generate(first["session_id"], workflow_json=workflow("txt2img_sd15"))
    await until(lambda: application.simulator.queue.snapshot()[1])
    async with httpx2.AsyncClient(timeout=60, verify=NO_TLS) as stranger:
        await stranger.post(f"{application.simulator.url}/queue", json={"clear": True})
    pace.let()
    assert (await application.ended(second["id"], within_seconds=30))["status"] == "completed"
    assert len(application.simulator.log.of(second["id"])) == 1


async def test_a_dead_worker_thread_ends_as_stalled(settings: Settings, api: Application) -> None:
    impatient = settings.model_copy(update={"comfyui_stalled_minutes": 0.03})
    api.simulator.faults.worker_dead = True
    async with serve_work(impatient):
        made = await run(api, SLOW)
        row = await api.ended(made["id"], within_seconds=30)
    assert (row["status"], row["error_code"]) == ("failed", "COMFYUI_STALLED")
    assert "Restart ComfyUI" in row["error"]


@pytest.mark.parametrize("kind", ["drop_reply", "html", "empty", "status"])
async def test_a_broken_reply_to_the_submit_runs_the_prompt_once(application: Application, kind: Any) -> None:
    application.simulator.faults.add("/prompt", kind, method="POST", times=1)
    session_id = await application.session(workflow("txt2img_sd15"))
    row = await application.ended((await application.generate(session_id))["id"], within_seconds=30)
    assert row["status"] == "completed"
    assert len(application.simulator.log.of(row["id"])) == 1


async def test_a_silent_socket_ends_the_run_all_the_same(application: Application) -> None:
    application.simulator.faults.sockets_silent = True
    session_id = await application.session(workflow("txt2img_sd15"))
    row = await application.ended((await application.generate(session_id))["id"])
    assert row["status"] == "completed"


async def test_cancelling_a_running_and_a_pending_one(application: Application) -> None:
    first = await run(application, LONG)
    await application.until(first["id"], lambda row: row["started_at"])
    others = [await application.generate(first["session_id"], workflow_json=LONG) for _ in range(3)]
    for made in (*others, first):
        await application.json("POST", f"/comfyui/generations/{made['id']}/cancel")
    rows = [await application.ended(made["id"]) for made in (first, *others)]
    assert {row["status"] for row in rows} == {"cancelled"}
    assert not any(run.outcome == "success" for row in rows for run in application.simulator.log.of(row["id"]))
    again = await application.json("POST", f"/comfyui/generations/{first['id']}/cancel", 409)
    assert again["code"] == "ALREADY_ENDED"


async def test_a_cancel_while_comfyui_is_away_needs_no_comfyui(application: Application) -> None:
    made = await run(application, LONG)
    await application.until(made["id"], lambda row: row["started_at"])
    await application.simulator.kill()
    await application.json("POST", f"/comfyui/generations/{made['id']}/cancel")
    assert (await application.ended(made["id"]))["status"] == "cancelled"


async def test_what_is_cancelled_right_before_the_submit_is_not_submitted(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def prepare_meanwhile_cancelled(runtime: Any, backend: Any, row: Generation, *rest: Any) -> Any:
        await application.json("POST", f"/comfyui/generations/{row.id}/cancel")
        return await prepare(runtime, backend, row, *rest)

    monkeypatch.setattr(course, "prepare", prepare_meanwhile_cancelled)
    row = await application.ended((await run(application, LONG))["id"])
    assert row["status"] == "cancelled"
    assert application.simulator.log.requests["POST /prompt"] == 0


async def test_a_comfyui_that_chooses_its_own_prompt_ids_runs_each_prompt_once(application: Application) -> None:
    application.simulator.faults.own_prompt_ids = True
    made = await run(application, {"1": {"class_type": "ProbeText", "inputs": {"text": "hello", "nonce": 1}}})
    row = await application.ended(made["id"])
    assert (row["status"], row["outputs"][0]["text"]) == ("completed", "hello")
    assert row["prompt_id"] != row["id"]
    assert [run.prompt_id for run in application.simulator.log.runs] == [row["prompt_id"]]


async def test_what_the_database_refuses_ends_as_failed_and_holds_nobody_up(application: Application) -> None:
    async with open_runtime(application.settings) as runtime, runtime.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE media ADD CONSTRAINT refused CHECK (bytes < 0)"))
    session_id = await application.session(workflow("txt2img_sd15"))
    made = await application.generate(session_id, parameters={"steps": 1})
    fine = await application.generate(session_id, workflow_json=raising("oom"))
    assert (await application.ended(fine["id"]))["error_code"] == "COMFYUI_OUT_OF_MEMORY"
    row = await application.ended(made["id"])
    assert (row["status"], row["error_code"]) == ("failed", "INTERNAL")
    assert len(application.simulator.log.of(made["id"])) == 1


async def test_a_key_that_cannot_be_read_any_more_is_said(settings: Settings, api: Application) -> None:
    session_id = await api.session(workflow("txt2img_sd15"))
    await api.json("PATCH", f"/profiles/{await api.profile()}", json={"api_key": "a-key-of-some-proxy"})
    made = await api.generate(session_id)
    async with open_runtime(settings) as runtime, runtime.engine.begin() as connection:
        await connection.execute(text("UPDATE profiles SET api_key = 'v2.gone.AAAA.AAAA'"))
    async with serve_work(settings):
        row = await api.ended(made["id"])
    assert (row["status"], row["error_code"]) == ("failed", "KEY_UNREADABLE")
    assert "enter it again" in row["error"]


async def test_a_prompt_that_runs_anew_keeps_its_holder_and_its_progress(
    settings: Settings, api: Application, pace: Pace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(course, "FEED_WAIT_SECONDS", 60)  # steps that nobody hears are not told again
    session_id = await api.session(workflow("txt2img_sd15"))
    made = await api.generate(session_id, parameters={"steps": 60})
    calm = settings.model_copy(update={"lease_seconds": 60.0, "heartbeat_seconds": 0.2})
    async with serve_work(calm), open_runtime(settings) as runtime:

        async def stored(column: str) -> Any:
            async with runtime.engine.connect() as connection:
                return await connection.scalar(text(f"SELECT {column} FROM comfyui_generations"))

        async def most_is_done() -> bool:
            return bool(await stored("progress") >= 70)

        async def has_beaten_since() -> bool:
            return bool(await stored("lease_until") > held_until)

        pace.let(55)
        await until_async(most_is_done)
        await api.simulator.restart()
        pace.let(5)
        await until(lambda: api.simulator.log.of(made["id"])[1:])
        for _ in range(2):
            held_until = await stored("lease_until")
            await until_async(has_beaten_since)
        pace.let()
        row = await api.ended(made["id"])
        assert row["status"] == "completed"
        assert await stored("fence") == 1, "no heartbeat was refused"
    assert [run.outcome for run in api.simulator.log.of(made["id"])] == [None, "success"]


async def test_a_wait_is_over_when_comfyui_has_taken_the_prompt(application: Application) -> None:
    session_id = await application.session(workflow("txt2img_sd15"))
    await application.simulator.kill()
    made = await application.generate(session_id)
    await application.until(made["id"], lambda row: row["waiting_reason"])
    async with httpx2.AsyncClient(timeout=60, verify=NO_TLS) as stranger, open_runtime(application.settings) as runtime:
        async with runtime.engine.begin() as claims:
            await claims.execute(select(func.pg_advisory_xact_lock(GENERATIONS.lock_key)))
            await application.until(made["id"], lambda row: row["status"] == "pending")
            await application.simulator.start()
            await stranger.post(f"{application.simulator.url}/prompt", json={"prompt": LONG})

        async def waits_no_more() -> bool:
            queued = Generation.waiting_since.is_(None) & Generation.started_at.is_(None)
            async with runtime.engine.connect() as connection:
                return bool(await connection.scalar(select(queued & (Generation.status == "running"))))

        await until_async(waits_no_more)
        await stranger.post(f"{application.simulator.url}/interrupt", json={})
    assert (await application.ended(made["id"]))["status"] == "completed"
