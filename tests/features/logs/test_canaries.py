"""A60: secrets go through every flow that is logged, and neither log holds one of them."""

from typing import Any

import pytest

from tests.features.logs.reading import logged
from tests.fixtures.server_mode import PASSWORD, ServerMode
from tests.fixtures.workflows import workflow

pytestmark = pytest.mark.asyncio(loop_scope="module")
ID = "X-Request-ID"


class Canaries:
    """Makes secrets and remembers them; those that the server makes are added."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def new(self, name: str) -> str:
        return self.add(f"canary-{name}-{len(self.made):04d}")

    def add(self, secret: str) -> str:
        assert len(secret) > 10
        self.made.append(secret)
        return secret


async def sign_in_and_out(server: ServerMode, canaries: Canaries) -> None:
    owner = await server.stranger()
    for email, password in (
        (owner.email, canaries.new("wrong-password")),
        (canaries.new("password-in-the-name-field"), canaries.new("password")),
        (f"{canaries.new('nobody')}@example.com", canaries.new("password")),
    ):
        answer = await server.http.post("/api/auth/login", json={"email": email, "password": password})
        assert answer.status_code == 401, answer.text
    answer = await server.http.post("/api/auth/login", json={"email": owner.email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    canaries.add(answer.json()["data"]["access_token"])
    stolen = canaries.add(answer.cookies["spoonfeeder_refresh"])
    shown = {"Cookie": f"spoonfeeder_refresh={stolen}", "Origin": server.url}
    for status in (200, 401):
        answer = await server.http.post("/api/auth/refresh", headers=shown)
        assert answer.status_code == status, answer.text
        canaries.made += [value for value in answer.cookies.values() if value.strip('"')]
    change = {"current_password": PASSWORD, "new_password": canaries.new("new-password")}
    owner = await server.sign_in(owner.user_id)
    assert (await owner.post("/api/auth/password", json=change)).status_code == 200


async def manage(server: ServerMode, canaries: Canaries) -> None:
    owner = await server.stranger()
    api = server.acting_as(owner)
    key = await api.json("POST", "/auth/api-keys", 201, json={"name": "Mine", "scopes": ["read"]})
    canaries.add(key["key"])
    made = await api.json("POST", f"/workspaces/{owner.workspace_id}/invitations", 201, json={"role": "viewer"})
    canaries.add(made["token"])
    user = {"name": "New", "email": "new@example.com", "password": canaries.new("password-of-a-new-user")}
    assert (await server.admin.post("/api/users", json=user)).status_code == 201
    profile = {"name": "P", "provider": "comfyui", "url": f"{api.simulator.url}/{canaries.new('path')}"}
    made = await api.json("POST", "/profiles", 201, json={**profile, "api_key": canaries.new("profile-key")})
    for change in ({"api_key": canaries.new("next-key")}, {"url": f"{api.simulator.url}/{canaries.new('next-path')}"}):
        await api.json("PATCH", f"/profiles/{made['id']}", json=change)
    await api.json("PATCH", f"/profiles/{made['id']}", 422, json={"url": f"http://u:{canaries.new('user')}@127.0.0.1"})
    await api.json("DELETE", f"/profiles/{made['id']}")


async def generate(server: ServerMode, canaries: Canaries) -> None:
    api = server.acting_as(await server.stranger())
    session_id = await api.session(workflow("txt2img_sd15"), title=canaries.new("title"))
    await api.generate(session_id, prompt_text=canaries.new("prompt"), negative_prompt=canaries.new("no-prompt"))
    await api.json("DELETE", f"/comfyui/sessions/{session_id}")


async def send_everywhere(server: ServerMode, canaries: Canaries) -> str:
    """In every part of a request that a client fills in; returns its id."""
    headers = {
        name: canaries.new(name)
        for name in ("User-Agent", "Referer", "Cookie", "X-Forwarded-For", "X-Workspace", "Idempotency-Key", "Range")
    }
    headers["Origin"] = server.url
    headers["Authorization"] = f"Bearer {canaries.new('bearer')}"
    path = f"/api/profiles/{canaries.new('segment')}"
    answer = await server.http.get(path, params={"token": canaries.new("query")}, headers=headers)
    await server.http.get(f"/api/{canaries.new('unknown')}", headers=headers)
    return str(answer.headers[ID])


async def test_no_secret_stands_in_a_log(server: ServerMode) -> None:
    canaries = Canaries()
    await sign_in_and_out(server, canaries)
    await manage(server, canaries)
    await generate(server, canaries)
    await logged(server, await send_everywhere(server, canaries))

    dumped: dict[str, list[dict[str, Any]]] = {}
    for table in ("audit_log", "api_log"):
        dumped[table] = await server.rows(f"SELECT to_jsonb(entry)::text AS line FROM {table} entry")
    assert len(canaries.made) > 25
    lines = [row["line"] for rows in dumped.values() for row in rows]
    assert [secret for secret in canaries.made if any(secret in line for line in lines)] == []
    told = " ".join(row["line"] for row in dumped["audit_log"])
    for action in ("login_failed", "login", "refresh_reused", "password_changed", "api_key_created", "user_created"):
        assert f'"{action}"' in told, action
    for action in ("profile_created", "profile_key_changed", "profile_deleted", "session_deleted"):
        assert f'"{action}"' in told, action
