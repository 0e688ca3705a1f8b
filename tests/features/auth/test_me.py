"""One's own account: who one is, one's password, and where one is signed in."""

from contextlib import AsyncExitStack
from uuid import uuid4

import pytest

from tests.features.auth.browser import Browser, signed_in
from tests.fixtures.application import Application
from tests.fixtures.server_mode import PASSWORD, ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")

DEFAULT = "00000000-0000-0000-0000-000000000001"
NEW_PASSWORD = "another horse battery"


async def test_me_tells_who_and_where_one_is(server: ServerMode) -> None:
    person = await server.person("viewer", name="Ada")
    second = await server.workspace("A second one")
    await server.rows(
        "INSERT INTO workspace_members (workspace_id, user_id, role) VALUES (:workspace, :user, 'admin')",
        workspace=second,
        user=person.user_id,
    )

    here = (await person.get("/api/auth/me")).json()["data"]
    there = (await person.get("/api/auth/me", headers={"X-Workspace": str(second)})).json()["data"]

    assert (here["id"], here["email"], here["name"], here["role"]) == (
        str(person.user_id),
        person.email,
        "Ada",
        "member",
    )
    assert here["memberships"] == [
        {"workspace_id": str(second), "name": "A second one", "role": "admin"},
        {"workspace_id": DEFAULT, "name": "Default", "role": "viewer"},
    ]
    assert (here["workspace_id"], here["workspace_role"]) == (DEFAULT, "viewer")
    assert (there["workspace_id"], there["workspace_role"]) == (str(second), "admin")
    assert (here["scope"], here["mode"]) == ("admin", "required")


async def test_me_of_somebody_without_a_workspace(server: ServerMode) -> None:
    data = (await (await server.person(None)).get("/api/auth/me")).json()["data"]

    assert (data["memberships"], data["workspace_id"], data["workspace_role"]) == ([], None, None)


async def test_name_and_default_workspace_can_be_changed(server: ServerMode) -> None:
    person = await server.person()
    second = await server.workspace()
    await server.rows(
        "INSERT INTO workspace_members (workspace_id, user_id, role) VALUES (:workspace, :user, 'viewer')",
        workspace=second,
        user=person.user_id,
    )

    changed = await person.patch("/api/auth/me", json={"name": " Grace ", "default_workspace_id": str(second)})

    assert changed.json()["data"]["name"] == "Grace"
    assert (await person.get("/api/auth/me")).json()["data"]["workspace_id"] == str(second)
    back = await person.patch("/api/auth/me", json={"default_workspace_id": None})
    assert back.json()["data"]["default_workspace_id"] is None


async def test_a_workspace_of_others_cannot_be_the_default(server: ServerMode) -> None:
    person = await server.person()
    for foreign in (await server.workspace(), uuid4()):
        answer = await person.patch("/api/auth/me", json={"default_workspace_id": str(foreign)})
        assert (answer.status_code, answer.json()["code"]) == (404, "WORKSPACE_NOT_FOUND")


@pytest.mark.parametrize(
    "field", ["id", "email", "role", "active", "password_hash", "token_epoch", "created_at", "memberships"]
)
async def test_nothing_else_can_be_changed(server: ServerMode, field: str) -> None:
    assert (await server.admin.patch("/api/auth/me", json={field: "admin"})).status_code == 422


async def test_a_new_password_ends_every_login_but_the_one_of_the_answer(server: ServerMode) -> None:
    person = await server.person()
    async with AsyncExitStack() as stack:
        browser, other = [await stack.enter_async_context(signed_in(server, person.email)) for _ in range(2)]
        key = await server.api_key(person)
        cookie = browser.cookie

        answer = await browser.post(
            "/api/auth/password", json={"current_password": PASSWORD, "new_password": NEW_PASSWORD}
        )

        assert answer.status_code == 200, answer.text
        assert not any([await browser.is_signed_in(), await other.is_signed_in()])
        assert (await other.refresh()).status_code == 401
        assert (await key.get("/api/profiles")).status_code == 200
        browser.headers["Authorization"] = f"Bearer {answer.json()['data']['access_token']}"
        assert await browser.is_signed_in()
        assert browser.cookie not in (None, cookie)
        assert (await browser.refresh()).status_code == 200
    async with Browser(server) as anew:
        assert (await anew.login(person.email)).status_code == 401
        assert (await anew.login(person.email, NEW_PASSWORD)).status_code == 200
    rows = await server.rows(
        "SELECT count(*) FROM audit_log WHERE user_id = :id AND action = 'password_changed'", id=person.user_id
    )
    assert rows == [{"count": 1}]


async def test_a_new_password_needs_the_present_one(server: ServerMode) -> None:
    person = await server.person()
    for wrong in ("wrong password", ""):
        answer = await person.post("/api/auth/password", json={"current_password": wrong, "new_password": NEW_PASSWORD})
        assert (answer.status_code, answer.json()["code"]) == (403, "INVALID_CREDENTIALS")
    for bad in ("short", "x" * 1025):
        answer = await person.post("/api/auth/password", json={"current_password": PASSWORD, "new_password": bad})
        assert answer.status_code == 422
        assert bad not in answer.text
    assert (await person.get("/api/profiles")).status_code == 200


async def test_signing_out_everywhere_keeps_or_revokes_the_api_keys(server: ServerMode) -> None:
    person = await server.person()
    other = await server.sign_in(person.user_id)
    key = await server.api_key(person, ["admin"])

    assert (await person.post("/api/auth/logout-everywhere")).status_code == 200

    assert [(await client.get("/api/profiles")).status_code for client in (person, other, key)] == [401, 401, 200]
    statement = "SELECT token_epoch FROM users WHERE id = :id"
    assert await server.rows(statement, id=person.user_id) == [{"token_epoch": 1}]
    assert (await key.post("/api/auth/logout-everywhere", json={"api_keys": True})).status_code == 200
    assert (await key.get("/api/profiles")).status_code == 401


async def test_an_access_token_of_an_older_epoch_is_refused(server: ServerMode) -> None:
    person = await server.person()

    await server.rows("UPDATE users SET token_epoch = token_epoch + 1 WHERE id = :id", id=person.user_id)

    assert (await person.get("/api/auth/me")).status_code == 401


async def test_logins_are_listed_and_can_be_ended_one_by_one(server: ServerMode) -> None:
    person = await server.person()
    async with Browser(server) as browser:
        await browser.post(
            "/api/auth/login",
            json={"email": person.email, "password": PASSWORD},
            headers={b"User-Agent": b"Browser\x9b31m" + b"x" * 300},
        )
    listed = (await person.get("/api/auth/sessions")).json()["data"]
    (browsers,) = [row for row in listed if not row["current"]]

    assert [row["id"] for row in listed if row["current"]] == [str(person.login_id)]
    assert browsers["peer"] == "127.0.0.1"
    assert browsers["user_agent"].startswith("Browser\\x9b31mxxx")
    assert (await person.delete(f"/api/auth/sessions/{browsers['id']}")).status_code == 200
    assert len((await person.get("/api/auth/sessions")).json()["data"]) == 1
    assert (await person.delete(f"/api/auth/sessions/{browsers['id']}")).status_code == 404
    assert (await person.delete(f"/api/auth/sessions/{person.login_id}")).status_code == 200
    assert (await person.get("/api/auth/me")).status_code == 401


async def test_nobody_ends_the_login_of_somebody_else(server: ServerMode) -> None:
    person, other = await server.person(), await server.person()

    assert (await server.admin.delete(f"/api/auth/sessions/{person.login_id}")).status_code == 404
    assert (await other.delete(f"/api/auth/sessions/{person.login_id}")).status_code == 404
    assert (await person.get("/api/auth/me")).status_code == 200


@pytest.mark.asyncio(loop_scope="function")
async def test_in_local_mode_everybody_is_the_local_owner_without_any_header(api: Application) -> None:
    me = await api.json("GET", "/auth/me")

    assert (me["email"], me["role"], me["workspace_id"]) == ("owner@localhost", "admin", DEFAULT)
    assert (me["workspace_role"], me["mode"]) == ("owner", "local")
    assert await api.json("GET", "/auth/status") == {"mode": "local", "setup_needed": False}
    for path, body in (
        ("login", {"email": "owner@localhost", "password": PASSWORD}),
        ("refresh", None),
        ("setup", {"token": "x", "email": "a@b", "name": "A", "password": PASSWORD}),
        ("password", {"current_password": PASSWORD, "new_password": NEW_PASSWORD}),
    ):
        answer = await api.json("POST", f"/auth/{path}", 409, json=body)
        assert answer["code"] == "LOCAL_MODE"
    assert (await api.json("POST", "/auth/logout"))["success"]


async def test_a_workspace_that_one_has_left_does_not_hide_the_own_account(server: ServerMode) -> None:
    ann = await server.person("member")
    elsewhere = {"X-Workspace": str(await server.workspace("Elsewhere"))}

    me = await ann.get("/api/auth/me", headers=elsewhere)
    assert (me.status_code, me.json()["data"]["workspace_id"]) == (200, None)
    assert (await ann.get("/api/health", headers=elsewhere)).status_code == 200
    assert (await ann.get("/api/stats", headers=elsewhere)).status_code == 404
