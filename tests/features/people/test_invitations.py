"""Links that invite: who makes them, what they tell, and when they are over."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from spoonfeeder.features.auth.credentials import sha256_of
from tests.features.people.asking import ask
from tests.fixtures.server_mode import ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_link_is_shown_once_and_leads_to_the_workspace(server: ServerMode) -> None:
    owner = await server.person("owner", await server.workspace("Posters"))
    path = f"/workspaces/{owner.workspace_id}/invitations"

    made = await ask(owner, "POST", path, 201, role="viewer", email=" Ada@Example.com ", expires_in_days=3)

    token = made.pop("token")
    assert made.pop("path") == f"/invite#token={token}"
    assert len(token) == 43
    assert (made["role"], made["email"], made["status"]) == ("viewer", "Ada@Example.com", "open")
    assert made["created_by"] == str(owner.user_id)
    until = datetime.fromisoformat(made["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=2, hours=23) < until <= timedelta(days=3)
    assert await ask(owner, "GET", path) == [made]
    assert await ask(server.http, "POST", "/invitations/look-up", token=token) == {
        "workspace_name": "Posters",
        "role": "viewer",
        "email": "Ada@Example.com",
        "expires_at": made["expires_at"],
    }
    stored = await server.rows("SELECT * FROM invitations WHERE id = :id", id=made["id"])
    assert token not in str(stored)
    told = await server.rows("SELECT action, details FROM audit_log WHERE subject_id = :id", id=made["id"])
    assert told == [{"action": "invitation_created", "details": {"role": "viewer"}}]


async def test_admins_invite_members_and_viewers_owners_everybody(server: ServerMode) -> None:
    home = await server.workspace()
    path = f"/api/workspaces/{home}/invitations"
    allowed = {"owner": {"owner", "admin", "member", "viewer"}, "admin": {"member", "viewer"}}
    for inviter in ("owner", "admin", "member", "viewer"):
        person = await server.person(inviter, home)
        for role in ("owner", "admin", "member", "viewer"):
            answer = await person.post(path, json={"role": role})
            assert answer.status_code == (201 if role in allowed.get(inviter, ()) else 403), (inviter, role)
        assert (await person.get(path)).status_code == (200 if inviter in allowed else 403)


@pytest.mark.parametrize(
    "body", [{"role": "king"}, {"expires_in_days": 0}, {"expires_in_days": 31}, {"email": "x"}, {"token": "mine"}]
)
async def test_what_an_invitation_cannot_be_is_refused(server: ServerMode, body: dict[str, object]) -> None:
    path = f"/workspaces/{server.admin.workspace_id}/invitations"

    assert await ask(server.admin, "POST", path, 422, **body) == "VALIDATION_ERROR"


async def test_a_revoked_link_is_over(server: ServerMode) -> None:
    owner = await server.stranger()
    admin = await server.person("admin", owner.workspace_id)
    path = f"/workspaces/{owner.workspace_id}/invitations"
    by_owner = await ask(owner, "POST", path, 201, role="admin")
    plain = await ask(admin, "POST", path, 201)

    assert await ask(admin, "DELETE", f"{path}/{by_owner['id']}", 403) == "FORBIDDEN"
    await ask(admin, "DELETE", f"{path}/{plain['id']}")

    assert await ask(admin, "DELETE", f"{path}/{plain['id']}", 404) == "INVITATION_NOT_FOUND"
    assert await ask(server.http, "POST", "/invitations/look-up", 404, token=plain["token"]) == "INVITATION_NOT_FOUND"
    assert [row["status"] for row in await ask(owner, "GET", path)] == ["revoked", "open"]


async def test_every_link_that_leads_nowhere_gets_the_same_answer(server: ServerMode) -> None:
    owner = await server.stranger()
    path = f"/workspaces/{owner.workspace_id}/invitations"
    made = {name: await ask(owner, "POST", path, 201) for name in ("used", "expired", "revoked")}
    for name, column in (("used", "accepted_at"), ("expired", "expires_at"), ("revoked", "revoked_at")):
        await server.rows(f"UPDATE invitations SET {column} = now() WHERE id = :id", id=made[name]["id"])
    tokens = [row["token"] for row in made.values()] + ["x", "ü", str(uuid4()), sha256_of(made["used"]["token"])]

    for route in ("look-up", "accept"):
        answers = [await server.http.post(f"/api/invitations/{route}", json={"token": token}) for token in tokens]
        assert {answer.status_code for answer in answers} == {404}
        assert {answer.text for answer in answers} == {answers[0].text}
        assert answers[0].json()["code"] == "INVITATION_NOT_FOUND"
    assert sorted(row["status"] for row in await ask(owner, "GET", path)) == ["accepted", "expired", "revoked"]


async def test_invitations_of_others_are_not_there(server: ServerMode) -> None:
    owner, stranger = await server.stranger(), await server.stranger()
    theirs = await ask(stranger, "POST", f"/workspaces/{stranger.workspace_id}/invitations", 201)

    for invitation_id in (theirs["id"], uuid4()):
        path = f"/workspaces/{owner.workspace_id}/invitations/{invitation_id}"
        assert await ask(owner, "DELETE", path, 404) == "INVITATION_NOT_FOUND"
    foreign = f"/workspaces/{stranger.workspace_id}/invitations"
    for method, path in (("GET", foreign), ("POST", foreign), ("DELETE", f"{foreign}/{theirs['id']}")):
        assert await ask(owner, method, path, 404) == "WORKSPACE_NOT_FOUND"
    await ask(server.http, "POST", "/invitations/look-up", token=theirs["token"])
