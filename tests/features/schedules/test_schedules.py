"""Schedules as the API shows them: made, changed, paused, run at once, removed."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from tests.features.tasks.asked import upload
from tests.fixtures.application import serve_work
from tests.fixtures.openai_media_replies import png
from tests.fixtures.server_mode import Person, ServerMode
from tests.fixtures.workflows import workflow
from tests.socket_client import open_socket
from tests.waiting import until_async

pytestmark = pytest.mark.asyncio(loop_scope="module")

POEM: dict[str, Any] = {"type": "text", "provider": "ollama", "model": "llama3.2", "prompt": "A poem"}
DAILY: dict[str, Any] = {"name": "Poems", "kind": "task", "request": POEM, "cron": "0 7 * * *"}
GRAPH = workflow("model_free_trivial")
NOBODY = "00000000-0000-0000-0000-00000000dead"


class Desk:
    """Somebody with the schedules of a workspace of their own."""

    def __init__(self, server: ServerMode, person: Person) -> None:
        self.server, self.person = server, person
        self.json = server.acting_as(person).json

    async def make(self, **fields: Any) -> Any:
        return await self.json("POST", "/schedules", 201, json=DAILY | fields)

    async def refused(self, **fields: Any) -> str:
        """The field that the 422 names, and its sentence."""
        answer = await self.json("POST", "/schedules", 422, json=DAILY | fields)
        detail = answer["details"][0]
        return f"{detail['loc']}: {detail['message']}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(server: ServerMode) -> Desk:
    return Desk(server, await server.stranger())


async def test_it_is_shown_before_it_is_made(desk: Desk) -> None:
    when = {"cron": "30 9 * * MON", "time_zone": "Europe/Berlin"}
    shown = await desk.json("POST", "/schedules/preview", 200, json=when)
    assert [run["local"][10:16] for run in shown["next_runs"]] == ["T09:30"] * 5
    assert shown["next_runs"] == (await desk.make(**when))["next_runs"]
    answer = await desk.json("POST", "/schedules/preview", 422, json={"cron": "61 * * * *"})
    assert answer["details"][0]["loc"] == "cron"
    answer = await desk.json("POST", "/schedules/preview", 422, json={"at": "2001-01-01T00:00:00Z"})
    assert "has passed" in answer["details"][0]["message"]


async def test_it_shows_when_it_comes_next(desk: Desk) -> None:
    made = await desk.make(timeZone="America/New_York")
    assert made["next_run_at"] == made["next_runs"][0]["at"]
    assert len(made["next_runs"]) == 5
    for run in made["next_runs"]:
        local, instant = datetime.fromisoformat(run["local"]), datetime.fromisoformat(run["at"])
        assert (local, local.hour, local.minute) == (instant, 7, 0)
        assert local.utcoffset() == instant.astimezone(ZoneInfo("America/New_York")).utcoffset()
    counts = {name: made[name] for name in ("run_count", "missed_count", "last_run_at", "last_error", "enabled")}
    assert counts == {"run_count": 0, "missed_count": 0, "last_run_at": None, "last_error": None, "enabled": True}
    assert made["created_by"] == str(desk.person.user_id)
    assert await desk.json("GET", f"/schedules/{made['id']}") == made


async def test_one_time_is_of_the_time_zone_unless_it_names_its_own(desk: Desk) -> None:
    local = await desk.make(cron=None, at="2100-07-01T09:00", time_zone="Europe/Berlin")
    named = await desk.make(cron=None, at="2100-07-01T09:00:00-04:00", time_zone="Europe/Berlin")
    assert [row["next_run_at"] for row in (local, named)] == ["2100-07-01T07:00:00Z", "2100-07-01T13:00:00Z"]
    assert [run["local"] for run in named["next_runs"]] == ["2100-07-01T15:00:00+02:00"]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"cron": "61 * * * *"}, "cron: Bad minute. A cron has five fields: minute, hour"),
        ({"cron": "* * * * * *"}, "cron: A cron has five fields"),
        ({"cron": "0 0 32 * *"}, "cron: Bad day-of-month. A cron has five fields"),
        ({"cron": "0 0 32 13 *"}, "cron: Bad day-of-month. A cron has five fields"),
        ({"cron": "0 0 30 2 *"}, "cron: A day like this never comes."),
        ({"cron": "0 0 31 feb,4 *"}, "cron: A day like this never comes."),
        ({"cron": "@often"}, "cron: A cron has five fields"),
        ({"time_zone": "Berlin"}, "time_zone: No time zone has this name; give one as “Europe/Berlin”"),
        ({"cron": None}, "cron: Give either cron"),
        ({"at": "2100-01-01T00:00:00Z"}, "cron: Give either cron"),
        ({"cron": None, "at": "2020-01-01T00:00:00Z"}, "at: This moment has passed"),
        ({"cron": None, "at": "0001-01-01T00:00:00"}, "at: Give a moment"),
        ({"cron": None, "at": "9999-12-31T23:59:59-12:00"}, "at: Give a moment"),
        ({"cron": None, "at": "soon"}, "at: "),
        ({"request": POEM | {"type": "song"}}, "request.type: "),
        ({"request": POEM | {"promt": "A poem"}}, "request.promt: "),
        ({"request": {}}, "request.type: "),
        ({"request": POEM | {"run_after": "2100-01-01T00:00:00Z"}}, "request.run_after: The schedule says when"),
        ({"kind": "generation", "request": {"prompt_text": "A rose"}}, "request: Give a workflow_id"),
        ({"kind": "generation", "request": {"workflow_id": "x"}}, "request.workflow_id: "),
        ({"missed": "run"}, "missed: "),
        ({"owner": "me"}, "owner: "),
    ],
)
async def test_what_could_never_run_is_refused_at_once(desk: Desk, fields: dict[str, Any], told: str) -> None:
    assert (await desk.refused(**fields)).lower().startswith(told.lower())


async def _refusals(desk: Desk, kind: str, path: str, request: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Of the run itself, of a new schedule and of a changed one; `path` is where the run is posted."""
    usual = POEM if kind == "task" else {"workflow_json": GRAPH}
    row = await desk.make(kind=kind, request=usual)
    now = await desk.json("POST", path, 422, json=request)
    new = await desk.json("POST", "/schedules", 422, json=DAILY | {"kind": kind, "request": request})
    changed = await desk.json("PATCH", f"/schedules/{row['id']}", 422, json={"request": request})
    assert await desk.json("GET", f"/schedules/{row['id']}") == row
    return now, new, changed


def _below_request(told: Any) -> Any:
    return told | {"details": [each | {"loc": f"request.{each['loc']}"} for each in told["details"]]}


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (POEM | {"type": "video"}, "provider"),
        (POEM | {"prompt": " "}, "prompt"),
        (POEM | {"options": {"api_key": "k"}}, "options.api_key"),
        (POEM | {"options": {"workflow_id": NOBODY}}, "options.workflow_id"),
        (POEM | {"profile_id": NOBODY}, "profile_id"),
        ({"type": "text", "prompt": "A poem"}, "model"),
        ({"type": "video", "prompt": "A pier"}, "provider"),
    ],
)
async def test_a_task_is_refused_as_it_would_be_at_once(
    server: ServerMode, request_: dict[str, Any], field: str
) -> None:
    desk = Desk(server, await server.stranger())
    now, new, changed = await _refusals(desk, "task", "/tasks", request_)
    assert now["details"][0]["loc"] == field
    assert new == changed == _below_request(now)


@pytest.mark.parametrize("parameters", [{"stepz": 7}, {"steps": 0}, {"sampler": "euler", "stepz": 7}])
async def test_a_generation_is_refused_as_it_would_be_at_once(server: ServerMode, parameters: dict[str, Any]) -> None:
    desk = Desk(server, await server.stranger())
    session_id = await server.acting_as(desk.person).session(GRAPH)
    body = {"workflow_json": GRAPH, "parameters": parameters}
    now, new, changed = await _refusals(desk, "generation", f"/comfyui/sessions/{session_id}/generate", body)
    assert {each["loc"] for each in now["details"]} == {f"parameters.{name}" for name in parameters}
    assert new == changed == _below_request(now)
    for options in (body, body | {"nonsense": 1}):
        picture = {"type": "image", "provider": "comfyui", "prompt": "A pier", "options": options}
        now, new, changed = await _refusals(desk, "task", "/tasks", picture)
        assert new == changed == _below_request(now)


@pytest.mark.parametrize(
    ("kind", "request_", "field"),
    [
        ("generation", {"session_id": NOBODY}, "session_id"),
        ("task", {"type": "image", "provider": "comfyui", "options": {"session_id": NOBODY}}, "options.session_id"),
    ],
)
async def test_a_session_that_is_not_there_is_told_at_its_field(
    server: ServerMode, kind: str, request_: dict[str, Any], field: str
) -> None:
    desk = Desk(server, await server.stranger())
    await server.acting_as(desk.person).session(GRAPH)
    assert await desk.refused(kind=kind, request=request_) == f"request.{field}: This session does not exist."


async def test_to_try_whether_it_would_run_leaves_nothing(server: ServerMode) -> None:
    desk = Desk(server, await server.stranger())
    api = server.acting_as(desk.person)
    session_id = await api.session(GRAPH)
    media_id = await upload(api, png())
    session = await desk.json("GET", f"/comfyui/sessions/{session_id}")
    async with open_socket(server.url, auth={"token": desk.person.token}) as window:
        preset = await desk.json("POST", "/presets", 201, json={"name": "Few", "parameters": {"steps": 4}})
        await window.event("resource:changed", lambda payload: payload["id"] == preset["id"])
        window.received.clear()
        await desk.make(kind="generation", request={"session_id": session_id, "preset_id": preset["id"]})
        await desk.make(request=POEM | {"inputs": [media_id]})
        await desk.make(request={"type": "image", "prompt": "A pier", "options": {"session_id": session_id}})
        row = await desk.make(request=POEM)
        await desk.json("PATCH", f"/schedules/{row['id']}", json={"request": POEM | {"prompt": "An ode"}})
        told = {"kind": "schedule", "id": row["id"], "change": "updated"}
        await window.event("resource:changed", lambda payload: payload == told)
        assert {event.name for event in window.received} == {"resource:changed"}
        assert {payload["kind"] for payload in window.payloads("resource:changed")} == {"schedule"}
    assert await desk.json("GET", "/tasks") == []
    assert await desk.json("GET", "/comfyui/generations") == []
    assert await desk.json("GET", f"/comfyui/sessions/{session_id}") == session
    assert await desk.json("GET", f"/presets/{preset['id']}") == preset


async def test_a_full_queue_refuses_no_schedule(server: ServerMode) -> None:
    desk = Desk(server, await server.stranger())
    await server.rows(
        "INSERT INTO tasks (workspace_id, created_by, name, type, provider, model, prompt, run_after)"
        " SELECT :workspace, :user, 'A', 'text', 'ollama', 'm', 'p', '2100-01-01' FROM generate_series(1, :most)",
        workspace=desk.person.workspace_id,
        user=desk.person.user_id,
        most=server.settings.most_queued,
    )
    await desk.json("POST", "/tasks", 429, json=POEM)
    assert (await desk.make())["enabled"]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_change_leaves_the_rest(desk: Desk, method: str) -> None:
    row = await desk.make()
    path = f"/schedules/{row['id']}"
    for change in ({"name": "Odes"}, {"missed": "catch_up"}, {"request": POEM | {"prompt": "An ode"}}):
        changed = await desk.json(method, path, json=change)
        assert changed == row | change | {"updated_at": changed["updated_at"]}
        row = changed
    assert await desk.json(method, path, json=row) == row, "what is shown may be sent back"
    moved = await desk.json(method, path, json={"time_zone": "Asia/Kolkata"})
    assert moved["next_runs"][0]["local"].endswith("T07:00:00+05:30")
    once = await desk.json(method, path, json={"at": "2100-01-01T00:00:00Z"})
    assert (once["cron"], once["next_run_at"]) == (None, "2100-01-01T00:00:00Z")
    again = await desk.json(method, path, json={"cron": "@daily"})
    assert (again["at"], len(again["next_runs"])) == (None, 5)
    for wrong in ({"cron": None}, {"cron": "x"}, {"name": None}, {"request": {"type": "text"}, "cron": "y"}, {"x": 1}):
        await desk.json(method, path, 422, json=wrong)
    assert await desk.json("GET", path) == again


async def test_paused_nothing_comes_and_resumed_it_comes_from_now(desk: Desk) -> None:
    row = await desk.make(cron="* * * * *")
    paused = await desk.json("POST", f"/schedules/{row['id']}/pause")
    assert (paused["enabled"], paused["next_run_at"], paused["next_runs"]) == (False, None, [])
    resumed = await desk.json("POST", f"/schedules/{row['id']}/resume")
    assert resumed["enabled"]
    assert datetime.fromisoformat(resumed["next_run_at"]) - datetime.now(UTC) < timedelta(minutes=1)
    await desk.json("DELETE", f"/schedules/{row['id']}")


async def test_a_time_that_has_passed_is_not_resumed(desk: Desk) -> None:
    row = await desk.make(cron=None, at="2100-01-01T00:00:00Z")
    await desk.server.rows(
        "UPDATE schedules SET at = now() - interval '1 day', next_run_at = NULL, enabled = false WHERE id = :id",
        id=row["id"],
    )
    refused = await desk.json("POST", f"/schedules/{row['id']}/resume", 422)
    assert refused["details"][0]["loc"] == "at"
    assert (await desk.json("PATCH", f"/schedules/{row['id']}", json={"name": "Old"}))["name"] == "Old"


async def test_run_now_starts_an_ordinary_row_once_for_one_key(desk: Desk) -> None:
    await desk.server.acting_as(desk.person).profile()
    tasks = await desk.make(enabled=False)
    pictures = await desk.make(kind="generation", request={"workflow_json": GRAPH}, enabled=False)
    for row, path in ((tasks, "tasks"), (pictures, "comfyui/generations")):
        header = {"Idempotency-Key": row["id"]}
        ids = {(await desk.json("POST", f"/schedules/{row['id']}/run", 201, headers=header))["id"] for _ in range(2)}
        assert len(ids) == 1
        listed = await desk.json("GET", f"/schedules/{row['id']}/runs")
        assert [(run["id"], run["kind"], run["status"]) for run in listed] == [(*ids, row["kind"], "pending")]
        shown = await desk.json("GET", f"/{path}/{listed[0]['id']}")
        assert (shown["status"], shown["created_at"]) == ("pending", listed[0]["created_at"])
        after = await desk.json("GET", f"/schedules/{row['id']}")
        assert (after["run_count"], after["enabled"]) == (1, False)
        assert after["last_run_at"]


async def test_what_is_of_another_workspace_is_as_unknown(desk: Desk) -> None:
    """Which ids exist elsewhere cannot be found out by a schedule, and nothing there can be used."""
    server = desk.server
    stranger = server.acting_as(await server.stranger())
    session_id = await stranger.session(GRAPH)
    [flow] = await stranger.json("GET", "/comfyui/workflows")
    media_id, profile_id = await upload(stranger, png()), await stranger.profile()
    theirs = [
        ("task", "profile_id", POEM, profile_id),
        ("task", "inputs", POEM, [media_id]),
        ("task", "fallback", POEM, [{"provider": "ollama", "profile_id": profile_id}]),
        ("generation", "profile_id", {"workflow_json": GRAPH}, profile_id),
        ("generation", "session_id", {"workflow_json": GRAPH}, session_id),
        ("generation", "workflow_id", {}, flow["id"]),
    ]
    for kind, name, request, value in theirs:
        refused = []
        for tried in (value, _nobodys(value)):
            body = DAILY | {"kind": kind, "request": request | {name: tried}}
            told = await desk.json("POST", "/schedules", 422, json=body)
            refused.append((told["code"], told["details"], told["error"]))
        assert refused[0] == refused[1], name
        assert refused[0][1][0]["loc"].startswith(f"request.{name}"), name


def _nobodys(value: Any) -> Any:
    """The same with an id that nowhere is."""
    if isinstance(value, list):
        return [_nobodys(each) for each in value]
    return value | {"profile_id": NOBODY} if isinstance(value, dict) else NOBODY


async def test_run_now_tells_what_is_wrong(desk: Desk) -> None:
    """What was there when it was made, and is gone."""
    await desk.server.acting_as(desk.person).session(GRAPH)
    workflow_id = (await desk.json("GET", "/comfyui/workflows"))[0]["id"]
    row = await desk.make(kind="generation", request={"workflow_id": workflow_id}, enabled=False)
    await desk.json("DELETE", f"/comfyui/workflows/{workflow_id}")
    refused = await desk.json("POST", f"/schedules/{row['id']}/run", 422)
    assert refused["details"][0]["loc"] == "workflow_id"
    assert (await desk.json("GET", f"/schedules/{row['id']}"))["run_count"] == 0


async def test_removed_it_leaves_what_it_started(desk: Desk) -> None:
    row = await desk.make()
    run = await desk.json("POST", f"/schedules/{row['id']}/run", 201)
    await desk.json("DELETE", f"/schedules/{row['id']}")
    await desk.json("GET", f"/schedules/{row['id']}", 404)
    kept = await desk.json("GET", f"/tasks?schedule_id={row['id']}")
    assert [(task["id"], task["schedule_id"]) for task in kept] == [(run["id"], row["id"])]


async def test_whoever_changes_what_runs_is_whose_runs_they_are(server: ServerMode) -> None:
    """Otherwise somebody's words would run with an admin's rights."""
    owner = await server.stranger()
    member = await server.person("member", owner.workspace_id)
    row = await Desk(server, owner).make()
    theirs = Desk(server, member)
    renamed = await theirs.json("PATCH", f"/schedules/{row['id']}", json={"name": "Odes"})
    assert renamed["created_by"] == str(owner.user_id)
    changed = await theirs.json("PATCH", f"/schedules/{row['id']}", json={"request": POEM | {"prompt": "Mine"}})
    assert changed["created_by"] == str(member.user_id)


async def test_a_workspace_has_200_at_most(server: ServerMode) -> None:
    desk = Desk(server, await server.stranger())
    row = await desk.make(enabled=False)
    names = "workspace_id, name, kind, request, cron, enabled"
    await server.rows(
        f"INSERT INTO schedules ({names}) SELECT {names} FROM schedules, generate_series(1, 199) WHERE id = :id",
        id=row["id"],
    )
    refused = await desk.json("POST", "/schedules", 409, json=DAILY)
    assert refused["code"] == "TOO_MANY_SCHEDULES"
    answer = await desk.person.get("/api/schedules?limit=50&page=4&enabled=false")
    assert (len(answer.json()["data"]), answer.json()["pagination"]["total"]) == (50, 200)
    assert (await desk.person.get("/api/schedules?enabled=true")).json()["data"] == []


async def test_a_due_one_is_started_by_the_running_server_and_told(server: ServerMode) -> None:
    desk = Desk(server, await server.stranger())
    row = await desk.make()
    async with open_socket(server.url, auth={"token": desk.person.token}) as window:
        await server.rows("UPDATE schedules SET next_run_at = now() WHERE id = :id", id=row["id"])
        told = {"kind": "schedule", "id": row["id"], "change": "updated"}
        await window.event("resource:changed", lambda payload: payload == told)
    [run] = await desk.json("GET", f"/schedules/{row['id']}/runs")
    task = await desk.json("GET", f"/tasks/{run['id']}")
    assert (task["prompt"], task["created_by"]) == ("A poem", str(desk.person.user_id))


async def test_a_scheduled_generation_that_fails_is_told_to_whom_it_is_for(server: ServerMode) -> None:
    desk = Desk(server, await server.stranger())
    await server.acting_as(desk.person).profile()
    broken = {"1": {"class_type": "NoSuchNode", "inputs": {}}}
    row = await desk.make(kind="generation", request={"workflow_json": broken}, enabled=False)
    run = await desk.json("POST", f"/schedules/{row['id']}/run", 201)

    async def told() -> bool:
        listed = await desk.json("GET", "/notifications")
        return [(each["code"], each["subject_id"]) for each in listed] == [("SCHEDULED_GENERATION_FAILED", run["id"])]

    async with serve_work(server.settings):
        await until_async(told)


async def test_it_is_in_the_audit_log(server: ServerMode) -> None:
    desk = Desk(server, await server.stranger())
    row = await desk.make()
    await desk.json("POST", f"/schedules/{row['id']}/pause")
    await desk.json("DELETE", f"/schedules/{row['id']}")
    found = await server.rows("SELECT action FROM audit_log WHERE subject_id = :id ORDER BY id", id=row["id"])
    assert [entry["action"] for entry in found] == ["schedule_created", "schedule_changed", "schedule_deleted"]
