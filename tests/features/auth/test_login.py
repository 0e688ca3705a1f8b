"""Signing in with a password: what comes back, and that a refusal tells nothing (A39)."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest
import pytest_asyncio
from pydantic import SecretStr

from spoonfeeder.core.passwords import Passwords
from tests.fixtures.application import NO_TLS
from tests.fixtures.server_mode import PASSWORD, Person, ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")

THIRTY_DAYS = 30 * 24 * 3600


async def login(server: ServerMode, email: str, password: str = PASSWORD) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=server.url, timeout=60, verify=NO_TLS) as browser:
        return await browser.post("/api/auth/login", json={"email": email, "password": password})


async def test_the_token_of_a_login_opens_what_its_user_may_see(server: ServerMode) -> None:
    person = await server.person("viewer", email="Ada@Example.com", name="Ada")

    answer = await login(server, "  ada@example.COM")

    data = answer.json()["data"]
    expires_at = datetime.fromisoformat(data["expires_at"])
    assert answer.status_code == 200, answer.text
    assert data["user"] == {"id": str(person.user_id), "email": "Ada@Example.com", "name": "Ada", "role": "member"}
    assert data["token_type"] == "Bearer"
    assert timedelta(minutes=9) < expires_at - datetime.now(UTC) <= timedelta(minutes=10)
    shown = await server.http.get("/api/profiles", headers={"Authorization": f"Bearer {data['access_token']}"})
    assert shown.status_code == 200
    (row,) = await server.rows("SELECT last_login_at FROM users WHERE id = :id", id=person.user_id)
    assert row["last_login_at"] is not None


async def test_the_cookie_is_for_nothing_but_the_refresh(server: ServerMode) -> None:
    person = await server.person()

    cookie = (await login(server, person.email)).headers["set-cookie"]

    name_and_value, *attributes = cookie.split("; ")
    (age,) = (word for word in attributes if word.startswith("Max-Age="))
    assert {word.lower() for word in attributes if word != age} == {"httponly", "path=/api/auth", "samesite=strict"}
    assert THIRTY_DAYS - 60 < int(age.removeprefix("Max-Age=")) <= THIRTY_DAYS
    origin = {"Origin": server.url}
    shown = await server.http.get("/api/profiles", headers={"Cookie": name_and_value} | origin)
    assert shown.status_code == 401
    mine = await server.http.get("/api/auth/me", headers={"Cookie": name_and_value} | origin)
    assert mine.status_code == 401


@pytest_asyncio.fixture(loop_scope="module")
async def refusals(server: ServerMode) -> list[tuple[str, str]]:
    """E-mail address and password of everybody who may not come in."""
    known = await server.person()
    without_password = await server.person(password_hash=None)
    inactive = await server.person(active=False)
    return [
        (known.email, "wrong password"),
        (without_password.email, PASSWORD),
        (inactive.email, PASSWORD),
        ("nobody@example.com", PASSWORD),
        ("no address at all", PASSWORD),
        ("", ""),
    ]


async def test_all_refusals_are_the_same(server: ServerMode, refusals: list[tuple[str, str]]) -> None:
    answers = [await login(server, email, password) for email, password in refusals]

    assert {answer.status_code for answer in answers} == {401}
    assert {answer.headers["www-authenticate"] for answer in answers} == {"Bearer"}
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["code"] == "INVALID_CREDENTIALS"
    assert not any("set-cookie" in answer.headers for answer in answers)


async def test_all_refusals_hash_once_and_leave_one_entry(
    server: ServerMode, refusals: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str | None] = []
    verify = Passwords.verify

    async def counted(self: Passwords, stored: str | None, password: SecretStr) -> bool:
        hashed.append(stored)
        return await verify(self, stored, password)

    monkeypatch.setattr(Passwords, "verify", counted)
    for number, (email, password) in enumerate(refusals, start=1):
        before = await _failures(server)
        await login(server, email, password)
        assert len(hashed) == number
        assert await _failures(server) == before + 1


async def _failures(server: ServerMode) -> int:
    (row,) = await server.rows("SELECT count(*) FROM audit_log WHERE action = 'login_failed'")
    return int(row["count"])


async def test_a_login_is_in_the_audit_log(server: ServerMode) -> None:
    person = await server.person()

    await login(server, person.email)

    rows = await server.rows("SELECT action, peer, details FROM audit_log WHERE user_id = :id", id=person.user_id)
    assert [(row["action"], row["peer"]) for row in rows] == [("login", "127.0.0.1")]


async def test_a_hash_of_other_parameters_is_made_anew(server: ServerMode) -> None:
    older = await Passwords(memory_kib=16, time_cost=1).hash(SecretStr(PASSWORD))
    person = await server.person(password_hash=older)

    assert (await login(server, person.email)).status_code == 200

    (row,) = await server.rows("SELECT password_hash FROM users WHERE id = :id", id=person.user_id)
    assert row["password_hash"].startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert (await login(server, person.email)).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "a@b"},
        {"email": "a@b", "password": "x" * 1025},
        {"email": "a@b", "password": "ü" * 600},
        {"email": "x" * 321, "password": "x"},
        {"email": None, "password": "x"},
        {"email": "a@b", "password": "x", "role": "admin"},
    ],
)
async def test_a_body_that_is_no_login_is_422(server: ServerMode, body: dict[str, object]) -> None:
    assert (await server.http.post("/api/auth/login", json=body)).status_code == 422


async def test_a_deactivated_user_is_out_at_once(server: ServerMode) -> None:
    person: Person = await server.person()
    key = await server.api_key(person)

    await server.rows("UPDATE users SET active = false WHERE id = :id", id=person.user_id)

    assert [(await client.get("/api/profiles")).status_code for client in (person, key)] == [401, 401]


async def test_the_status_tells_that_people_sign_in(server: ServerMode) -> None:
    answer = await server.http.get("/api/auth/status")

    assert answer.json()["data"] == {"mode": "required", "setup_needed": False}
