"""What is taken away is gone with the very next request, whichever API process it reaches."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
import pytest_asyncio

from tests.fixtures.application import serve_api
from tests.fixtures.server_mode import Person, ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")

Ask = Callable[..., Awaitable[list[int]]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ask(server: ServerMode) -> AsyncIterator[Ask]:
    """The statuses that both API processes answer with."""
    async with serve_api(server.settings) as second, httpx2.AsyncClient(timeout=30) as http:

        async def both(person: Person, path: str = "/api/profiles") -> list[int]:
            headers = {"Authorization": f"Bearer {person.token}"}
            return [(await http.get(url + path, headers=headers)).status_code for url in (server.url, second)]

        yield both


async def test_a_deactivated_user(server: ServerMode, ask: Ask) -> None:
    user = await server.person("member")
    key = await server.api_key(user, ["admin"])
    assert await ask(user) == await ask(key) == [200, 200]
    await server.admin.patch(f"/api/users/{user.user_id}", json={"active": False})
    assert await ask(user) == await ask(key) == [401, 401]
    await server.admin.patch(f"/api/users/{user.user_id}", json={"active": True})
    assert await ask(user) == await ask(key) == [401, 401], "what was given out before does not come back"


async def test_a_removed_member(server: ServerMode, ask: Ask) -> None:
    user = await server.person("member")
    key = await server.api_key(user, ["write"])
    bound = await server.api_key(user, ["write"], user.workspace_id)
    assert await ask(user) == await ask(key) == await ask(bound) == [200, 200]
    removed = await server.admin.delete(f"/api/workspaces/{user.workspace_id}/members/{user.user_id}")
    assert removed.status_code == 200
    assert await ask(user) == await ask(key) == [403, 403]
    assert set(await ask(bound)) <= {401, 403}


async def test_a_member_who_is_only_a_viewer_now(server: ServerMode) -> None:
    user = await server.person("member")
    assert (await user.post("/api/comfyui/sessions", json={})).status_code != 403
    path = f"/api/workspaces/{user.workspace_id}/members/{user.user_id}"
    assert (await server.admin.patch(path, json={"role": "viewer"})).status_code == 200
    assert (await user.post("/api/comfyui/sessions", json={})).status_code == 403


async def test_an_expired_key_and_a_revoked_one(server: ServerMode, ask: Ask) -> None:
    ended = datetime.now(UTC) - timedelta(seconds=1)
    expired = await server.api_key(server.admin, ["admin"], expires_at=ended)
    assert await ask(expired) == [401, 401]
    made = await server.admin.post("/api/auth/api-keys", json={"name": "Key", "scopes": ["read"]})
    key = await server.api_key(server.admin, ["read"])
    key.token = made.json()["data"]["key"]
    assert await ask(key) == [200, 200]
    assert (await server.admin.delete(f"/api/auth/api-keys/{made.json()['data']['id']}")).status_code == 200
    assert await ask(key) == [401, 401]


async def test_a_login_that_was_ended(server: ServerMode, ask: Ask) -> None:
    user = await server.person("member")
    other = await server.sign_in(user.user_id)
    assert await ask(user) == await ask(other) == [200, 200]
    assert (await other.delete(f"/api/auth/sessions/{user.login_id}")).status_code == 200
    assert await ask(user) == [401, 401]
    assert await ask(other) == [200, 200]
    third = await server.sign_in(user.user_id)
    assert (await third.post("/api/auth/logout-everywhere")).status_code == 200
    assert await ask(other) == await ask(third) == [401, 401]


async def test_a_server_admin_who_is_none_any_more(server: ServerMode, ask: Ask) -> None:
    admin = await server.person("viewer", is_admin=True)
    key = await server.api_key(admin, ["admin"])
    assert await ask(admin, "/api/users") == await ask(key, "/api/users") == [200, 200]
    answer = await server.admin.patch(f"/api/users/{admin.user_id}", json={"role": "member"})
    assert answer.status_code == 200
    assert await ask(key, "/api/users") == [403, 403]
    assert await ask(admin, "/api/users") == [401, 401], "a login is for what the user was when it began"


async def test_a_user_who_is_gone_from_the_database(server: ServerMode, ask: Ask) -> None:
    user = await server.person("member")
    key = await server.api_key(user)
    assert await ask(user) == await ask(key) == [200, 200]
    await server.rows("DELETE FROM users WHERE id = :id", id=user.user_id)
    assert await ask(user) == await ask(key) == [401, 401]
