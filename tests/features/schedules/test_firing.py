"""Every run of a schedule is started exactly once, whoever looks and whatever fails (docs/decisions/0015)."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from spoonfeeder.core.actor import LOCAL_OWNER, LOCAL_OWNER_ID
from spoonfeeder.durable.errands import do_errands
from spoonfeeder.features.generations.service import PriorityTooHigh
from spoonfeeder.features.schedules import service
from spoonfeeder.features.schedules.firing import Due, find_due, fire
from spoonfeeder.features.schedules.schemas import SchedulePatch
from spoonfeeder.work import Work, open_system_work, open_work
from tests.features.schedules.processes import FAR_HOUR, POEM, Processes
from tests.fixtures.workflows import workflow
from tests.waiting import until_async

pytestmark = pytest.mark.asyncio(loop_scope="module")

GRAPH = {"workflow_json": workflow("model_free_trivial")}


async def test_two_processes_start_one_task_that_is_an_ordinary_one(processes: Processes) -> None:
    ids = [await processes.schedule("1 minute", request=POEM | {"name": f"Poem {number}"}) for number in range(5)]
    await processes.fire()
    await processes.fire()

    for schedule_id in ids:
        [task] = await processes.tasks(schedule_id)
        assert (task["status"], task["prompt"], task["created_by"]) == ("pending", "A poem", LOCAL_OWNER_ID)
        row = await processes.read(schedule_id)
        assert (row["run_count"], row["missed_count"], row["last_error"], row["is_ahead"]) == (1, 0, None, True)
        assert row["last_run_at"] is not None


async def test_a_paused_one_and_one_whose_time_has_not_come_start_nothing(processes: Processes) -> None:
    ahead = await processes.schedule("-2 minutes")
    paused = await processes.schedule("1 minute")
    await processes.sql("UPDATE schedules SET enabled = false WHERE id = :id", id=paused)
    await processes.fire()
    assert [await processes.tasks(schedule_id) for schedule_id in (ahead, paused)] == [[], []]


async def test_one_time_comes_once(processes: Processes) -> None:
    schedule_id = await processes.schedule("0 minutes", cron=None, at="2100-01-01T00:00:00Z")
    await processes.fire()
    await processes.fire()
    assert len(await processes.tasks(schedule_id)) == 1
    assert (await processes.read(schedule_id))["next_run_at"] is None


@pytest.mark.parametrize(
    ("ago", "policy", "started", "missed"),
    [
        ("3 minutes", "skip", 4, 0),  # a short pause loses none
        ("30 minutes", "skip", 0, 31),
        ("30 minutes", "catch_up", 1, 30),
        ("3 years", "skip", 0, 1_000),
        ("3 years", "catch_up", 1, 999),
    ],
)
async def test_what_came_while_the_server_was_away(
    processes: Processes, ago: str, policy: str, started: int, missed: int
) -> None:
    schedule_id = await processes.schedule(ago, cron="* * * * *", missed=policy)
    for _ in range(5):
        await processes.fire()

    async def is_ahead() -> bool:
        await processes.fire()
        return bool((await processes.read(schedule_id))["is_ahead"])

    await until_async(is_ahead)
    row = await processes.read(schedule_id)
    more = len(await processes.tasks(schedule_id)) - started  # a minute may begin meanwhile
    assert more in {0, 1}
    assert row["run_count"] == started + more
    assert row["missed_count"] == missed or more or row["missed_count"] == missed + 1
    assert [code for code, _ in await processes.told(schedule_id)] == (["SCHEDULE_MISSED"] if missed else [])


async def test_one_time_that_was_missed_is_counted_or_made_up_for(processes: Processes) -> None:
    once: dict[str, Any] = {"cron": None, "at": "2100-01-01T00:00:00Z"}
    ids = [await processes.schedule("1 hour", **once, missed=policy) for policy in ("skip", "catch_up")]
    await processes.fire()
    assert [len(await processes.tasks(schedule_id)) for schedule_id in ids] == [0, 1]
    assert [(await processes.read(schedule_id))["missed_count"] for schedule_id in ids] == [1, 0]


async def test_a_run_that_cannot_start_is_told_of_and_the_next_one_comes(processes: Processes) -> None:
    """There is no ComfyUI here, or none any more."""
    schedule_id = await processes.schedule("1 minute")
    broken = json.dumps(GRAPH | {"profile_id": "00000000-0000-0000-0000-00000000dead"})
    change = "UPDATE schedules SET kind = 'generation', request = :broken WHERE id = :id"
    await processes.sql(change, broken=broken, id=schedule_id)
    await processes.fire()
    row = await processes.read(schedule_id)
    assert row["last_error"]
    assert row["last_error_code"]
    assert (row["enabled"], row["is_ahead"], row["run_count"]) == (True, True, 0)
    assert await processes.told(schedule_id) == [("SCHEDULE_FAILED", LOCAL_OWNER_ID)]

    await processes.sql(
        "UPDATE schedules SET kind = 'task', request = :poem WHERE id = :id", poem=json.dumps(POEM), id=schedule_id
    )
    await processes.make_due(schedule_id, "1 minute")
    await processes.fire()
    row = await processes.read(schedule_id)
    assert (row["last_error"], row["last_error_code"], row["run_count"]) == (None, None, 1)


async def test_a_crowd_at_nine_is_started_at_one_look(processes: Processes) -> None:
    """Otherwise those at the end of the line would count as missed."""
    schedule_id = await processes.schedule("1 minute", name="Crowd")
    names = "workspace_id, created_by, name, kind, request, cron, next_run_at"
    await processes.sql(
        f"INSERT INTO schedules ({names}) SELECT {names} FROM schedules, generate_series(1, 59) WHERE id = :id",
        id=schedule_id,
    )
    await processes.fire()
    found = "SELECT run_count, count(*) AS schedules FROM schedules WHERE name = 'Crowd' GROUP BY run_count"
    assert await processes.sql(found) == [{"run_count": 1, "schedules": 60}]


async def test_a_generation_is_started_with_its_schedules_id(processes: Processes) -> None:
    await processes.sql(
        "INSERT INTO profiles (workspace_id, name, type, provider, url)"
        " SELECT id, 'C', 'image', 'comfyui', 'http://127.0.0.1:9' FROM workspaces LIMIT 1"
    )
    schedule_id = await processes.schedule("1 minute", kind="generation", request=GRAPH)
    await processes.fire()
    found = "SELECT status, created_by FROM comfyui_generations WHERE schedule_id = :id"
    assert await processes.sql(found, id=schedule_id) == [{"status": "pending", "created_by": LOCAL_OWNER_ID}]


@pytest.mark.parametrize("change", ["DELETE FROM workspace_members", "UPDATE users SET active = false", "viewer"])
async def test_who_has_lost_the_right_starts_nothing_more(processes: Processes, change: str) -> None:
    actor = await processes.member()
    schedule_id = await processes.schedule("1 minute", actor)
    key = "id" if "users" in change else "user_id"
    change = "UPDATE workspace_members SET role = 'viewer'" if change == "viewer" else change
    await processes.sql(f"{change} WHERE {key} = :id", id=actor.user_id)
    await processes.fire()
    row = await processes.read(schedule_id)
    assert (row["enabled"], row["next_run_at"], row["last_error_code"]) == (False, None, "SCHEDULE_PAUSED")
    assert await processes.tasks(schedule_id) == []
    assert await processes.told(schedule_id) == [("SCHEDULE_PAUSED", None)]


async def test_nobody_gets_more_by_a_schedule_than_by_themselves(processes: Processes) -> None:
    """Only the server's admins put work before that of others; this one is none any more when it runs."""
    actor = await processes.member()
    first_of_all = POEM | {"priority": 5}
    with pytest.raises(PriorityTooHigh):
        await processes.schedule("1 minute", actor, request=first_of_all)
    schedule_id = await processes.schedule("1 minute", replace(actor, is_admin=True), request=first_of_all)
    await processes.fire()
    assert (await processes.read(schedule_id))["last_error_code"] == "FORBIDDEN"
    assert await processes.tasks(schedule_id) == []


async def test_a_process_that_dies_in_the_middle_leaves_nothing_and_another_one_does_it(processes: Processes) -> None:
    """Its connection is cut after the task was written and before the commit."""
    schedule_id = await processes.schedule("1 minute")
    await processes.sql(
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS"
        " $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$"
    )
    await processes.sql(
        "CREATE TRIGGER die AFTER UPDATE ON schedules FOR EACH ROW WHEN (NEW.run_count > OLD.run_count)"
        " EXECUTE FUNCTION die()"
    )
    await do_errands(processes.first, find_due)
    row = await processes.read(schedule_id)
    assert (await processes.tasks(schedule_id), row["run_count"], row["last_error"]) == ([], 0, None)

    await processes.sql("DROP FUNCTION die() CASCADE")
    await processes.fire()
    assert len(await processes.tasks(schedule_id)) == 1


async def _found_due(processes: Processes, schedule_id: UUID) -> Due:
    async with open_system_work(processes.first, "test") as work:
        errands = await find_due(work)
    dues = [errand.args[1] for errand in errands]  # type: ignore[attr-defined]
    [due] = [due for due in dues if isinstance(due, Due) and due.id == schedule_id]
    return due


async def test_what_was_found_due_and_fired_meanwhile_is_left_alone(processes: Processes) -> None:
    schedule_id = await processes.schedule("1 minute")
    due = await _found_due(processes, schedule_id)
    await asyncio.gather(*(fire(processes.first, due) for _ in range(4)))
    await fire(processes.second, due)
    assert len(await processes.tasks(schedule_id)) == 1


CHANGES: dict[str, Callable[[Work, UUID], Awaitable[None]]] = {
    "paused": lambda work, schedule_id: service.set_enabled(work, schedule_id, False),
    "moved": lambda work, schedule_id: service.change(work, schedule_id, SchedulePatch(cron=f"30 {FAR_HOUR} * * *")),
    "removed": service.remove,
}


@pytest.mark.parametrize("change", CHANGES)
async def test_what_was_found_due_and_changed_meanwhile_is_left_alone(processes: Processes, change: str) -> None:
    """At the same moment it is either started before the change or not at all."""
    for at_once in (False, True):
        schedule_id = await processes.schedule("1 minute")
        due = await _found_due(processes, schedule_id)
        firing = asyncio.create_task(fire(processes.second, due)) if at_once else None
        async with open_work(processes.first, LOCAL_OWNER) as work:
            await CHANGES[change](work, schedule_id)
        await (firing or fire(processes.second, due))
        started = await processes.tasks(schedule_id)
        assert len(started) <= at_once
        kept = await processes.sql("SELECT run_count FROM schedules WHERE id = :id", id=schedule_id)
        assert kept == ([] if change == "removed" else [{"run_count": len(started)}])


async def test_a_time_zone_that_is_gone_pauses_it(processes: Processes) -> None:
    schedule_id = await processes.schedule("1 minute")
    await processes.sql("UPDATE schedules SET time_zone = 'Mars/Base' WHERE id = :id", id=schedule_id)
    await processes.fire()
    row = await processes.read(schedule_id)
    assert (row["enabled"], row["run_count"], "time zone" in row["last_error"]) == (False, 0, True)
