"""A35, A36, A37 where people sign in: another page can neither use a login nor renew one."""

from typing import Any

import httpx2
import pytest

from tests.abuse.matrix import Matrix
from tests.abuse.refusals import code_of
from tests.abuse.sampling import sampled
from tests.fixtures.server_mode import PASSWORD, Person, ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")

COOKIE = "spoonfeeder_refresh"
EVIL = ("http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1", "")


async def signed_in(server: ServerMode) -> tuple[Person, str]:
    """Somebody, and the refresh cookie of their browser."""
    person = await server.person("member")
    answer = await server.http.post("/api/auth/login", json={"email": person.email, "password": PASSWORD})
    server.http.cookies.clear()
    assert answer.status_code == 200
    return person, answer.cookies[COOKIE]


async def post(server: ServerMode, path: str, cookie: str | None = None, **headers: str) -> httpx2.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = ({"Cookie": f"{COOKIE}={cookie}"} if cookie else {}) | named
    answer = await server.http.post(path, headers=sent)
    server.http.cookies.clear()
    return answer


@pytest.mark.parametrize("origin", EVIL[:2])
async def test_a37_another_page_changes_nothing_even_with_a_token(matrix: Matrix, origin: str) -> None:
    place = await matrix.place("owner")
    before = await matrix.tables()
    for operation in matrix.operations:
        if operation.method == "GET":
            continue
        headers = {"Origin": origin, "X-Forwarded-Host": "evil.example", "Cookie": f"{COOKIE}={'A' * 43}"}
        answer = await matrix.ask(operation, "owner", place, headers=headers | matrix.crew.headers("owner"))
        assert answer.status_code == 403, (str(operation), answer.status_code)
        assert code_of(answer) == "ORIGIN_NOT_ALLOWED", str(operation)
        assert "access-control-allow-origin" not in answer.headers
        wish = {"Origin": origin, "Access-Control-Request-Method": operation.method}
        assert (await matrix.server.http.options(operation.path.split("{")[0], headers=wish)).status_code == 403
    assert await matrix.tables() == before


async def test_a37_the_refresh_cookie_is_good_for_nobody_elses_page(server: ServerMode) -> None:
    person, cookie = await signed_in(server)
    for path in ("/api/auth/refresh", "/api/auth/logout"):
        for origin in EVIL:
            assert (await post(server, path, cookie, Origin=origin)).status_code == 403, origin
            forwarded = await post(server, path, cookie, Origin=origin, X_Forwarded_Host=origin.partition("://")[2])
            assert forwarded.status_code == 403, origin
        assert (await post(server, path, cookie)).status_code == 403
        assert (await post(server, path, cookie, Sec_Fetch_Site="cross-site")).status_code == 403
    renewed = await post(server, "/api/auth/refresh", cookie, Origin=server.url)
    assert renewed.status_code == 200, "no refused try has used the cookie up"
    assert renewed.json()["data"]["user"]["id"] == str(person.user_id)


async def test_a37_the_refresh_cookie_opens_nothing_else(matrix: Matrix) -> None:
    _, cookie = await signed_in(matrix.server)
    place = await matrix.place("owner")
    for operation in matrix.operations:
        if operation.policy != "public":
            headers = {"Cookie": f"{COOKIE}={cookie}", "Origin": matrix.server.url}
            answer = await matrix.ask(operation, "anonymous", place, headers=headers)
            assert answer.status_code == 401, str(operation)


async def test_the_cookie_is_kept_from_scripts_other_sites_and_other_paths(server: ServerMode) -> None:
    person = await server.person("member")
    body = {"email": person.email, "password": PASSWORD}
    answer = await server.http.post("/api/auth/login", json=body)
    server.http.cookies.clear()
    kept = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/api/auth"} <= kept
    assert not any(part.startswith("domain=") for part in kept)
    assert answer.cookies[COOKIE] not in answer.text


@pytest.mark.parametrize("origin", EVIL[:2])
async def test_a37_sockets_of_another_page_are_refused(server: ServerMode, origin: str) -> None:
    polling = "/socket.io/?EIO=4&transport=polling"
    for headers in ({}, {"Authorization": f"Bearer {server.admin.token}"}):
        assert (await server.http.get(polling, headers=headers | {"Origin": origin})).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.nip.io", "evil.example:3001"])
async def test_a36_a_rebound_name_reaches_nothing_even_with_a_token(server: ServerMode, host: str) -> None:
    for path in ("/", "/api/health", "/api/profiles", "/setup", "/socket.io/?EIO=4&transport=polling"):
        assert (await server.admin.get(path, headers={"Host": host})).status_code == 421
        forwarded = await server.admin.get(path, headers={"Host": host, "X-Forwarded-Host": "127.0.0.1"})
        assert forwarded.status_code == 421
    login = {"email": server.admin.email, "password": PASSWORD}
    assert (await server.http.post("/api/auth/login", json=login, headers={"Host": host})).status_code == 421


async def test_a35_no_spelling_of_an_address_goes_round_the_policy(matrix: Matrix) -> None:
    place = await matrix.place("owner")
    wrong: list[Any] = []
    for operation in matrix.operations:
        path = operation.path
        for name, value in place.ids.items():
            path = path.replace(f"{{{name}}}", str(value))
        if operation.policy == "public":
            continue
        spelt = [path.upper(), f"{path}/", f"{path};x", f"/{path}", path.replace("/api/", "/api/./"), f"{path}%2f"]
        spelt += [path.replace("/api/", "/API/"), path.replace("/api/", "/x/../api/"), path.replace("api", "%61pi")]
        for spelling in sampled(spelt, f"{operation}", 2):
            answer = await matrix.server.http.request(operation.method, matrix.server.url + spelling)
            if answer.status_code not in {307, 308, 400, 401, 404, 405}:
                wrong.append((operation.method, spelling, answer.status_code))
    assert wrong == []
