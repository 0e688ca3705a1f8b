"""How often somebody may try a password: by account and peer, whatever addresses the request claims (A38)."""

from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from spoonfeeder.core.passwords import Passwords
from tests.fixtures.application import NO_TLS
from tests.fixtures.server_mode import PASSWORD, ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOME_HEADERS = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


@pytest.fixture(scope="module")
def server_settings() -> dict[str, Any]:
    return {"rate_limits": "on", "limit_login": "5/hour"}


async def try_password(server: ServerMode, email: str, password: str, number: int = 0) -> httpx2.Response:
    headers = dict.fromkeys(SOME_HEADERS, f"203.0.113.{number}")
    body = {"email": email, "password": password}
    async with httpx2.AsyncClient(base_url=server.url, headers=headers, timeout=60, verify=NO_TLS) as client:
        return await client.post("/api/auth/login", json=body)


async def test_the_sixth_try_is_refused_even_with_the_right_password_and_nothing_is_hashed(
    server: ServerMode, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, other = await server.person(), await server.person()
    tried: list[SecretStr] = []
    verify = Passwords.verify

    async def counted(self: Passwords, stored: str | None, password: SecretStr) -> bool:
        tried.append(password)
        return await verify(self, stored, password)

    monkeypatch.setattr(Passwords, "verify", counted)
    wrong = [await try_password(server, person.email, "wrong", number) for number in range(20)]

    assert [answer.status_code for answer in wrong] == [401] * 5 + [429] * 15
    assert len(tried) == 5
    refused = await try_password(server, person.email.upper(), PASSWORD)
    assert (refused.status_code, refused.json()["code"]) == (429, "RATE_LIMITED")
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    assert refused.headers["ratelimit-remaining"] == "0"
    assert (await try_password(server, other.email, PASSWORD)).status_code == 200


async def test_somebody_who_does_not_exist_is_counted_too(server: ServerMode) -> None:
    answers = [await try_password(server, "nobody@example.com", "wrong") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]


async def test_trying_the_present_password_of_a_change_is_counted(server: ServerMode) -> None:
    person = await server.person()
    body = {"current_password": "wrong", "new_password": PASSWORD}

    answers = [await person.post("/api/auth/password", json=body) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [403] * 5 + [429]
    failed = "SELECT user_id FROM audit_log WHERE action = 'login_failed' AND subject_id = :id"
    assert await server.rows(failed, id=str(person.user_id)) == [{"user_id": person.user_id}] * 5
    assert (await try_password(server, person.email, PASSWORD)).status_code == 429
