"""Monthly budgets: set, shown with what is spent, removed, and told to the audit log."""

from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from tests.features.usage.kept import keep_call, keep_profile
from tests.fixtures.server_mode import Person, ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def admin(server: ServerMode) -> Person:
    return await server.stranger("admin")


def workspace(person: Person) -> UUID:
    assert person.workspace_id is not None
    return person.workspace_id


async def put(person: Person, status: int = 200, **body: Any) -> Any:
    answer = await person.put("/api/budgets", json=body)
    assert answer.status_code == status, answer.text
    return answer.json().get("data")


async def test_a_budget_is_set_changed_and_removed(server: ServerMode, admin: Person) -> None:
    profile_id = await keep_profile(server, workspace(admin), "Work")
    whole = await put(admin, monthly_usd=10)
    single = await put(admin, profileId=str(profile_id), monthly_usd=2.5)
    again = await put(admin, monthly_usd=20.25)

    assert again["id"] == whole["id"]
    listed = (await admin.get("/api/budgets")).json()["data"]
    assert [(budget["id"], budget["monthly_usd"], budget["profile_name"]) for budget in listed] == [
        (whole["id"], 20.25, None),
        (single["id"], 2.5, "Work"),
    ]
    assert (await put(admin, **listed[1]))["id"] == single["id"], "what is shown may be sent back"

    assert (await admin.delete(f"/api/budgets/{whole['id']}")).status_code == 200
    assert (await admin.delete(f"/api/budgets/{whole['id']}")).status_code == 404
    told = await server.rows(
        "SELECT action, details FROM audit_log WHERE workspace_id = :id AND action LIKE 'budget%' ORDER BY id",
        id=workspace(admin),
    )
    assert [row["action"] for row in told] == ["budget_changed"] * 4 + ["budget_deleted"]
    assert told[1]["details"] == {"profile_id": str(profile_id), "usd": "2.50"}


async def test_what_is_spent_counts_from_the_first_of_the_month(server: ServerMode, admin: Person) -> None:
    mine = workspace(admin)
    profile_id = await keep_profile(server, mine)
    month = (
        "SELECT date_trunc('month', now(), 'UTC') AS begins, date_trunc('month', now(), 'UTC') - interval '1 ms' AS o"
    )
    times = (await server.rows(month))[0]
    await keep_call(server, mine, cost_usd=1.25, at=times["begins"].isoformat())
    await keep_call(server, mine, cost_usd=0.5, profile_id=profile_id)
    await keep_call(server, mine, cost_usd=None, profile_id=profile_id)
    await keep_call(server, mine, cost_usd=100, profile_id=profile_id, at=times["o"].isoformat())

    whole = await put(admin, monthly_usd=1)
    single = await put(admin, profile_id=str(profile_id), monthly_usd=1)

    assert (whole["spent_usd"], whole["left_usd"]) == (1.75, 0)
    assert (single["spent_usd"], single["left_usd"]) == (0.5, 0.5)
    assert whole["resets_at"].endswith("-01T00:00:00Z")
    assert whole["resets_at"] > times["begins"].isoformat()


@pytest.mark.parametrize("amount", [-1, 0.001, 1e10, "10", None, True])
async def test_an_amount_is_whole_cents(admin: Person, amount: Any) -> None:
    await put(admin, 422, monthly_usd=amount)


async def test_a_budget_is_of_a_profile_of_the_workspace(server: ServerMode, admin: Person) -> None:
    stranger = await server.stranger("admin")
    theirs = await keep_profile(server, workspace(stranger))
    budget = await put(stranger, profile_id=str(theirs), monthly_usd=1)

    await put(admin, 404, profile_id=str(theirs), monthly_usd=1)
    assert (await admin.delete(f"/api/budgets/{budget['id']}")).status_code == 404
    assert (await admin.get("/api/budgets")).json()["data"] == []
    assert len((await stranger.get("/api/budgets")).json()["data"]) == 1


async def test_the_budget_of_a_deleted_profile_is_not_shown(server: ServerMode, admin: Person) -> None:
    profile_id = await keep_profile(server, workspace(admin))
    await put(admin, profile_id=str(profile_id), monthly_usd=1)

    assert (await admin.delete(f"/api/profiles/{profile_id}")).status_code == 200

    assert (await admin.get("/api/budgets")).json()["data"] == []
