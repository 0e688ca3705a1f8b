"""Who decides about whom in a workspace, and that it never loses its last owner."""

import asyncio
from itertools import product
from uuid import UUID, uuid4

import pytest

from tests.features.people.asking import ask
from tests.fixtures.server_mode import Person, ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROLES = ("owner", "admin", "member", "viewer")


def path_to(workspace_id: UUID | str | None, user: Person | UUID | None = None) -> str:
    user_id = user.user_id if isinstance(user, Person) else user
    return f"/workspaces/{workspace_id}/members" + (f"/{user_id}" if user_id else "")


async def add(server: ServerMode, workspace_id: UUID | None, role: str) -> UUID:
    """A member who never signs in."""
    user_id = uuid4()
    await server.rows(
        "INSERT INTO users (id, email, name) VALUES (:id, :email, 'Target')", id=user_id, email=f"{user_id}@example.com"
    )
    await server.rows(
        "INSERT INTO workspace_members VALUES (:workspace_id, :user_id, :role)",
        workspace_id=workspace_id,
        user_id=user_id,
        role=role,
    )
    return user_id


async def roles_in(server: ServerMode, workspace_id: UUID | None) -> dict[UUID, str]:
    rows = await server.rows("SELECT user_id, role FROM workspace_members WHERE workspace_id = :id", id=workspace_id)
    return {row["user_id"]: row["role"] for row in rows}


async def test_every_member_sees_all_of_them(server: ServerMode) -> None:
    owner = await server.stranger()
    viewer = await server.person("viewer", owner.workspace_id, name="Zoe")
    for person in (owner, viewer):
        rows = await ask(person, "GET", path_to(owner.workspace_id))
        assert [(row["user_id"], row["role"]) for row in rows] == [
            (str(owner.user_id), "owner"),
            (str(viewer.user_id), "viewer"),
        ]
    assert (rows[1]["name"], rows[1]["email"], rows[1]["active"]) == ("Zoe", viewer.email, True)
    assert rows[1].keys() == {"user_id", "email", "name", "role", "active", "created_at"}


async def test_owners_decide_about_everybody_and_admins_about_members_and_viewers(server: ServerMode) -> None:
    home = (await server.stranger()).workspace_id
    deciders = {role: await server.person(role, home) for role in ROLES}
    for decider, before, after in product(ROLES, ROLES, ROLES):
        target = await add(server, home, before)
        allowed = decider == "owner" or (decider == "admin" and {before, after} <= {"member", "viewer"})

        answer = await deciders[decider].patch(f"/api{path_to(home, target)}", json={"role": after})

        assert answer.status_code == (200 if allowed else 403), (decider, before, after)
        assert (await roles_in(server, home))[target] == (after if allowed else before)


async def test_owners_remove_everybody_and_admins_members_and_viewers(server: ServerMode) -> None:
    home = (await server.stranger()).workspace_id
    deciders = {role: await server.person(role, home) for role in ROLES}
    for decider, role in product(ROLES, ROLES):
        target = await add(server, home, role)
        allowed = decider == "owner" or (decider == "admin" and role in {"member", "viewer"})

        answer = await deciders[decider].delete(f"/api{path_to(home, target)}")

        assert answer.status_code == (200 if allowed else 403), (decider, role)
        assert (target in await roles_in(server, home)) is not allowed


async def test_what_was_changed_stands_in_the_audit_log(server: ServerMode) -> None:
    owner = await server.stranger()
    person = await server.person("viewer", owner.workspace_id)
    path = path_to(owner.workspace_id, person)

    await ask(owner, "PATCH", path, role="admin")
    await ask(owner, "PATCH", path, role="admin")
    await ask(owner, "DELETE", path)

    assert await ask(person, "GET", "/profiles", 403) == "NO_WORKSPACE"
    rows = await server.rows(
        "SELECT action, user_id, workspace_id, details FROM audit_log WHERE subject_id = :id ORDER BY id",
        id=str(person.user_id),
    )
    assert [(row["action"], row["details"]) for row in rows] == [
        ("member_role_changed", {"role": "admin", "role_before": "viewer"}),
        ("member_removed", {"role_before": "admin"}),
    ]
    assert {(row["user_id"], row["workspace_id"]) for row in rows} == {(owner.user_id, owner.workspace_id)}


async def test_users_of_other_workspaces_are_not_there(server: ServerMode) -> None:
    owner, stranger = await server.stranger(), await server.stranger()

    for method, body in (("PATCH", {"role": "viewer"}), ("DELETE", None)):
        answers = [
            await owner.request(method, f"/api{path_to(owner.workspace_id)}/{user_id}", json=body)
            for user_id in (stranger.user_id, uuid4())
        ]
        assert [answer.json()["code"] for answer in answers] == ["MEMBER_NOT_FOUND"] * 2
        assert answers[0].json() == answers[1].json()
        foreign = await owner.request(method, f"/api{path_to(stranger.workspace_id, stranger)}", json=body)
        assert foreign.json()["code"] == "WORKSPACE_NOT_FOUND"
    assert await ask(owner, "GET", path_to(stranger.workspace_id), 404) == "WORKSPACE_NOT_FOUND"


async def test_the_last_owner_stays(server: ServerMode) -> None:
    owner = await server.stranger()
    await server.person("owner", owner.workspace_id, active=False)  # could not help anybody
    path = path_to(owner.workspace_id, owner)

    assert await ask(owner, "PATCH", path, 409, role="admin") == "LAST_OWNER"
    assert await ask(owner, "DELETE", path, 409) == "LAST_OWNER"
    assert await ask(owner, "POST", f"/workspaces/{owner.workspace_id}/leave", 409) == "LAST_OWNER"

    await server.person("owner", owner.workspace_id)
    await ask(owner, "POST", f"/workspaces/{owner.workspace_id}/leave")
    assert owner.user_id not in await roles_in(server, owner.workspace_id)


@pytest.mark.parametrize("way", ["demote", "remove", "leave"])
async def test_of_owners_who_go_at_once_one_is_left(server: ServerMode, way: str) -> None:
    for _ in range(3):
        first = await server.stranger()
        owners = [first, *[await server.person("owner", first.workspace_id) for _ in range(3)]]

        async def go(owner: Person, other: Person, home: UUID | None) -> int:
            if way == "leave":
                return (await owner.post(f"/api/workspaces/{home}/leave")).status_code
            path = f"/api{path_to(home, other)}"
            answer = await (owner.delete(path) if way == "remove" else owner.patch(path, json={"role": "viewer"}))
            return answer.status_code

        pairs = zip(owners, [*owners[1:], first], strict=True)
        statuses = await asyncio.gather(*(go(owner, other, first.workspace_id) for owner, other in pairs))

        left = list((await roles_in(server, first.workspace_id)).values()).count("owner")
        assert left == len(owners) - statuses.count(200) >= 1
        assert set(statuses) <= {200, 403, 404, 409}


async def test_who_is_removed_finds_no_way_back(server: ServerMode) -> None:
    owner = await server.stranger()
    admin = await server.person("admin", owner.workspace_id)
    link = await ask(admin, "POST", f"/workspaces/{owner.workspace_id}/invitations", 201)
    key = await server.api_key(admin, ["read"], owner.workspace_id)

    await ask(owner, "DELETE", path_to(owner.workspace_id, admin))

    assert await ask(admin, "POST", "/invitations/accept", 404, token=link["token"]) == "INVITATION_NOT_FOUND"
    assert (await key.get("/api/profiles")).status_code == 401
    await server.rows(
        "INSERT INTO workspace_members VALUES (:workspace_id, :user_id, 'viewer')",
        workspace_id=owner.workspace_id,
        user_id=admin.user_id,
    )
    assert (await key.get("/api/profiles")).status_code == 401


async def test_who_may_do_less_has_no_invitations_open(server: ServerMode) -> None:
    owner = await server.stranger()
    admin = await server.person("admin", owner.workspace_id)
    link = await ask(admin, "POST", f"/workspaces/{owner.workspace_id}/invitations", 201)

    await ask(owner, "PATCH", path_to(owner.workspace_id, admin), role="member")

    assert await ask(server.http, "POST", "/invitations/look-up", 404, token=link["token"]) == "INVITATION_NOT_FOUND"
