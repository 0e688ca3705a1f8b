"""What the throttle counts together, on a small application with the real runtime, counters, renderer and headers."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI, Request
from starlette.responses import StreamingResponse

from spoonfeeder.core.render import install_renderer
from spoonfeeder.core.settings import Settings, SettingsError
from spoonfeeder.features.auth import policy
from spoonfeeder.features.auth.rate_headers import RateHeaders
from spoonfeeder.features.auth.throttle import check_limits, count, count_login
from spoonfeeder.runtime import Runtime, open_runtime

ANN, BOB = {"X-Account": "ann"}, {"X-Account": "bob"}


@pytest.fixture
def settings(redis_url: str, tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        database_url="postgresql://127.0.0.1:1/unused",
        redis_url=redis_url,
        SPOONFEEDER_HOME=tmp_path,
        encryption_key=secrets.token_hex(32),
        rate_limits="on",
        limit_general="6/hour",
        limit_generation="2/hour",
        limit_login="2/hour",
        limit_login_peer="25/hour",
        limit_login_account="5/hour",
    )


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    async with open_runtime(settings) as opened:
        yield opened


@pytest.fixture
def app(runtime: Runtime) -> FastAPI:
    made = FastAPI()
    made.add_middleware(RateHeaders)
    install_renderer(made)

    @made.get("/read")
    async def read(request: Request) -> StreamingResponse:
        await count(runtime, request, policy.READ, request.headers.get("X-Account"))
        return StreamingResponse(iter([b"a", b"b"]))

    @made.post("/generate")
    async def generate(request: Request) -> None:
        await count(runtime, request, policy.GENERATE, request.headers.get("X-Account"))

    @made.post("/login")
    async def login(request: Request, email: str) -> None:
        await count_login(runtime, request, email)

    @made.get("/uncounted")
    async def uncounted() -> None:
        """No policy, no count."""

    return made


def by(app: FastAPI, peer: str = "192.0.2.1") -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app, client=(peer, 1)), base_url="http://test")


def told(response: httpx2.Response) -> tuple[int, int, int]:
    """Status, limit, remaining."""
    headers = response.headers
    assert 3000 <= int(headers["RateLimit-Reset"]) <= 3600
    return response.status_code, int(headers["RateLimit-Limit"]), int(headers["RateLimit-Remaining"])


async def test_every_answer_tells_what_is_left_and_a_refusal_when_to_come_back(app: FastAPI) -> None:
    async with by(app) as http:
        answers = [await http.get("/read", headers=ANN) for _ in range(7)]
        assert [told(each) for each in answers] == [(200, 6, left) for left in (5, 4, 3, 2, 1, 0)] + [(429, 6, 0)]
        assert answers[0].text == "ab"
        refusal = answers[-1]
        assert refusal.json()["code"] == "RATE_LIMITED"
        assert refusal.headers["Retry-After"] == refusal.headers["RateLimit-Reset"]
        assert told(await http.get("/read", headers=BOB)) == (200, 6, 5)
        assert "RateLimit-Limit" not in (await http.get("/uncounted", headers=ANN)).headers


async def test_generations_count_to_both_limits_and_the_tighter_one_is_told(app: FastAPI) -> None:
    async with by(app) as http:
        answers = [await http.post("/generate", headers=ANN) for _ in range(3)]
        assert [told(each) for each in answers] == [(200, 2, 1), (200, 2, 0), (429, 2, 0)]
        assert [told(await http.get("/read", headers=ANN))[2] for _ in range(2)] == [2, 1]
        for left in (5, 4, 3, 2, 1):
            assert told(await http.get("/read", headers=BOB)) == (200, 6, left)
        assert told(await http.post("/generate", headers=BOB)) == (200, 6, 0)


async def test_who_is_not_known_counts_by_address(app: FastAPI) -> None:
    left = []
    for peer in ("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1"):
        async with by(app, peer) as http:
            left.append(told(await http.get("/read"))[2])

    assert left == [5, 4, 5, 5, 4, 5]


async def test_logins_count_by_account_and_address_and_the_refused_ones_not_by_account(app: FastAPI) -> None:
    statuses = []
    for peer in ("192.0.2.1", "192.0.2.2", "192.0.2.3"):
        async with by(app, peer) as http:
            statuses.append(
                [(await http.post("/login?email=Ann@Example.org")).status_code for _ in range(20)].count(200)
            )
            assert (await http.post("/login?email=bob@example.org")).status_code == 200

    assert statuses == [2, 2, 1]


async def test_an_address_that_tries_many_accounts_is_counted_over_all_of_them(app: FastAPI) -> None:
    async with by(app) as http, by(app, "192.0.2.2") as another:
        statuses = [(await http.post(f"/login?email=user{number}@example.org")).status_code for number in range(30)]
        assert statuses == [200] * 25 + [429] * 5
        assert (await another.post("/login?email=user29@example.org")).status_code == 200


async def test_an_account_is_the_same_however_its_address_is_written(app: FastAPI) -> None:
    async with by(app) as http:
        emails = ("mimi@example.org", "MIMI@example.org", " Mimi@Example.ORG ")
        assert [(await http.post("/login", params={"email": each})).status_code for each in emails] == [200, 200, 429]
        for same_to_postgres in ("m\u0130mi@example.org", "m\u0130m\u0130@example.org", "m\u0131m\u0131@example.org"):
            assert (await http.post("/login", params={"email": same_to_postgres})).status_code == 429


async def test_in_local_mode_nothing_is_counted(app: FastAPI, settings: Settings) -> None:
    settings.rate_limits = type(settings.rate_limits)("auto")
    async with by(app) as http:
        for _ in range(10):
            answer = await http.post("/generate")
            assert answer.status_code == 200
            assert "RateLimit-Limit" not in answer.headers
        assert {(await http.post("/login?email=a@b.c")).status_code for _ in range(10)} == {200}


@pytest.mark.parametrize("group", ["general", "chat", "generation", "login", "login_peer", "login_account"])
def test_a_wrong_limit_ends_the_start(settings: Settings, group: str) -> None:
    check_limits(settings)
    setattr(settings, f"limit_{group}", "a lot")

    with pytest.raises(SettingsError, match=f"^LIMIT_{group.upper()} must "):
        check_limits(settings)
