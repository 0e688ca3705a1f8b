"""The refresh cookie: each is good once, and one that comes again ends its login (A33)."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import httpx2
import pytest

from tests.features.auth.browser import Browser, signed_in
from tests.fixtures.server_mode import ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def server_settings() -> dict[str, Any]:
    return {"trusted_proxies": ("127.0.0.1",)}


def refused_for_good(answer: httpx2.Response) -> bool:
    """401, and the browser forgets the cookie."""
    forgets = (
        'spoonfeeder_refresh=""; ' in answer.headers.get("set-cookie", "")
        and "Max-Age=0" in answer.headers["set-cookie"]
    )
    return answer.status_code == 401 and forgets


async def test_a_refresh_gives_a_new_token_and_a_new_cookie(server: ServerMode) -> None:
    person = await server.person()
    async with signed_in(server, person.email) as browser:
        first = browser.cookie

        answer = await browser.refresh()

        assert answer.status_code == 200
        assert answer.json()["data"]["user"]["email"] == person.email
        assert browser.cookie not in (None, first)
        assert await browser.is_signed_in()
        assert (await browser.refresh()).status_code == 200


async def test_only_the_cookie_counts(server: ServerMode) -> None:
    assert refused_for_good(await server.admin.post("/api/auth/refresh"))
    assert refused_for_good(await server.http.post("/api/auth/refresh"))
    async with Browser(server) as browser:
        for value in ("", "x" * 43, "x" * 5000, "' OR pg_sleep(9) --"):
            browser.cookies.set("spoonfeeder_refresh", value, path="/api/auth")
            assert refused_for_good(await browser.post("/api/auth/refresh")), value


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example"])
async def test_no_page_of_others_can_use_the_cookie(server: ServerMode, origin: str | None) -> None:
    person = await server.person()
    async with signed_in(server, person.email) as browser:
        del browser.headers["Authorization"]
        if origin is None:
            del browser.headers["Origin"]
        else:
            browser.headers["Origin"] = origin

        assert (await browser.post("/api/auth/refresh")).status_code == 403
        assert (await browser.post("/api/auth/logout")).status_code == 403

        browser.headers["Origin"] = server.url
        assert (await browser.refresh()).status_code == 200


async def test_behind_https_the_cookie_is_for_https_alone(server: ServerMode) -> None:
    person = await server.person()
    async with Browser(server) as browser:
        browser.headers |= {"X-Forwarded-Proto": "https", "Origin": server.url.replace("http:", "https:")}

        answer = await browser.login(person.email)

        assert answer.headers["set-cookie"].endswith("; Secure")


async def test_a_used_cookie_ends_the_whole_login_and_is_told(server: ServerMode) -> None:
    person = await server.person()
    async with (
        signed_in(server, person.email) as browser,
        signed_in(server, person.email) as other,
        Browser(server) as thief,
    ):
        assert browser.cookie is not None
        thief.cookie = browser.cookie
        await browser.refresh()

        assert refused_for_good(await thief.refresh())

        assert not await browser.is_signed_in()
        assert refused_for_good(await browser.refresh())
        assert await other.is_signed_in()
        rows = await server.rows(
            "SELECT subject_kind, peer, details FROM audit_log"
            " WHERE action = 'refresh_reused' AND details->>'user_id' = :id",
            id=str(person.user_id),
        )
        assert [(row["subject_kind"], row["peer"]) for row in rows] == [("login", "127.0.0.1")]


async def test_of_two_refreshes_at_once_one_wins_and_the_login_ends(server: ServerMode) -> None:
    person = await server.person()
    async with AsyncExitStack() as stack:
        browser = await stack.enter_async_context(signed_in(server, person.email))
        tabs = [await stack.enter_async_context(Browser(server)) for _ in range(4)]
        for tab in tabs:
            assert browser.cookie is not None
            tab.cookie = browser.cookie

        answers = await asyncio.gather(*(tab.refresh() for tab in tabs))

        assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]
        assert not any([await tab.is_signed_in() for tab in tabs])


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE login_sessions SET expires_at = now() - interval '1 second' WHERE user_id = :id",
        "UPDATE login_sessions SET revoked_at = now() WHERE user_id = :id",
        "UPDATE users SET active = false WHERE id = :id",
        "DELETE FROM login_sessions WHERE user_id = :id",
        "DELETE FROM users WHERE id = :id",
    ],
)
async def test_what_has_ended_is_not_refreshed(server: ServerMode, change: str) -> None:
    person = await server.person()
    async with signed_in(server, person.email) as browser:
        await server.rows(change, id=person.user_id)

        assert refused_for_good(await browser.refresh())
        assert not await browser.is_signed_in()


async def test_a_refresh_does_not_lengthen_the_login(server: ServerMode) -> None:
    person = await server.person()
    async with signed_in(server, person.email) as browser:
        statement = "SELECT expires_at FROM login_sessions WHERE user_id = :id ORDER BY expires_at DESC LIMIT 1"
        before = await server.rows(statement, id=person.user_id)

        await browser.refresh()

        assert await server.rows(statement, id=person.user_id) == before


async def test_signing_out_ends_the_login_of_cookie_and_token(server: ServerMode) -> None:
    person = await server.person()
    async with signed_in(server, person.email) as browser:
        kept = browser.cookie

        answer = await browser.post("/api/auth/logout")

        assert (answer.status_code, answer.json()["success"]) == (200, True)
        assert browser.cookie is None
        assert not await browser.is_signed_in()
        assert kept is not None
        browser.cookie = kept
        assert refused_for_good(await browser.refresh())
        rows = await server.rows("SELECT action FROM audit_log WHERE user_id = :id ORDER BY id", id=person.user_id)
        assert [row["action"] for row in rows] == ["login", "logout"]


async def test_signing_out_by_the_cookie_alone_by_the_token_alone_and_by_nothing(server: ServerMode) -> None:
    person = await server.person()
    async with signed_in(server, person.email) as by_cookie, signed_in(server, person.email) as by_token:
        token = by_cookie.headers.pop("Authorization")
        assert (await by_cookie.post("/api/auth/logout")).status_code == 200
        by_cookie.headers["Authorization"] = token
        assert not await by_cookie.is_signed_in()
        by_token.cookies.clear()
        assert (await by_token.post("/api/auth/logout")).status_code == 200
        assert not await by_token.is_signed_in()
    key = await server.api_key(person)
    for client in (server.http, key):
        assert (await client.post("/api/auth/logout")).status_code == 200
    assert (await key.get("/api/profiles")).status_code == 200
