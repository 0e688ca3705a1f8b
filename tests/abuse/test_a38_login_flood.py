"""A38: passwords guessed at one account, each try from an address of its own."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.fixtures.server_mode import PASSWORD, ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")

TRIES = 1_000
AT_ONCE = 10
MOST_EVALUATED = 20
MOST_GROWTH_BYTES = 40_000_000


@pytest.fixture(scope="module")
def server_settings() -> dict[str, Any]:
    """With a proxy that is believed: the addresses count as different ones."""
    return {"rate_limits": "on", "limit_general": "1000000/minute", "trusted_proxies": ("127.0.0.1",)}


async def flood(http: httpx2.AsyncClient, email: str, tries: int = TRIES) -> list[httpx2.Response]:
    spellings = (email, email.upper(), f" {email} ", email.title())

    async def guess(number: int) -> httpx2.Response:
        address = f"203.{number // 60_000}.{number // 250 % 250}.{number % 250}"
        body = {"email": spellings[number % len(spellings)], "password": f"guess number {number}"}
        return await http.post("/api/auth/login", json=body, headers={"X-Forwarded-For": address})

    answers = []
    for start in range(0, tries, AT_ONCE):
        answers += await asyncio.gather(*(guess(number) for number in range(start, start + AT_ONCE)))
    return answers


def memory_of_this_process() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


async def test_a38_few_guesses_are_looked_at_and_none_costs_memory(server: ServerMode) -> None:
    victim = await server.person("member")
    other = await server.person("member")
    unknown = await flood(server.http, "nobody@example.com", 200)
    assert Counter(answer.status_code for answer in unknown) == {401: MOST_EVALUATED, 429: 200 - MOST_EVALUATED}
    before = memory_of_this_process()

    answers = await flood(server.http, victim.email)

    assert Counter(answer.status_code for answer in answers) == {401: MOST_EVALUATED, 429: TRIES - MOST_EVALUATED}
    looked_at = "SELECT count(*) AS n FROM audit_log WHERE action = 'login_failed' AND subject_id = :id"
    assert await server.rows(looked_at, id=str(victim.user_id)) == [{"n": MOST_EVALUATED}]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert {answer.json()["code"] for answer in refused} == {"RATE_LIMITED"}
    assert all(0 < int(answer.headers["retry-after"]) <= 3600 for answer in refused)
    assert memory_of_this_process() - before < MOST_GROWTH_BYTES

    right = await server.http.post("/api/auth/login", json={"email": victim.email, "password": PASSWORD})
    assert right.status_code == 429
    untouched = await server.http.post("/api/auth/login", json={"email": other.email, "password": PASSWORD})
    assert untouched.status_code == 200
    server.http.cookies.clear()


async def test_a38_a_forwarded_address_that_nobody_vouches_for_is_no_other_peer(server: ServerMode) -> None:
    victim = await server.person("member")
    answers = [
        await server.http.post(
            "/api/auth/login",
            json={"email": victim.email, "password": "wrong password"},
            headers={"X-Real-IP": f"203.0.113.{number}", "Forwarded": f"for=203.0.113.{number}"},
        )
        for number in range(8)
    ]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 3
