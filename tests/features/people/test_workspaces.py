"""Workspaces as their members make, rename, leave and delete them."""

import asyncio
from uuid import uuid4

import pytest

from tests.features.people.asking import ask
from tests.fixtures.server_mode import Person, ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROFILE = {"name": "Profile", "provider": "ollama"}


async def made_by(person: Person, name: str = "New") -> str:
    return str((await ask(person, "POST", "/workspaces", 201, name=name))["id"])


async def test_whoever_makes_a_workspace_owns_it(server: ServerMode) -> None:
    person = await server.person("viewer")

    workspace_id = await made_by(person, "  Posters ")

    rows = {row["id"]: row for row in await ask(person, "GET", "/workspaces")}
    assert rows.keys() == {workspace_id, str(person.workspace_id)}
    assert (rows[workspace_id]["name"], rows[workspace_id]["role"]) == ("Posters", "owner")
    assert rows[workspace_id]["member_count"] == 1
    assert rows[str(person.workspace_id)]["role"] == "viewer"
    assert rows[str(person.workspace_id)]["member_count"] > 1
    there = {"X-Workspace": workspace_id}
    assert (await person.post("/api/profiles", json=PROFILE, headers=there)).status_code == 201


async def test_somebody_without_any_workspace_makes_one(server: ServerMode) -> None:
    person = await server.person(None)

    assert await ask(person, "GET", "/workspaces") == []
    workspace_id = await made_by(person)

    assert await ask(person, "GET", "/profiles") == []
    assert (await ask(person, "GET", f"/workspaces/{workspace_id}"))["role"] == "owner"


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_a_workspace_of_others_is_not_there(server: ServerMode, method: str) -> None:
    person = await server.stranger()
    body = {"name": "Mine"} if method == "PATCH" else {}
    foreign, unknown = await server.workspace(), uuid4()

    answers = [await person.request(method, f"/api/workspaces/{row}", json=body or None) for row in (foreign, unknown)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["code"] == "WORKSPACE_NOT_FOUND"


async def test_admins_rename_and_only_owners_delete(server: ServerMode) -> None:
    owner = await server.stranger()
    path = f"/workspaces/{owner.workspace_id}"
    for role, renames in (("admin", 200), ("member", 403), ("viewer", 403)):
        person = await server.person(role, owner.workspace_id)
        assert (await person.patch(f"/api{path}", json={"name": role})).status_code == renames
        assert await ask(person, "DELETE", path, 403) == "FORBIDDEN"

    assert (await ask(owner, "GET", path))["name"] == "admin"


async def test_an_empty_workspace_is_deleted_with_its_links_and_keys(server: ServerMode) -> None:
    owner = await server.person()
    workspace_id = await made_by(owner)
    path = f"/workspaces/{workspace_id}"
    link = await ask(owner, "POST", f"{path}/invitations", 201)
    await ask(owner, "PATCH", "/auth/me", default_workspace_id=workspace_id)

    await ask(owner, "DELETE", path)

    assert await ask(owner, "GET", path, 404) == "WORKSPACE_NOT_FOUND"
    assert await ask(server.http, "POST", "/invitations/look-up", 404, token=link["token"]) == "INVITATION_NOT_FOUND"
    assert (await ask(owner, "GET", "/auth/me"))["workspace_id"] == str(owner.workspace_id)
    told = await server.rows("SELECT action FROM audit_log WHERE subject_id = :id ORDER BY id", id=workspace_id)
    assert [row["action"] for row in told] == ["workspace_created", "workspace_deleted"]


async def test_a_workspace_that_holds_something_stays_even_when_that_was_deleted(server: ServerMode) -> None:
    owner = await server.person()
    workspace_id = await made_by(owner)
    there = {"X-Workspace": workspace_id}
    profile = (await owner.post("/api/profiles", json=PROFILE, headers=there)).json()["data"]

    assert await ask(owner, "DELETE", f"/workspaces/{workspace_id}", 409) == "WORKSPACE_NOT_EMPTY"
    assert (await owner.delete(f"/api/profiles/{profile['id']}", headers=there)).status_code == 200
    assert await ask(owner, "DELETE", f"/workspaces/{workspace_id}", 409) == "WORKSPACE_NOT_EMPTY"

    assert (await ask(owner, "GET", f"/workspaces/{workspace_id}"))["name"] == "New"


async def test_the_default_workspace_and_somebodys_last_one_stay(server: ServerMode) -> None:
    owner = await server.person()
    workspace_id = await made_by(owner)
    guest = await server.person("viewer", workspace_id)

    assert await ask(server.admin, "DELETE", f"/workspaces/{server.admin.workspace_id}", 409) == "DEFAULT_WORKSPACE"
    assert await ask(owner, "DELETE", f"/workspaces/{workspace_id}", 409) == "LAST_WORKSPACE"

    await made_by(guest)
    await ask(owner, "DELETE", f"/workspaces/{workspace_id}")


async def test_of_ones_only_two_workspaces_deleted_at_once_one_stays(server: ServerMode) -> None:
    for _ in range(3):
        owner = await server.person(None)
        both = [await made_by(owner) for _ in range(2)]

        answers = await asyncio.gather(*(owner.delete(f"/api/workspaces/{workspace_id}") for workspace_id in both))

        assert sorted(answer.status_code for answer in answers) == [200, 409]
        assert len(await ask(owner, "GET", "/workspaces")) == 1


async def test_a_key_for_one_workspace_knows_no_other(server: ServerMode) -> None:
    person = await server.person()
    workspace_id = await made_by(person)
    key = await server.api_key(person, ["admin"], person.workspace_id)

    assert [row["id"] for row in await ask(key, "GET", "/workspaces")] == [str(person.workspace_id)]
    assert await ask(key, "GET", f"/workspaces/{workspace_id}", 404) == "WORKSPACE_NOT_FOUND"
    assert await ask(key, "POST", "/workspaces", 403, name="Another") == "FORBIDDEN"


async def test_a_key_that_may_only_write_makes_no_workspace_and_leaves_none(server: ServerMode) -> None:
    person = await server.person()
    key = await server.api_key(person, ["write"])

    assert await ask(key, "POST", "/workspaces", 403, name="Another") == "FORBIDDEN"
    assert await ask(key, "POST", f"/workspaces/{person.workspace_id}/leave", 403) == "FORBIDDEN"
    assert len(await ask(key, "GET", "/workspaces")) == 1
