"""People are prepared in local mode, without any header, before a house switches to server mode."""

import secrets
from uuid import uuid4

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID, LOCAL_OWNER_ID
from tests.features.people.asking import ask
from tests.fixtures.application import Application
from tests.fixtures.server_mode import PASSWORD


async def test_people_and_workspaces_are_prepared_without_any_header(api: Application) -> None:
    http = api.http
    home = f"/workspaces/{DEFAULT_WORKSPACE_ID}"

    person = await ask(http, "POST", "/users", 201, email="a@example.com", name="Ada", workspace_id=home[-36:])
    other = await ask(http, "POST", "/workspaces", 201, name="Posters")
    link = await ask(http, "POST", f"/workspaces/{other['id']}/invitations", 201, role="admin")

    await ask(http, "PATCH", f"{home}/members/{person['id']}", role="owner")
    assert [row["role"] for row in await ask(http, "GET", f"{home}/members")] == ["owner", "owner"]
    assert {row["name"] for row in await ask(http, "GET", "/workspaces")} == {"Default", "Posters"}
    assert (await ask(http, "PATCH", f"/workspaces/{other['id']}", name="Prints"))["name"] == "Prints"
    assert (await ask(http, "POST", "/invitations/look-up", token=link["token"]))["workspace_name"] == "Prints"
    assert await ask(http, "GET", f"/workspaces/{uuid4()}", 404) == "WORKSPACE_NOT_FOUND"
    await ask(http, "POST", f"/users/{person['id']}/password", password=PASSWORD)
    await ask(http, "DELETE", f"/users/{person['id']}")
    assert await ask(http, "POST", f"{home}/leave", 409) == "LAST_OWNER"
    await ask(http, "DELETE", f"/workspaces/{other['id']}")


async def test_what_makes_no_sense_there_is_refused_in_a_sentence(api: Application) -> None:
    http, owner = api.http, f"/users/{LOCAL_OWNER_ID}"
    await ask(http, "POST", "/users", 201, email="a@example.com", name="Ada", role="admin", password=PASSWORD)
    link = await ask(http, "POST", f"/workspaces/{DEFAULT_WORKSPACE_ID}/invitations", 201)

    assert await ask(http, "DELETE", owner, 409) == "LOCAL_OWNER"
    assert await ask(http, "PATCH", owner, 409, role="member") == "LOCAL_OWNER"
    body = {"token": link["token"], "email": "b@example.com", "name": "Bo", "password": secrets.token_hex(8)}
    assert await ask(http, "POST", "/invitations/accept", 409, **body) == "LOCAL_MODE"


async def test_a_local_owner_who_left_the_default_workspace_still_works_there(api: Application) -> None:
    http, home = api.http, f"/workspaces/{DEFAULT_WORKSPACE_ID}"
    data = {"workspace_id": str(DEFAULT_WORKSPACE_ID), "workspace_role": "owner"}
    await ask(http, "POST", "/users", 201, email="a@example.com", name="Ada", **data)

    await ask(http, "POST", f"{home}/leave")

    assert (await ask(http, "GET", home))["role"] == "owner"
    await ask(http, "POST", f"{home}/invitations", 201)
    assert await ask(http, "POST", f"{home}/leave", 404) == "MEMBER_NOT_FOUND"
