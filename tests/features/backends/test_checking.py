"""Whether machines answer: asked by the worker, one by one, and what follows from it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from sqlalchemy import text, update

from spoonfeeder.db.backend import ComfyBackend, Misfit
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.durable.errands import do_errands
from spoonfeeder.features.backends import checking, strays
from spoonfeeder.features.backends.checking import find_unasked
from spoonfeeder.runtime import Runtime, open_runtime
from spoonfeeder.simulator import Options, Simulator
from tests.features.foreign import database
from tests.features.held import hold
from tests.fixtures.application import Application
from tests.fixtures.machines import Machine, another_machine, own_machine
from tests.fixtures.workflows import workflow
from tests.socket_client import SocketClient, open_socket
from tests.waiting import until, until_async

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHECKED = "backend:changed"
SLEEP = {"1": {"class_type": "ProbeSleep", "inputs": {"seconds": 30, "interruptible": True, "nonce": 1}}}


@pytest.fixture(autouse=True)
def patient_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine may be slow to say how it is, and to let a prompt go."""
    monkeypatch.setattr(checking, "ASK_SECONDS", 60.0)
    monkeypatch.setattr(strays, "CANCEL_SECONDS", 30.0)


@pytest.fixture
def api(emptied_api: Application) -> Application:
    return emptied_api


@pytest_asyncio.fixture(loop_scope="module")
async def runtime(api: Application) -> AsyncIterator[Runtime]:
    """A worker's, which asks all that were not asked within a minute."""
    async with open_runtime(api.settings.model_copy(update={"backend_check_seconds": 60.0})) as opened:
        yield opened


async def changed(socket: SocketClient, machine: Machine, status: str) -> Any:
    return await socket.event(CHECKED, lambda told: (told["id"], told["status"]) == (machine.id, status))


async def put(api: Application, statement: Any) -> None:
    async with database(api.settings) as session:
        await session.execute(statement)


async def queue_at(
    simulator: Simulator, api: Application, graph: Any, prompt_id: str | None = None, **more: Any
) -> None:
    body = {"prompt": graph, "client_id": "somebody", **({"prompt_id": prompt_id} if prompt_id else {}), **more}
    assert (await api.http.post(f"{simulator.url}/prompt", json=body)).status_code == 200


async def test_up_down_and_up_again_with_events(api: Application, runtime: Runtime) -> None:
    own = await own_machine(api)
    async with open_socket(api.url) as socket:
        await do_errands(runtime, find_unasked)
        up = await own.row()
        assert (up["status"], up["message"], up["queue"]) == ("up", None, {"running": 0, "pending": 0})
        assert up["comfyui_version"] == api.simulator.options.version
        assert up["device"]
        assert up["checked_at"] is not None
        told = await changed(socket, own, "up")
        assert told == {
            "id": own.id,
            "profile_id": up["profile_id"],
            "status": "up",
            "message": None,
            "enabled": True,
            "draining": False,
            "queue_running": 0,
            "queue_pending": 0,
        }
        await do_errands(runtime, find_unasked)
        assert (await own.row())["checked_at"] == up["checked_at"]

        await api.simulator.kill()
        down = await own.check()
        assert (down["status"], down["queue"], down["loaded_checkpoint"]) == ("down", None, None)
        assert down["message"] == f"ComfyUI at {api.simulator.url} cannot be reached."
        assert down["down_since"] is not None
        assert (await changed(socket, own, "down"))["message"] == down["message"]
        since = down["down_since"]
        assert (await own.check())["down_since"] == since

        await api.simulator.start()
        await queue_at(api.simulator, api, SLEEP)
        await put(api, update(ComfyBackend).values(checked_at=text("now() - interval '3 seconds'")))
        await do_errands(runtime, find_unasked)
        again = await own.row()
        assert (again["status"], again["down_since"], again["message"]) == ("up", None, None)
        assert again["queue"]["running"] + again["queue"]["pending"] == 1

        def heard() -> list[str]:
            return [told["status"] for told in socket.payloads(CHECKED) if told["id"] == own.id]

        await until(lambda: heard()[-1] == "up")
        assert heard() == ["up", "down", "up"]


async def test_which_machines_are_asked(api: Application, runtime: Runtime) -> None:
    own = await own_machine(api)
    async with another_machine(api, enabled=False) as off, another_machine(api) as draining:
        await draining.change(draining=True)
        await do_errands(runtime, find_unasked)
        assert [(await machine.row())["status"] for machine in (own, off, draining)] == ["up", "unknown", "up"]
        await off.change(enabled=True)
        await do_errands(runtime, find_unasked)
        assert (await off.row())["status"] == "up"
        gone = {"name": "Gone", "provider": "comfyui", "url": draining.simulator.url}
        gone_id = (await api.json("POST", "/profiles", 201, json=gone))["id"]
        await api.json("DELETE", f"/profiles/{gone_id}")
        asked = draining.simulator.log.requests["GET /queue"]
        await do_errands(runtime, find_unasked)
        assert draining.simulator.log.requests["GET /queue"] == asked
        never = api.settings
        await put(api, update(ComfyBackend).values(checked_at=None, status="unknown"))
        async with open_runtime(never) as quiet:
            await do_errands(quiet, find_unasked)
        assert (await own.row())["status"] == "unknown"


async def test_two_workers_ask_a_machine_once(api: Application, runtime: Runtime) -> None:
    own = await own_machine(api)
    async with open_runtime(runtime.settings) as other:
        await asyncio.gather(do_errands(runtime, find_unasked), do_errands(other, find_unasked))
    assert (await own.row())["status"] == "up"
    assert api.simulator.log.requests["GET /queue"] == 1


async def test_one_that_falters_once_stays_up(api: Application) -> None:
    own = await own_machine(api)
    await own.check()
    api.simulator.faults.add("/queue", "drop_request", times=1)
    faltered = await own.check()
    assert faltered["status"] == "up"
    assert "broke" in faltered["message"]
    assert (await own.check())["message"] is None
    api.simulator.faults.add("/queue", "drop_request", times=2)
    assert [(await own.check())["status"] for _ in range(3)] == ["up", "down", "up"]


@pytest.mark.parametrize(
    ("fault", "words"), [("html", "HTTP 502"), ("empty", "cannot be used"), ("status", "HTTP 401")]
)
async def test_why_it_is_down_is_told_in_words(api: Application, fault: Any, words: str) -> None:
    own = await own_machine(api)
    api.simulator.faults.add("/queue", fault, times=1, status=401)
    row = await own.check()
    assert row["status"] == "down"
    assert words in row["message"]


async def test_a_key_that_cannot_be_read_is_told(api: Application) -> None:
    async with another_machine(api) as other:
        await put(api, update(ComfyBackend).where(ComfyBackend.id == UUID(other.id)).values(api_key="v2.x.y.z"))
        row = await other.check()
        assert (row["status"], row["api_key"]) == ("down", "sk-…")
        assert row["message"] == "The stored key cannot be read here any more; enter it again."
        assert (await other.change(api_key="a-new-one"))["has_api_key"]
        assert (await other.check())["status"] == "up"


async def test_what_waits_for_a_machine_goes_on_when_one_comes_up(api: Application) -> None:
    own = await own_machine(api)
    await api.simulator.kill()
    await own.check()
    session_id = await api.session()
    waiting = await api.generate(session_id, workflow_json=workflow("txt2img_sd15"))
    held_back = await api.generate(session_id, workflow_json=workflow("txt2img_sd15"))
    in_an_hour = {"run_after": text("now() + interval '1 hour'")}
    away = {"waiting_reason": "It is away.", "waiting_since": text("now() - interval '1 day'")}
    for made, values in ((waiting, away | in_an_hour), (held_back, in_an_hour)):
        await put(api, update(Generation).where(Generation.id == UUID(made["id"])).values(values))
    misfit = {"backend_id": UUID(own.id), "needs_sha256": "0" * 64, "workspace_id": UUID(int=1)}
    async with database(api.settings) as session:
        session.add(Misfit(**misfit))
    await api.simulator.start()
    await own.check()
    async with database(api.settings) as session:
        mine = {"session": UUID(session_id)}
        here = "SELECT id FROM comfyui_generations WHERE session_id = :session"
        due = await session.execute(text(f"{here} AND run_after <= now()"), mine)
        assert [str(row.id) for row in due] == [waiting["id"]]
        since = await session.execute(text(f"{here} AND waiting_since IS NOT NULL"), mine)
        assert since.all() == [], "the time in the queue from now on is no longer that of the outage"
        assert await session.get(Misfit, (UUID(own.id), "0" * 64)) is None


async def test_what_waits_goes_on_also_where_a_run_has_found_the_machine_up_first(api: Application) -> None:
    own = await own_machine(api)
    made = await api.generate(await api.session(), workflow_json=SLEEP)
    row, machine = Generation.id == UUID(made["id"]), ComfyBackend.id == UUID(own.id)
    away = {"waiting_reason": "It is away.", "waiting_since": text("now() - interval '1 day'")}
    await put(api, update(Generation).where(row).values(away))
    await put(api, update(ComfyBackend).where(machine).values(status="up", down_since=text("now()")))
    await own.check()
    assert (await api.json("GET", f"/comfyui/generations/{made['id']}"))["waiting_reason"] is None


async def test_what_moved_on_or_ended_is_not_drawn_again(api: Application) -> None:
    own = await own_machine(api)
    await own.check()
    session_id = await api.session()
    graph = workflow("txt2img_sd15")
    moved, ended, still_here, just_ended = [
        (await api.generate(session_id, workflow_json=graph))["id"] for _ in range(4)
    ]
    async with another_machine(api) as other:
        await api.simulator.kill()
        await own.check()
        await api.simulator.start()
        theirs = str(uuid4())
        for prompt_id in (moved, ended, still_here, just_ended, theirs):
            await queue_at(api.simulator, api, SLEEP, prompt_id)
        running = "status = 'running', owner = 'x', lease_until = now() + interval '1 hour', started_at = now()"
        done = "status = 'completed', progress = 100, completed_at = now()"
        long_ago = "updated_at = now() - interval '1 minute'"
        just_now = "updated_at = now() + interval '1 minute'"  # still so when a slow machine comes to look
        for generation_id, change in (
            (moved, f"{running}, submitted_at = now(), backend_id = '{other.id}'"),
            (still_here, f"{running}, submitted_at = now(), backend_id = '{own.id}'"),
            (ended, f"{done}, {long_ago}"),
            (just_ended, f"{done}, {just_now}"),
        ):
            await put(api, text(f"UPDATE comfyui_generations SET {change} WHERE id = '{generation_id}'"))
        row = await own.check()
    assert row["status"] == "up"
    assert sum(row["queue"].values()) == 3
    assert row["ours"] == 1
    queue = (await api.http.get(f"{api.simulator.url}/queue")).json()
    left = {item[1] for item in (*queue["queue_running"], *queue["queue_pending"])}
    assert left == {still_here, just_ended, theirs}


async def test_what_is_about_to_move_on_is_cancelled_once_it_has_and_its_newest_submit_never_is(
    api: Application,
) -> None:
    """The machine may be the same ComfyUI as the one where it runs, entered by another address."""
    own = await own_machine(api)
    await own.check()
    session_id = await api.session()
    moving, at_work = [(await api.generate(session_id, workflow_json=SLEEP))["id"] for _ in range(2)]
    async with another_machine(api) as other:
        await api.simulator.kill()
        await own.check()
        await api.simulator.start()
        for prompt_id, number in ((moving, 1), (at_work, 2)):
            await queue_at(api.simulator, api, SLEEP, prompt_id, extra_data={"spoonfeeder_submit": number})
        elsewhere = f"status = 'running', owner = 'x', lease_until = 'infinity', backend_id = '{other.id}'"
        for generation_id, change in (
            (moving, "submit_count = 1, submitted_at = now() - interval '1 hour'"),
            (at_work, "submit_count = 2, submitted_at = now()"),
        ):
            await put(api, text(f"UPDATE comfyui_generations SET {elsewhere}, {change} WHERE id = '{generation_id}'"))
        assert sum((await own.check())["queue"].values()) == 2
        submitted = f"submit_count = 2, submitted_at = now() WHERE id = '{moving}'"
        await put(api, text(f"UPDATE comfyui_generations SET {submitted}"))
        assert sum((await own.check())["queue"].values()) == 1
    queue = (await api.http.get(f"{api.simulator.url}/queue")).json()
    assert [item[1] for item in (*queue["queue_running"], *queue["queue_pending"])] == [at_work]


async def test_news_that_came_while_it_was_asked_count_more(api: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    own = await own_machine(api)
    path = f"/profiles/{await api.profile()}"
    held = hold(monkeypatch, api.simulator, "/queue")
    asking = asyncio.create_task(own.check())
    await held.has_come.wait()
    await api.json("PATCH", path, json={"url": "http://127.0.0.1:9"})
    held.may_go.set()
    assert (await asking)["status"] == "unknown"
    await api.json("PATCH", path, json={"url": api.simulator.url})
    await own.check()
    held = hold(monkeypatch, api.simulator, "/queue")
    asking = asyncio.create_task(own.check())
    await held.has_come.wait()
    down = {"status": "down", "down_since": text("now()"), "message": "It is away."}
    await put(api, update(ComfyBackend).where(ComfyBackend.id == UUID(own.id)).values(down))
    held.may_go.set()
    assert (await asking)["status"] == "down"


async def test_a_slow_machine_does_not_hold_up_the_others(
    api: Application, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = await own_machine(api)
    async with another_machine(api, Options()) as slow:
        hold(monkeypatch, slow.simulator, "/queue")
        asking = asyncio.create_task(do_errands(runtime, find_unasked))

        async def is_up() -> bool:
            return bool((await own.row())["status"] == "up")

        await until_async(is_up)
        assert (await slow.row())["status"] == "unknown"
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
