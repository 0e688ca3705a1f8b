"""`GET /api/usage` and `/api/usage/calls`: sums and single calls of one's own workspace."""

from typing import Any

import pytest
import pytest_asyncio

from spoonfeeder.features.usage.chores import close_lost_calls
from spoonfeeder.work import open_system_work
from tests.features.usage.kept import keep_call, keep_profile
from tests.fixtures.server_mode import Person, ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")
ALL = {"from": "2026-01-01T00:00:00Z", "to": "2026-12-31T00:00:00Z"}
MAY = "2026-05-01T00:00:00Z"


async def report(person: Person, status: int = 200, **query: Any) -> Any:
    answer = await person.get("/api/usage", params=ALL | query)
    assert answer.status_code == status, answer.text
    return answer.json().get("data")


@pytest_asyncio.fixture(loop_scope="module")
async def person(server: ServerMode) -> Person:
    return await server.stranger("admin")


async def test_an_empty_workspace_has_used_nothing(person: Person) -> None:
    found = await report(person)

    assert found["totals"] == {
        "calls": 0,
        "failed": 0,
        "unpriced_calls": 0,
        "input_tokens": 0,
        "output_tokens": 0,
        "cached_tokens": 0,
        "reasoning_tokens": 0,
        "cost_usd": 0,
    }
    assert found["groups"] == []


async def test_sums_by_everything(server: ServerMode, person: Person) -> None:
    assert person.workspace_id is not None
    mine = person.workspace_id
    profile_id = await keep_profile(server, mine, "Work")
    await keep_call(server, mine, profile_id=profile_id, cost_usd=0.000000001, at="2026-03-01T23:59:59.9Z")
    await keep_call(server, mine, cost_usd=1.5, model="gpt-4o-mini", at="2026-03-02T00:00:00Z")
    await keep_call(server, mine, cost_usd=None, provider="ollama", model="llama3", at="2026-03-02T01:00:00+03:00")
    uncounted: dict[str, Any] = {"cost_usd": None, "input_tokens": None, "output_tokens": None, "at": MAY}
    await keep_call(server, mine, status="failed", **uncounted)
    await keep_call(server, mine, status="open", purpose="title", **uncounted)

    everything = (await report(person))["totals"]
    assert {name: everything[name] for name in ("calls", "failed", "unpriced_calls", "input_tokens")} == {
        "calls": 5,
        "failed": 1,
        "unpriced_calls": 1,
        "input_tokens": 300,
    }
    assert everything["cost_usd"] == 1.500000001

    days = (await report(person, to="2026-04-01T00:00:00Z"))["groups"]
    assert [(day["key"], day["calls"]) for day in days] == [("2026-03-01", 2), ("2026-03-02", 1)]
    models = (await report(person, group_by="model", to="2026-04-01T00:00:00Z"))["groups"]
    assert [(model["key"], model["provider"]) for model in models] == [
        ("gpt-4o-mini", "openai"),
        ("gpt-4o", "openai"),
        ("llama3", "ollama"),
    ]
    by_profile = {group["key"]: group["name"] for group in (await report(person, group_by="profile"))["groups"]}
    assert by_profile == {None: None, str(profile_id): "Work"}
    by_provider = {group["key"]: group["calls"] for group in (await report(person, group_by="provider"))["groups"]}
    assert by_provider == {"openai": 4, "ollama": 1}
    unpriced = (await report(person, provider="ollama"))["totals"]
    assert (unpriced["calls"], unpriced["cost_usd"]) == (1, None)
    by_purpose = {group["key"]: group["calls"] for group in (await report(person, group_by="purpose"))["groups"]}
    assert by_purpose == {"chat": 4, "title": 1}
    narrowed = (await report(person, profile_id=str(profile_id)))["totals"]
    assert (narrowed["calls"], narrowed["cost_usd"]) == (1, 0.000000001)


async def test_a_report_has_its_limits(person: Person) -> None:
    too_long: dict[str, Any] = {"from": "2025-01-01T00:00:00Z"}
    await report(person, 422, **too_long)
    await report(person, 422, group_by="nothing")
    backwards: dict[str, Any] = {"from": "2026-12-31T00:00:00Z", "to": "2026-01-01T00:00:00Z"}
    await report(person, **backwards)
    for odd in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        answer = await person.get("/api/usage", params={"to": odd})
        assert answer.status_code == 200, answer.text
    assert (await person.get("/api/usage")).status_code == 200


async def test_calls_are_listed_newest_first_and_paged(server: ServerMode, person: Person) -> None:
    assert person.workspace_id is not None
    profile_id = await keep_profile(server, person.workspace_id)
    made = [
        str(await keep_call(server, person.workspace_id, profile_id=profile_id, at="2026-03-01T00:00:00Z"))
        for _ in range(5)
    ]
    newest = str(await keep_call(server, person.workspace_id, status="failed", cost_usd=None))

    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await person.get("/api/usage/calls", params=query)).json()
        seen += [call["id"] for call in page["data"]]
        assert page["pagination"]["total"] == 6
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen[0] == newest
    assert seen[1:] == sorted(made, reverse=True)

    failed = (await person.get("/api/usage/calls", params={"status": "failed"})).json()["data"]
    assert [(call["id"], call["cost_usd"]) for call in failed] == [(newest, None)]
    of_profile = (await person.get("/api/usage/calls", params={"profile_id": str(profile_id)})).json()["data"]
    assert {call["profile_name"] for call in of_profile} == {"Profile"}
    assert {call["cost_usd"] for call in of_profile} == {0.5}
    for wrong in ({"page": 201}, {"cursor": "x"}, {"status": "done"}, {"from": "today"}):
        assert (await person.get("/api/usage/calls", params=wrong)).status_code == 422


async def test_nobody_sees_what_others_used(server: ServerMode, person: Person) -> None:
    assert person.workspace_id is not None
    await keep_call(server, person.workspace_id, at=MAY)
    stranger = await server.stranger()

    assert (await report(stranger))["totals"]["calls"] == 0
    assert (await stranger.get("/api/usage/calls")).json()["data"] == []
    assert (await report(person))["totals"]["calls"] == 1


async def test_calls_of_dead_processes_are_closed(server: ServerMode, person: Person) -> None:
    assert person.workspace_id is not None
    lost = await keep_call(server, person.workspace_id, status="open", at="2026-03-01T00:00:00Z")
    running = await keep_call(server, person.workspace_id, status="open")

    async with open_system_work(server.runtime, "test") as work:
        await close_lost_calls(work)

    rows = await server.rows("SELECT id, status, ended_at FROM usage_calls WHERE id IN (:a, :b)", a=lost, b=running)
    status = {row["id"]: (row["status"], row["ended_at"] is not None) for row in rows}
    assert status == {lost: ("unknown", True), running: ("open", False)}
