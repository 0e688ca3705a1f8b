"""Accounts as the server's admins see and change them."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from pydantic import SecretStr

from spoonfeeder.core.passwords import Passwords
from spoonfeeder.core.vocabulary import WorkspaceRole
from tests.features.auth.browser import Browser, signed_in
from tests.features.people.asking import ask
from tests.fixtures.server_mode import PASSWORD, ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")


def somebody(**fields: Any) -> dict[str, Any]:
    return {"email": f"{uuid4().hex}@example.com", "name": "Ada"} | fields


async def status_of_login(server: ServerMode, email: str, password: str) -> int:
    async with Browser(server) as browser:
        return (await browser.login(email, password)).status_code


async def actions_on(server: ServerMode, subject_id: str) -> list[str]:
    statement = "SELECT action FROM audit_log WHERE subject_id = :id ORDER BY id"
    return [row["action"] for row in await server.rows(statement, id=subject_id)]


async def test_a_new_user_signs_in_to_a_workspace_of_their_own(server: ServerMode) -> None:
    data = somebody(email="  Grace@Example.com ", name="Grace", password=PASSWORD)

    made = await ask(server.admin, "POST", "/users", 201, **data)

    assert made["email"] == "Grace@Example.com"
    assert (made["role"], made["active"], made["has_password"]) == ("member", True, True)
    assert await status_of_login(server, "grace@EXAMPLE.com", PASSWORD) == 200
    grace = await server.sign_in(made["id"])
    [workspace] = await ask(grace, "GET", "/workspaces")
    assert workspace["id"] == made["default_workspace_id"]
    assert (workspace["name"], workspace["role"], workspace["member_count"]) == ("Grace's workspace", "owner", 1)
    assert await actions_on(server, made["id"]) == ["user_created", "login"]


async def test_the_workspace_of_somebody_with_a_very_long_name_fits(server: ServerMode) -> None:
    made = await ask(server.admin, "POST", "/users", 201, **somebody(name="ä" * 255))

    person = await server.sign_in(made["id"])
    assert (await ask(person, "GET", "/workspaces"))[0]["name"].endswith("ä's workspace")


async def test_a_user_without_a_password_waits_for_one_from_an_admin(server: ServerMode) -> None:
    data = somebody()
    made = await ask(server.admin, "POST", "/users", 201, **data)

    assert made["has_password"] is False
    assert await status_of_login(server, data["email"], PASSWORD) == 401
    await ask(server.admin, "POST", f"/users/{made['id']}/password", password=PASSWORD)
    assert await status_of_login(server, data["email"], PASSWORD) == 200
    assert (await ask(server.admin, "GET", f"/users/{made['id']}"))["has_password"] is True


async def test_a_user_may_begin_in_a_workspace_of_the_admin(server: ServerMode) -> None:
    home = str(server.admin.workspace_id)

    made = await ask(
        server.admin, "POST", "/users", 201, **somebody(workspace_id=home, workspace_role=WorkspaceRole.VIEWER)
    )

    person = await server.sign_in(made["id"])
    assert made["default_workspace_id"] == home
    assert [(row["id"], row["role"]) for row in await ask(person, "GET", "/workspaces")] == [(home, "viewer")]


async def test_nobody_is_put_into_a_workspace_that_the_admin_does_not_run(server: ServerMode) -> None:
    elsewhere, unknown = await server.workspace(), uuid4()
    deputy = await server.person("admin", is_admin=True)
    home = str(server.admin.workspace_id)

    for workspace_id in (elsewhere, unknown):
        data = somebody(workspace_id=str(workspace_id))
        assert await ask(server.admin, "POST", "/users", 404, **data) == "WORKSPACE_NOT_FOUND"
        found = await server.rows("SELECT 1 FROM users WHERE email = :email", email=data["email"])
        assert found == []
    data = somebody(workspace_id=home, workspace_role="owner")
    assert await ask(deputy, "POST", "/users", 403, **data) == "FORBIDDEN"
    await ask(server.admin, "DELETE", f"/users/{deputy.user_id}")


async def test_an_e_mail_address_has_one_account_whatever_its_case(server: ServerMode) -> None:
    data = somebody()
    await ask(server.admin, "POST", "/users", 201, **data)
    other = await ask(server.admin, "POST", "/users", 201, **somebody())
    taken = data["email"].upper()

    assert await ask(server.admin, "POST", "/users", 409, **somebody(email=taken)) == "EMAIL_TAKEN"
    assert await ask(server.admin, "PATCH", f"/users/{other['id']}", 409, email=taken) == "EMAIL_TAKEN"


async def test_of_many_who_ask_for_one_address_at_once_one_gets_it(server: ServerMode) -> None:
    data = somebody()

    answers = await asyncio.gather(*(server.admin.post("/api/users", json=data) for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


@pytest.mark.parametrize("email", ["", "nobody", "@example.com", "a@", "a b@example.com", "a@b@c", "a" * 320 + "@b"])
async def test_an_e_mail_address_has_a_shape(server: ServerMode, email: str) -> None:
    assert await ask(server.admin, "POST", "/users", 422, **somebody(email=email)) == "VALIDATION_ERROR"


async def test_a_list_is_searched_narrowed_and_paged(server: ServerMode) -> None:
    word = uuid4().hex
    ids = [
        (await ask(server.admin, "POST", "/users", 201, **somebody(name=f"100%_{word}")))["id"],
        (await ask(server.admin, "POST", "/users", 201, **somebody(email=f"{word}@example.com")))["id"],
    ]
    await ask(server.admin, "PATCH", f"/users/{ids[1]}", active=False)

    async def found(query: str) -> list[str]:
        return [row["id"] for row in await ask(server.admin, "GET", f"/users?{query}")]

    assert await found(f"q={word.upper()}") == ids
    assert await found(f"q=100%25_{word}") == ids[:1]
    assert await found(f"q=1%25{word}") == []
    assert await found(f"q={word}&active=false") == ids[1:]
    assert await found(f"q={word}&page=2&limit=1") == ids[1:]
    page = await server.admin.get(f"/api/users?q={word}&limit=1")
    assert page.json()["pagination"] == {"page": 1, "limit": 1, "total": 2, "pages": 2, "totalPages": 2}


async def test_a_changed_user_shows_and_unknown_fields_are_refused(server: ServerMode) -> None:
    person = await server.person()
    path = f"/users/{person.user_id}"

    changed = await ask(server.admin, "PATCH", path, name="Joan", email="Joan@example.com")

    assert (changed["name"], changed["email"]) == ("Joan", "Joan@example.com")
    assert await ask(server.admin, "GET", path) == changed
    assert await ask(server.admin, "PATCH", path, 422, password_hash="x") == "VALIDATION_ERROR"
    assert await ask(server.admin, "PATCH", path, 422, role=None) == "VALIDATION_ERROR"
    assert await ask(server.admin, "GET", f"/users/{uuid4()}", 404) == "USER_NOT_FOUND"


async def test_a_new_server_role_ends_the_access_token_but_not_the_login(server: ServerMode) -> None:
    data = somebody(password=PASSWORD, role="admin")
    made = await ask(server.admin, "POST", "/users", 201, **data)
    async with signed_in(server, data["email"]) as browser:
        await ask(browser, "GET", "/users")

        await ask(server.admin, "PATCH", f"/users/{made['id']}", role="member")

        assert await ask(browser, "GET", "/users", 401) == "UNAUTHORIZED"
        assert (await browser.refresh()).status_code == 200
        assert await ask(browser, "GET", "/users", 403) == "FORBIDDEN"
    assert "user_role_changed" in await actions_on(server, made["id"])


async def test_a_password_or_a_sign_out_by_an_admin_ends_all_logins_but_no_key(server: ServerMode) -> None:
    ways: tuple[tuple[str, dict[str, Any]], ...] = (("password", {"password": PASSWORD}), ("logout", {}))
    for path, body in ways:
        person = await server.person()
        second, key = await server.sign_in(person.user_id), await server.api_key(person)

        await ask(server.admin, "POST", f"/users/{person.user_id}/{path}", **body)

        for client, status in ((person, 401), (second, 401), (key, 200)):
            assert (await client.get("/api/profiles")).status_code == status, path
    assert await ask(server.admin, "POST", f"/users/{uuid4()}/logout", 404) == "USER_NOT_FOUND"


async def test_who_loses_the_office_while_a_password_is_hashed_changes_nobody(
    server: ServerMode, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, victim = await server.person("viewer", is_admin=True), await server.person()
    email, hash_ = f"{uuid4().hex}@example.com", Passwords.hash

    async def demoted_meanwhile(self: Passwords, password: SecretStr) -> str:
        await server.rows("UPDATE users SET role = 'member' WHERE id = :id", id=admin.user_id)
        return await hash_(self, password)

    monkeypatch.setattr(Passwords, "hash", demoted_meanwhile)
    for path, body in (
        (f"/users/{victim.user_id}/password", {"password": "taken over"}),
        ("/users", somebody(email=email, role="admin", password="taken over")),
    ):
        await server.rows("UPDATE users SET role = 'admin' WHERE id = :id", id=admin.user_id)
        assert await ask(admin, "POST", path, 403, **body) == "FORBIDDEN"
    monkeypatch.undo()
    assert (await victim.get("/api/profiles")).status_code == 200
    assert await status_of_login(server, email, "taken over") == 401


async def test_a_deleted_user_is_out_and_what_they_made_stays_theirs(server: ServerMode) -> None:
    person = await server.person("owner", await server.workspace())
    key = await server.api_key(person)
    link = await ask(person, "POST", f"/workspaces/{person.workspace_id}/invitations", 201)

    await ask(server.admin, "DELETE", f"/users/{person.user_id}")

    for client in (person, key):
        assert (await client.get("/api/profiles")).status_code == 401
    assert await status_of_login(server, person.email, PASSWORD) == 401
    assert await ask(server.http, "POST", "/invitations/look-up", 404, token=link["token"]) == "INVITATION_NOT_FOUND"
    shown = await ask(server.admin, "GET", f"/users/{person.user_id}")
    assert (shown["active"], shown["email"]) == (False, person.email)
    assert await actions_on(server, str(person.user_id)) == ["user_deactivated", "login_failed"]


async def test_a_user_who_is_let_in_again_signs_in_anew(server: ServerMode) -> None:
    person = await server.person()
    key = await server.api_key(person)
    for active in (False, True):
        await ask(server.admin, "PATCH", f"/users/{person.user_id}", active=active)

    assert await status_of_login(server, person.email, PASSWORD) == 200
    for client in (person, key):
        assert (await client.get("/api/profiles")).status_code == 401


async def test_only_admins_of_the_server_come_here(server: ServerMode) -> None:
    owner = await server.stranger()
    read_only = await server.api_key(server.admin, ["read", "write"])

    for client, status in ((server.http, 401), (owner, 403), (read_only, 403)):
        for method, path in (("GET", "/api/users"), ("POST", "/api/users"), ("DELETE", f"/api/users/{owner.user_id}")):
            answer = await client.request(method, path, json=somebody() if method == "POST" else None)
            assert answer.status_code == status, (method, path)
