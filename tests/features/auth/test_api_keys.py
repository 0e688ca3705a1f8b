"""API keys: shown once, limited by scopes, workspace and expiry, and refused as soon as they are revoked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import text

from tests.fixtures.application import NO_TLS
from tests.fixtures.server_mode import Person, ServerMode
from tests.waiting import until_async

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATH = "/api/auth/api-keys"


async def make(person: httpx2.AsyncClient, status: int = 201, **body: Any) -> Any:
    answer = await person.post(PATH, json={"name": "Script"} | body)
    assert answer.status_code == status, answer.text
    return answer.json()["data"] if status == 201 else answer.json()


@asynccontextmanager
async def holding(server: ServerMode, key: str) -> AsyncIterator[httpx2.AsyncClient]:
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(base_url=server.url, headers=headers, timeout=30, verify=NO_TLS) as client:
        yield client


async def test_a_key_is_shown_once_and_opens_what_its_scopes_say(server: ServerMode) -> None:
    person = await server.person("admin")

    made = await make(person)

    key = made.pop("key")
    (listed,) = (await person.get(PATH)).json()["data"]
    assert listed == made
    assert key.startswith("sf_")
    assert len(key) == 46
    assert made["last_four"] == key[-4:]
    assert made["scopes"] == ["read", "write"]
    assert key not in str(await server.rows("SELECT * FROM api_keys WHERE user_id = :id", id=person.user_id))
    async with holding(server, key) as script:
        assert (await script.get("/api/profiles")).status_code == 200
        assert (await script.get("/api/auth/me")).json()["data"]["scope"] == "write"
        assert (await script.post(PATH, json={"name": "More"})).status_code == 403


@pytest.mark.parametrize(
    ("scopes", "shown", "statuses"),
    [
        (["read"], ["read"], [200, 403, 403]),
        (["write"], ["read", "write"], [200, 201, 403]),
        (["admin", "read"], ["read", "write", "admin"], [200, 201, 200]),
    ],
)
async def test_a_higher_scope_includes_the_lower(
    server: ServerMode, scopes: list[str], shown: list[str], statuses: list[int]
) -> None:
    made = await make(await server.person("admin"), scopes=scopes)

    assert made["scopes"] == shown
    async with holding(server, made["key"]) as script:
        answers = [
            await script.get("/api/profiles"),
            await script.post("/api/comfyui/sessions", json={"title": "A session"}),
            await script.patch("/api/auth/me", json={"name": "Scripted"}),
        ]
    assert [answer.status_code for answer in answers] == statuses


async def test_a_key_gives_no_more_than_its_users_role(server: ServerMode) -> None:
    viewer = await server.person("viewer")
    made = await make(viewer, scopes=["admin"])

    async with holding(server, made["key"]) as script:
        assert (await script.post("/api/comfyui/sessions", json={"title": "A session"})).status_code == 403


async def test_a_key_of_one_workspace_is_good_in_no_other(server: ServerMode) -> None:
    person = await server.person("owner")
    second = await server.workspace("Second")
    await server.rows(
        "INSERT INTO workspace_members (workspace_id, user_id, role) VALUES (:workspace, :user, 'member')",
        workspace=second,
        user=person.user_id,
    )
    made = await make(person, workspace_id=str(second), scopes=["admin"])

    async with holding(server, made["key"]) as script:
        me = (await script.get("/api/auth/me")).json()["data"]
        elsewhere = await script.get("/api/profiles", headers={"X-Workspace": str(person.workspace_id)})
        assert (me["workspace_id"], me["workspace_role"]) == (str(second), "member")
        assert [one["name"] for one in me["memberships"]] == ["Second"]
        assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "WORKSPACE_NOT_FOUND")
        inherited = await make(script)
        assert inherited["workspace_id"] == str(second)
        await make(script, 403, workspace_id=str(person.workspace_id))


async def test_a_key_cannot_make_one_that_lives_longer(server: ServerMode) -> None:
    made = await make(await server.person(), scopes=["admin"], expires_in_days=2)

    async with holding(server, made["key"]) as script:
        assert (await make(script))["expires_at"] == made["expires_at"]
        assert (await make(script, expires_in_days=1))["expires_at"] < made["expires_at"]
        await make(script, 403, expires_in_days=3)


async def test_a_key_cannot_be_for_a_workspace_of_others(server: ServerMode) -> None:
    person = await server.person()

    for workspace_id in (await server.workspace(), uuid4()):
        assert (await make(person, 404, workspace_id=str(workspace_id)))["code"] == "WORKSPACE_NOT_FOUND"


async def test_an_expired_key_is_refused_and_still_listed(server: ServerMode) -> None:
    person = await server.person()
    later = datetime.now(UTC) + timedelta(hours=1)
    made = await make(person, expires_at=later.isoformat())
    assert datetime.fromisoformat(made["expires_at"]) - later < timedelta(milliseconds=1)

    await server.rows("UPDATE api_keys SET expires_at = now() WHERE id = :id", id=UUID(made["id"]))

    async with holding(server, made["key"]) as script:
        assert (await script.get("/api/profiles")).status_code == 401
    assert [row["id"] for row in (await person.get(PATH)).json()["data"]] == [made["id"]]


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"name": "x" * 256},
        {"scopes": []},
        {"scopes": ["root"]},
        {"scopes": "admin"},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "2030-01-01T00:00:00"},
        {"expires_at": "9999-12-31T23:59:59.999999-14:00"},
        {"expires_in_days": 0},
        {"expires_in_days": 1e9},
        {"expires_in_days": 1, "expires_at": "2027-01-01T00:00:00Z"},
        {"workspace_id": "x"},
        {"user_id": str(uuid4())},
        {"key": "sf_mine"},
    ],
)
async def test_a_key_that_cannot_be_is_422(server: ServerMode, body: dict[str, Any]) -> None:
    await make(server.admin, 422, **body)


async def test_a_key_is_renamed_and_revoked_by_its_user_alone(server: ServerMode) -> None:
    person, other = await server.person(), await server.person()
    made = await make(person)
    path = f"{PATH}/{made['id']}"

    for stranger in (other, server.admin):
        assert (await stranger.patch(path, json={"name": "Mine"})).status_code == 404
        assert (await stranger.delete(path)).status_code == 404
    assert (await person.patch(path, json={"name": "Renamed"})).json()["data"]["name"] == "Renamed"
    assert (await person.patch(path, json={"scopes": ["admin"]})).status_code == 422
    async with holding(server, made["key"]) as script:
        assert (await script.get("/api/profiles")).status_code == 200
        assert (await person.delete(path)).status_code == 200
        assert (await script.get("/api/profiles")).status_code == 401
    assert (await person.get(PATH)).json()["data"] == []
    assert (await person.delete(path)).status_code == 404
    rows = await server.rows("SELECT action FROM audit_log WHERE subject_id = :id ORDER BY id", id=made["id"])
    assert [row["action"] for row in rows] == ["api_key_created", "api_key_changed", "api_key_revoked"]


async def test_there_are_at_most_fifty_active_keys(server: ServerMode) -> None:
    person = await server.person()
    await server.rows(
        """
        INSERT INTO api_keys (user_id, name, token_sha256, last_four, scopes, expires_at)
        SELECT :id, 'Old', md5(CAST(:text AS text) || number), 'xxxx', '["read"]', CASE WHEN number > 49 THEN now() END
        FROM generate_series(1, 60) AS number
        """,
        id=person.user_id,
        text=str(person.user_id),
    )

    await make(person)

    assert (await make(person, 409))["code"] == "TOO_MANY_API_KEYS"


async def test_the_last_use_is_noted(server: ServerMode) -> None:
    person = await server.person()
    made = await make(person)
    assert made["last_used_at"] is None

    async with holding(server, made["key"]) as script:
        await script.get("/api/profiles")

    async def noted() -> bool:
        (row,) = (await person.get(PATH)).json()["data"]
        return row["last_used_at"] is not None

    await until_async(noted)


async def test_a_key_outlives_a_new_login_but_not_its_user(server: ServerMode) -> None:
    person: Person = await server.person()
    key = await server.api_key(person)

    await person.post("/api/auth/logout-everywhere")
    assert (await key.get("/api/profiles")).status_code == 200
    await server.rows("DELETE FROM users WHERE id = :id", id=person.user_id)

    assert (await key.get("/api/profiles")).status_code == 401


async def test_who_is_signed_out_everywhere_at_this_moment_makes_no_key(server: ServerMode) -> None:
    thief: Person = await server.person()
    async with server.runtime.engine.begin() as signing_out:
        for change in (
            "UPDATE users SET token_epoch = token_epoch + 1 WHERE id = :id",
            "UPDATE login_sessions SET revoked_at = now() WHERE user_id = :id",
        ):
            await signing_out.execute(text(change), {"id": thief.user_id})
        making = asyncio.create_task(make(thief, 401, scopes=["admin"]))
        await until_async(lambda: _waits_for_a_lock(server))
    assert (await making)["code"] == "UNAUTHORIZED"
    assert await server.rows("SELECT id FROM api_keys WHERE user_id = :id", id=thief.user_id) == []


async def _waits_for_a_lock(server: ServerMode) -> bool:
    here = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(await server.rows(here))
