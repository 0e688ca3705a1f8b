"""The API log: one row per answer, with the pattern of the route and never the address as it was typed."""

import asyncio
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx2
import pytest

from tests.features.logs.reading import logged
from tests.fixtures.server_mode import ServerMode
from tests.waiting import until_async

pytestmark = pytest.mark.asyncio(loop_scope="module")
ID = "X-Request-ID"


@pytest.fixture(scope="module")
def server_settings() -> dict[str, Any]:
    return {"trusted_proxies": ("127.0.0.1",)}


async def ask(client: httpx2.AsyncClient, method: str, path: str, **options: Any) -> str:
    """The id of the request."""
    return str((await client.request(method, path, **options)).headers[ID])


async def test_who_asked_what_and_what_came_of_it(server: ServerMode) -> None:
    owner = await server.stranger()
    key = await server.api_key(owner, ["read"])
    api = server.acting_as(owner)
    profile_id = await api.profile()
    asked = [
        await ask(owner, "GET", f"/api/profiles/{profile_id}?secret=in-the-query"),
        await ask(key, "GET", "/api/comfyui/sessions"),
        await ask(owner, "POST", "/api/comfyui/sessions", json={"title": 7}),
        await ask(owner, "DELETE", "/api/comfyui/options"),
        await ask(owner, "GET", "/api/no/such/secret-in-the-path"),
        await ask(server.http, "GET", "/api/profiles"),
    ]
    rows = await logged(server, *asked)

    assert [(row["method"], row["route"], row["status"], row["provider"]) for row in rows] == [
        ("GET", "/api/profiles/{profile_id}", 200, "comfyui"),
        ("GET", "/api/comfyui/sessions", 200, "comfyui"),
        ("POST", "/api/comfyui/sessions", 422, "comfyui"),
        ("DELETE", "/api/comfyui/options", 405, "comfyui"),
        ("GET", "(none)", 404, None),
        ("GET", "/api/profiles", 401, None),
    ]
    assert [row["user_id"] for row in rows] == [owner.user_id, owner.user_id, owner.user_id, None, None, None]
    assert [row["workspace_id"] for row in rows[:3]] == [owner.workspace_id] * 3
    assert [row["api_key_id"] is None for row in rows] == [True, False, True, True, True, True]
    assert {row["peer"] for row in rows} == {"127.0.0.1"}
    assert all(0 < row["duration_ms"] < 10_000 for row in rows)
    assert "secret" not in str(rows)


async def test_an_id_that_no_row_can_hold_is_replaced_and_costs_no_row(server: ServerMode) -> None:
    too_long = "urn:" * 40 + str(uuid4())
    body = {"email": "nobody@example.com", "password": "guessed"}
    guess = await server.http.post("/api/auth/login", json=body, headers={ID: too_long})
    assert (guess.status_code, len(guess.headers[ID])) == (401, 32)
    own = str(uuid4())
    assert await ask(server.http, "GET", "/api/profiles", headers={ID: own}) == own
    assert [row["status"] for row in await logged(server, guess.headers[ID], own)] == [401, 401]


async def test_probes_are_not_logged(server: ServerMode) -> None:
    for path in ("/api/health/live", "/api/health/ready", "/socket.io/?EIO=4&transport=polling"):
        await server.http.get(path)
    await logged(server, await ask(server.http, "GET", "/api/health"))
    routes = await server.rows("SELECT DISTINCT route FROM api_log WHERE route LIKE '%e/%' OR route LIKE '%y%'")
    assert [row["route"] for row in routes if "health/" in row["route"] or "socket" in row["route"]] == []


async def test_a_key_says_when_it_was_used_last_and_that_at_most_once_a_minute(server: ServerMode) -> None:
    owner = await server.stranger()
    used = await server.api_key(owner)
    await server.api_key(owner)
    await logged(server, await ask(used, "GET", "/api/profiles"))
    first = await last_used(server, owner.user_id)
    assert [moment is None for moment in first] == [False, True]
    await logged(server, await ask(used, "GET", "/api/profiles"))
    assert await last_used(server, owner.user_id) == first
    await server.rows("UPDATE api_keys SET last_used_at = now() - interval '61 s' WHERE last_used_at IS NOT NULL")
    await logged(server, await ask(used, "GET", "/api/profiles"))
    again = await last_used(server, owner.user_id)
    assert again[0] > first[0]
    assert again[1] is None


async def last_used(server: ServerMode, user_id: UUID) -> list[Any]:
    rows = await server.rows("SELECT last_used_at FROM api_keys WHERE user_id = :id ORDER BY created_at", id=user_id)
    return [row["last_used_at"] for row in rows]


async def test_a_reader_who_leaves_is_logged_with_the_status_that_was_sent(server: ServerMode) -> None:
    sound = b"RIFF" + (32_000_000 - 8).to_bytes(4, "little") + b"WAVEfmt " + bytes(32_000_000 - 16)
    made = await server.admin.post("/api/comfyui/uploads", files={"file": ("sound.wav", sound)})
    place = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    request_id = uuid4().hex
    head = f"GET {made.json()['data']['url']} HTTP/1.1\r\nHost: {place.netloc}\r\n{ID}: {request_id}\r\n\r\n"
    writer.write(head.encode())
    assert b"200 OK" in await reader.readline()
    assert await server.rows("SELECT id FROM api_log WHERE request_id = :id", id=request_id) == []
    writer.transport.abort()
    [row] = await logged(server, request_id)
    assert (row["route"], row["status"]) == ("/api/media/{media_id}", 200)


INJECTIONS = [
    "${jndi:ldap:127.0.0.1}",
    "%E2%80%A8{%22level%22:%22error%22}",
    "'; DROP TABLE api_log; --",
    "x" * 1_500,
]


async def test_nothing_that_a_client_sends_stands_in_the_log(server: ServerMode) -> None:
    headers = {
        "User-Agent": b"${jndi:ldap://127.0.0.1/b}" + b"A" * 20_000,
        "X-Forwarded-For": b"\x85\x9b31m" + b"B" * 900,
    }
    asked = [await ask(server.http, "GET", f"/api/{bad}", headers=headers) for bad in INJECTIONS]
    asked += [await ask(server.http, "GET", "/api/profiles", params={"limit": bad}) for bad in INJECTIONS]
    asked.append(await ask(server.http, "GET", "/api/profiles", headers={ID: "${jndi:x}\tFAKE"}))
    rows = await logged(server, *asked)
    assert {row["route"] for row in rows} == {"(none)", "/api/profiles"}
    for row in rows:
        text = str(row)
        assert not [word for word in ("jndi", "DROP", "FAKE", "AAAA", "xxxx") if word in text], row
        assert row["peer"].isprintable()
        assert len(row["peer"]) <= 64
    assert rows[0]["peer"].startswith("\\x9b31mBBB")


async def test_the_admin_reads_it_newest_first_and_finds_what_he_looks_for(server: ServerMode) -> None:
    owner = await server.stranger()
    await logged(server, *[await ask(owner, "GET", "/api/profiles") for _ in range(3)])
    await logged(server, await ask(owner, "POST", "/api/comfyui/prompt", json={}))

    async def listed(**wanted: Any) -> Any:
        answer = await server.admin.get("/api/api-log", params={"user_id": str(owner.user_id), **wanted})
        assert answer.status_code == 200, answer.text
        return answer.json()

    everything = await listed()
    assert [row["status"] for row in everything["data"]] == [422, 200, 200, 200]
    assert everything["data"][0]["user_email"] == owner.email
    assert everything["pagination"]["total"] == 4
    for wanted, total in (
        ({"method": "POST"}, 1),
        ({"status": 200}, 3),
        ({"route": "/api/profiles"}, 3),
        ({"provider": "comfyui"}, 1),
        ({"from": everything["data"][0]["at"], "to": "2999-01-01T00:00:00+01:00"}, 1),
    ):
        assert (await listed(**wanted))["pagination"]["total"] == total, wanted

    async def is_seen() -> bool:
        rows = (await server.admin.get("/api/api-log?route=/api/api-log&limit=1")).json()["data"]
        return bool(rows) and rows[0]["user_email"] == "admin@example.com"

    await until_async(is_seen)
