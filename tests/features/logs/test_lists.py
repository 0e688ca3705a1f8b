"""Who may read the logs, what of them, and in which pieces."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from spoonfeeder.core.actor import User
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.work import open_account_work
from tests.fixtures.server_mode import Person, ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")
LISTS = ("/api/audit", "/api/api-log")
NO_MOMENT = [
    "",
    "7",
    "1763715600",
    "yesterday",
    "2026-11-21",
    "2026-11-21T10:00:00",
    "0001-01-01T00:00:00+14:00",
    "x" * 500,
]
MOMENTS = ["2000-01-01T00:00:00Z", "2000-01-01T00:00:00+01:00", "2000-01-01 00:00:00.123-05:30", "0001-01-01T00:00:00Z"]


async def rows(person: Person, path: str, **wanted: Any) -> list[dict[str, Any]]:
    answer = await person.get(path, params=wanted)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def write(server: ServerMode, person: Person, subject_id: str, *actions: Action) -> None:
    """Entries of the person's workspace, each in a transaction of its own."""
    assert person.workspace_id is not None
    for action in actions:
        async with open_account_work(server.runtime, User(person.workspace_id, person.user_id)) as work:
            await record(work, action, "profile", subject_id)


async def test_only_the_servers_admins_read_the_logs_of_the_server(server: ServerMode) -> None:
    owner = await server.stranger()
    other_admin = await server.person(None, is_admin=True)
    for path in LISTS:
        assert (await server.http.get(path)).status_code == 401
        assert (await owner.get(path)).status_code == 403
        assert (await (await server.api_key(other_admin, ["read", "write"])).get(path)).status_code == 403
        assert (await other_admin.get(path)).status_code == 200


async def test_a_workspaces_admins_read_what_happened_there_and_nothing_else(server: ServerMode) -> None:
    owner, elsewhere = await server.stranger(), await server.stranger()
    admin = await server.person("admin", owner.workspace_id)
    path = f"/api/workspaces/{owner.workspace_id}/audit"
    subject_id = str(uuid4())
    await write(server, elsewhere, subject_id, Action.PROFILE_CREATED)
    await write(server, owner, subject_id, Action.PROFILE_DELETED, Action.USER_CHANGED)

    for person in (owner, admin):
        [entry] = await rows(person, path)
        assert (entry["action"], entry["user_name"], entry["user_email"]) == (
            "profile_deleted",
            "A Person",
            owner.email,
        )
    assert await rows(owner, path, workspace_id=str(elsewhere.workspace_id), subject_id=subject_id) == [entry]
    assert len(await rows(server.admin, "/api/audit", subject_id=subject_id)) == 3
    for role in ("member", "viewer"):
        assert (await (await server.person(role, owner.workspace_id)).get(path)).status_code == 403
    for stranger in (elsewhere, server.admin):
        answer = await stranger.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "WORKSPACE_NOT_FOUND")


async def test_filters(server: ServerMode) -> None:
    owner = await server.stranger()
    subject_id = str(uuid4())
    await write(server, owner, subject_id, Action.PROFILE_CREATED, Action.PROFILE_DELETED, Action.PROFILE_RESTORED)
    newest, middle, _ = await rows(server.admin, "/api/audit", subject_id=subject_id)
    soon = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    for wanted, found in (
        ({"action": "profile_deleted"}, 1),
        ({"user_id": str(owner.user_id)}, 3),
        ({"user_id": str(uuid4())}, 0),
        ({"workspace_id": str(owner.workspace_id)}, 3),
        ({"workspace_id": str(uuid4())}, 0),
        ({"to": soon}, 3),
        ({"from": soon}, 0),
    ):
        assert len(await rows(server.admin, "/api/audit", subject_id=subject_id, **wanted)) == found, wanted
    stored = await server.rows("SELECT at FROM audit_log WHERE id = :id", id=middle["id"])
    since = stored[0]["at"].isoformat()
    found_since = await rows(server.admin, "/api/audit", subject_id=subject_id, **{"from": since})
    assert [row["id"] for row in found_since] == [newest["id"], middle["id"]]
    assert len(await rows(server.admin, "/api/audit", subject_id=subject_id, to=since)) == 1


@pytest.mark.parametrize("path", LISTS)
async def test_moments_need_a_time_zone(server: ServerMode, path: str) -> None:
    for name in ("from", "to"):
        for moment in NO_MOMENT:
            answer = await server.admin.get(path, params={name: moment})
            assert answer.status_code == 422, moment
            assert answer.json()["details"][0]["loc"] == name
        for moment in MOMENTS:
            for sent in (moment, quote(moment, safe="")):
                assert (await server.admin.get(f"{path}?{name}={sent}")).status_code == 200, sent


@pytest.mark.parametrize(
    "wanted",
    [
        {"action": "nonsense"},
        {"user_id": "7"},
        {"subject_id": "two words"},
        {"subject_id": "x" * 256},
        {"cursor": "x"},
        {"limit": 201},
        {"page": 0},
    ],
)
async def test_what_cannot_be_looked_for_is_refused(server: ServerMode, wanted: dict[str, Any]) -> None:
    assert (await server.admin.get("/api/audit", params=wanted)).status_code == 422


async def test_pages_and_cursors_lead_through_all(server: ServerMode) -> None:
    owner = await server.stranger()
    path = f"/api/workspaces/{owner.workspace_id}/audit"
    await write(server, owner, str(uuid4()), *[Action.PROFILE_CREATED] * 5)
    everything = [row["id"] for row in await rows(owner, path)]
    assert everything == sorted(everything, reverse=True)
    assert [row["id"] for row in await rows(owner, path, page=2, limit=2)] == everything[2:4]
    first = (await owner.get(path, params={"limit": 2})).json()
    assert first["pagination"] == {"page": 1, "limit": 2, "total": 5, "pages": 3, "totalPages": 3}
    seen, answer = [row["id"] for row in first["data"]], first
    while answer["next_cursor"]:
        await write(server, owner, str(uuid4()), Action.PROFILE_CREATED)
        answer = (await owner.get(path, params={"limit": 2, "cursor": answer["next_cursor"]})).json()
        seen += [row["id"] for row in answer["data"]]
    assert seen == everything


async def test_a_long_log_is_counted_to_ten_thousand_and_read_on_by_cursor(server: ServerMode) -> None:
    """Many of one moment, also where one page ends and the next begins."""
    fill = """
        INSERT INTO api_log (at, method, route, status, duration_ms)
        SELECT now() - make_interval(hours => 1, secs => n / 150), 'GET', '/of/many', 200, 1
        FROM generate_series(1, 10100) n
    """
    await server.rows(fill)
    of_them: dict[str, Any] = {"route": "/of/many", "limit": 100}
    last = (await server.admin.get("/api/api-log", params={**of_them, "page": 100})).json()
    assert (last["pagination"]["total"], last["pagination"]["pages"], len(last["data"])) == (10_000, 100, 100)
    beyond = await server.admin.get("/api/api-log", params={**of_them, "page": 101})
    assert (beyond.status_code, beyond.json()["details"][0]["loc"]) == (422, "page")
    rest = (await server.admin.get("/api/api-log", params={**of_them, "cursor": last["next_cursor"]})).json()
    assert (len(rest["data"]), rest["next_cursor"]) == (100, None)
