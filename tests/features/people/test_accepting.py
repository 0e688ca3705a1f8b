"""Accepting an invitation: as somebody signed in, as somebody new, and once only."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from tests.features.auth.browser import Browser
from tests.features.people.asking import ask
from tests.fixtures.server_mode import PASSWORD, Person, ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def invite(by: Person, **fields: Any) -> str:
    made = await ask(by, "POST", f"/workspaces/{by.workspace_id}/invitations", 201, **fields)
    return str(made["token"])


def somebody(token: str, **fields: Any) -> dict[str, Any]:
    return {"token": token, "email": f"{uuid4().hex}@example.com", "name": "Ada", "password": PASSWORD} | fields


async def accept(server: ServerMode, body: dict[str, Any], status: int = 200) -> Any:
    async with Browser(server) as browser:
        return await ask(browser, "POST", "/invitations/accept", status, **body)


async def roles_of(server: ServerMode, email: str) -> dict[UUID, str]:
    rows = await server.rows(
        "SELECT workspace_id, m.role FROM workspace_members m JOIN users u ON u.id = user_id WHERE email = :email",
        email=email,
    )
    return {row["workspace_id"]: row["role"] for row in rows}


async def test_somebody_signed_in_joins(server: ServerMode) -> None:
    owner, person = await server.person("owner", await server.workspace("Posters")), await server.stranger()
    token = await invite(owner, role="viewer")

    answer = await person.post("/api/invitations/accept", json={"token": token})

    assert answer.json()["data"] == {
        "workspace_id": str(owner.workspace_id),
        "workspace_name": "Posters",
        "role": "viewer",
        "login": None,
    }
    assert "set-cookie" not in answer.headers
    assert (await person.get("/api/profiles", headers={"X-Workspace": str(owner.workspace_id)})).status_code == 200
    assert (await ask(person, "GET", "/auth/me"))["workspace_id"] == str(person.workspace_id)
    assert await ask(person, "POST", "/invitations/accept", 404, token=token) == "INVITATION_NOT_FOUND"
    (row,) = await server.rows(
        "SELECT user_id, workspace_id, details FROM audit_log WHERE action = 'invitation_accepted' AND user_id = :id",
        id=person.user_id,
    )
    assert (row["workspace_id"], row["details"]) == (owner.workspace_id, {"role": "viewer"})


async def test_somebody_new_gets_an_account_and_is_signed_in_as_by_a_login(server: ServerMode) -> None:
    owner = await server.stranger()
    body = somebody(await invite(owner), email=" New@Example.com ")

    async with Browser(server) as browser:
        answer = await browser.post("/api/invitations/accept", json=body)
        login = answer.json()["data"]["login"]
        browser.headers["Authorization"] = f"Bearer {login['access_token']}"
        me = await ask(browser, "GET", "/auth/me")
        cookie = answer.headers["set-cookie"]
        assert (await browser.refresh()).status_code == 200
        assert (await browser.login("new@example.com")).headers["set-cookie"].partition("=")[0] == cookie.partition(
            "="
        )[0]

    assert login.keys() == {"access_token", "token_type", "expires_at", "user"}
    assert (me["email"], me["name"], me["role"]) == ("New@Example.com", "Ada", "member")
    assert [(row["workspace_id"], row["role"]) for row in me["memberships"]] == [(str(owner.workspace_id), "member")]
    assert me["default_workspace_id"] == str(owner.workspace_id)
    for part in ("HttpOnly", "Path=/api/auth", "SameSite=strict"):
        assert part in cookie
    rows = await server.rows(
        "SELECT action, user_id::text FROM audit_log WHERE user_id = :id ORDER BY id LIMIT 3", id=me["id"]
    )
    assert [row["action"] for row in rows] == ["user_created", "invitation_accepted", "login"]


@pytest.mark.parametrize("missing", ["email", "name", "password"])
async def test_an_account_needs_all_of_it_and_the_link_stays_open(server: ServerMode, missing: str) -> None:
    body = somebody(await invite(server.admin))
    less = {name: value for name, value in body.items() if name != missing}

    assert await accept(server, less, 422) == "VALIDATION_ERROR"
    assert await accept(server, body | {"password": "short"}, 422) == "VALIDATION_ERROR"
    await accept(server, body)


async def test_of_many_who_use_one_link_at_once_one_comes_in(server: ServerMode) -> None:
    owner = await server.stranger()
    token = await invite(owner)
    bodies = [somebody(token) for _ in range(20)]

    answers = await asyncio.gather(*(server.http.post("/api/invitations/accept", json=body) for body in bodies))

    assert sorted(answer.status_code for answer in answers) == [200] + [404] * 19
    assert len(await ask(owner, "GET", f"/workspaces/{owner.workspace_id}/members")) == 2
    made = await server.rows("SELECT 1 FROM users WHERE email = ANY(:emails)", emails=[b["email"] for b in bodies])
    assert len(made) == 1


async def test_a_person_who_uses_two_links_at_once_joins_once(server: ServerMode) -> None:
    owner, person = await server.stranger(), await server.stranger()
    tokens = [await invite(owner, role="viewer") for _ in range(5)]

    answers = await asyncio.gather(*(person.post("/api/invitations/accept", json={"token": token}) for token in tokens))

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 4
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"ALREADY_MEMBER"}


async def test_who_is_a_member_already_leaves_the_link_and_the_role_as_they_are(server: ServerMode) -> None:
    owner = await server.stranger()
    viewer = await server.person("viewer", owner.workspace_id)
    token = await invite(owner, role="owner")

    assert await ask(viewer, "POST", "/invitations/accept", 409, token=token) == "ALREADY_MEMBER"

    assert list((await roles_of(server, viewer.email)).values()) == ["viewer"]
    await ask(server.http, "POST", "/invitations/look-up", token=token)


async def test_a_link_for_one_address_works_for_that_one_only(server: ServerMode) -> None:
    owner, person, other = await server.stranger(), await server.stranger(), await server.stranger()
    token = await invite(owner, email=person.email.upper())

    assert await ask(other, "POST", "/invitations/accept", 403, token=token) == "INVITATION_FOR_ANOTHER"
    assert await accept(server, somebody(token), 403) == "INVITATION_FOR_ANOTHER"
    await ask(person, "POST", "/invitations/accept", token=token)

    token = await invite(owner, email="only@example.com")
    body = {name: value for name, value in somebody(token).items() if name != "email"}
    assert (await accept(server, body))["login"]["user"]["email"] == "only@example.com"


async def test_who_has_an_account_signs_in_first(server: ServerMode) -> None:
    owner, person = await server.stranger(), await server.stranger()
    gone = await server.person(None, active=False)
    token = await invite(owner)

    for email in (person.email, person.email.upper(), gone.email):
        assert await accept(server, somebody(token, email=email), 409) == "SIGN_IN_FIRST"

    async with Browser(server) as browser:
        assert (await browser.login(person.email)).status_code == 200
        await ask(browser, "POST", "/invitations/accept", token=token)


async def test_a_bad_sign_in_makes_no_account(server: ServerMode) -> None:
    body = somebody(await invite(server.admin))
    read_only = await server.api_key(server.admin, ["write"])
    bound = await server.api_key(await server.stranger(), ["admin"], (await server.stranger()).workspace_id)

    nonsense = {"Authorization": "Bearer nonsense"}
    async with httpx2.AsyncClient(base_url=server.url, headers=nonsense, timeout=60) as client:
        assert await ask(client, "POST", "/invitations/accept", 401, **body) == "UNAUTHORIZED"
    for key in (read_only, bound):
        assert await ask(key, "POST", "/invitations/accept", 403, **body) == "FORBIDDEN"

    assert await roles_of(server, body["email"]) == {}
    await accept(server, body)


async def test_a_waiting_account_gets_its_password_from_an_admins_link_for_its_address(server: ServerMode) -> None:
    made = await ask(server.admin, "POST", "/users", 201, email=f"{uuid4().hex}@example.com", name="Ada", role="admin")
    token = await invite(server.admin, email=made["email"])

    joined = await accept(server, somebody(token, email=made["email"]))

    assert joined["login"]["user"]["id"] == made["id"]
    async with Browser(server) as browser:
        assert (await browser.login(made["email"])).status_code == 200
        assert len(await ask(browser, "GET", "/workspaces")) == 2
    await ask(server.admin, "PATCH", f"/users/{made['id']}", role="member")


async def test_a_waiting_account_that_is_a_member_already_keeps_its_role(server: ServerMode) -> None:
    home = server.admin.workspace_id
    data = {"name": "Ada", "workspace_id": str(home), "workspace_role": "viewer"}
    made = await ask(server.admin, "POST", "/users", 201, email=f"{uuid4().hex}@example.com", **data)
    token = await invite(server.admin, email=made["email"])

    await accept(server, somebody(token, email=made["email"]))

    assert await roles_of(server, made["email"]) == {home: "viewer"}


async def test_nobody_takes_over_a_waiting_account(server: ServerMode) -> None:
    owner = await server.stranger()
    made = await ask(server.admin, "POST", "/users", 201, email=f"{uuid4().hex}@example.com", name="Ada", role="admin")
    tokens = [
        await invite(server.admin),  # an admin's, for anybody
        await invite(owner, email=made["email"]),  # for this address, but not an admin's
    ]

    for token in tokens:
        assert await accept(server, somebody(token, email=made["email"]), 409) == "SIGN_IN_FIRST"

    assert (await ask(server.admin, "GET", f"/users/{made['id']}"))["has_password"] is False
    await ask(server.admin, "PATCH", f"/users/{made['id']}", role="member")
