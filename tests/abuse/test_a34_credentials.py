"""Credentials and workspaces in every wrong form and at every wrong place."""

import asyncio
from uuid import uuid4

import pytest

from tests.fixtures.server_mode import Person, ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATHS = ("/api/profiles", "/api/auth/me", "/api/users", "/api/workspaces")


async def raw(server: ServerMode, *headers: bytes) -> tuple[int, bytes]:
    """The answer to a GET with exactly these header lines."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    lines = [b"GET /api/profiles HTTP/1.1", b"Host: %s:%s" % (host.encode(), port.encode()), b"Connection: close"]
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"\r\n".join([*lines, *headers]) + b"\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return int(answer.split()[1]), answer


async def test_only_one_well_formed_bearer_is_taken(server: ServerMode) -> None:
    token = server.admin.token.encode()
    good = b"Authorization: Bearer " + token
    assert (await raw(server, good))[0] == 200
    assert (await raw(server, b"authorization: bearer " + token))[0] == 200
    wrong = {
        "twice": (good, good),
        "twice, one of them wrong": (good, b"Authorization: Bearer x"),
        "none but the name": (b"Authorization: Bearer",),
        "empty": (b"Authorization:",),
        "tab": (b"Authorization: Bearer\t" + token,),
        "no scheme": (b"Authorization: " + token,),
        "another scheme": (b"Authorization: Token " + token,),
        "Basic": (b"Authorization: Basic " + token,),
        "two tokens": (good + b" " + token,),
        "a comma": (good + b"," + token,),
        "quoted": (b'Authorization: Bearer "' + token + b'"',),
        "UTF-8": ("Authorization: Bearer schlüssel✓".encode(),),
        "Latin-1": (b"Authorization: Bearer schl\xfcssel",),
        "changed": (good[:-1] + (b"A" if good[-1:] != b"A" else b"B"),),
        "cut off": (good[:-5],),
        "100 kB": (b"Authorization: Bearer " + b"a" * 100_000,),
        "a key in capitals": (b"Authorization: Bearer SF_" + b"A" * 43,),
        "a key that nobody has": (b"Authorization: Bearer sf_" + b"A" * 43,),
    }
    for name, headers in wrong.items():
        status, answer = await raw(server, *headers)
        assert status in ({400, 401, 431} if name == "100 kB" else {401}), (name, status)
        assert token not in answer, name


async def test_a_token_counts_in_its_header_only(server: ServerMode) -> None:
    key = await server.api_key(server.admin, ["admin"])
    for token in (server.admin.token, key.token):
        for path in PATHS:
            for name in ("token", "api_key", "access_token", "key", "authorization", "auth"):
                assert (await server.http.get(path, params={name: token})).status_code == 401, name
            for cookie in ("spoonfeeder_refresh", "token", "session", "Authorization", "access_token"):
                answer = await server.http.get(path, headers={"Cookie": f"{cookie}={token}"})
                assert answer.status_code == 401, cookie
            for header in ("X-API-Key", "X-Auth-Token", "Proxy-Authorization", "Cookie", "X-Forwarded-User"):
                assert (await server.http.get(path, headers={header: f"Bearer {token}"})).status_code == 401, header
        assert (await server.http.get("/api/profiles", headers={"Authorization": f"Bearer {token}"})).status_code == 200


@pytest.mark.parametrize("named", ["x", "0", "null", "*", "..", "00000000-0000-0000-0000-000000000000", "a" * 5_000])
async def test_a_workspace_that_is_none_is_not_found(server: ServerMode, named: str) -> None:
    for path in ("/api/profiles", "/api/stats", "/api/comfyui/sessions"):
        answer = await server.admin.get(path, headers={"X-Workspace": named})
        assert (answer.status_code, answer.json()["code"]) == (404, "WORKSPACE_NOT_FOUND"), (path, named)


async def test_two_workspaces_are_not_one(server: ServerMode) -> None:
    member = await server.person("member")
    other = await server.workspace()
    own, foreign = (b"X-Workspace: %s" % str(each).encode() for each in (member.workspace_id, other))
    bearer = b"Authorization: Bearer " + member.token.encode()
    assert (await raw(server, bearer, own))[0] == 200
    for headers in ((foreign,), (foreign, own), (own, foreign), (own + b", " + foreign[13:],)):
        assert (await raw(server, bearer, *headers))[0] in {400, 404}, headers


async def test_nobody_can_choose_a_workspace_that_is_not_theirs(server: ServerMode) -> None:
    stranger = await server.stranger()
    foreign = {"X-Workspace": str(server.admin.workspace_id)}
    missing = {"X-Workspace": str(uuid4())}
    for path in ("/api/profiles", "/api/stats", "/api/comfyui/workflows", "/api/active"):
        theirs, never = await stranger.get(path, headers=foreign), await stranger.get(path, headers=missing)
        assert theirs.status_code == 404
        assert theirs.content == never.content
    bound = await server.api_key(server.admin, ["admin"], await server.workspace())
    assert (await bound.get("/api/profiles")).status_code in {403, 404}
    assert (await bound.get("/api/profiles", headers=foreign)).status_code == 404


async def test_somebody_of_no_workspace_is_told_so(server: ServerMode) -> None:
    nobody: Person = await server.person(None)
    answer = await nobody.get("/api/profiles")
    assert (answer.status_code, answer.json()["code"]) == (403, "NO_WORKSPACE")
    assert (await nobody.get("/api/auth/me")).status_code == 200
