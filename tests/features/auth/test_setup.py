"""The first admin: set up once, by whoever reads what the server prints at its start."""

import asyncio
import re
import secrets

import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import insert

from spoonfeeder.core.settings import Settings
from spoonfeeder.db.account import User
from spoonfeeder.features.auth import setup
from spoonfeeder.runtime import open_runtime
from tests.fixtures.application import NO_TLS, serve_api
from tests.fixtures.server_mode import PASSWORD, SIGN_IN

DEFAULT = "00000000-0000-0000-0000-000000000001"
ADMIN = {"email": "admin@example.com", "name": "Admin", "password": PASSWORD}


@pytest.fixture
def unset(settings: Settings) -> Settings:
    """Of a server on which nobody can sign in yet."""
    return settings.model_copy(update=SIGN_IN)


def printed_token(text: str) -> str:
    """What stands in the one line that the start has printed."""
    (line,) = [line for line in text.splitlines() if "/setup#token=" in line]
    matched = re.fullmatch(r"Set up the first admin: http://127\.0\.0\.1:3001/setup#token=([A-Za-z0-9_-]{43})", line)
    assert matched
    return matched[1]


async def test_the_first_admin_takes_over_what_was_made_in_local_mode(
    settings: Settings, unset: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    async with serve_api(settings) as url, httpx2.AsyncClient(base_url=url, timeout=60, verify=NO_TLS) as local:
        made = await local.post("/api/comfyui/sessions", json={"title": "Made before"})
        assert made.status_code == 201
        planted = await local.post("/api/auth/api-keys", json={"name": "Planted", "scopes": ["admin"]})
        opened = {"Authorization": f"Bearer {planted.json()['data']['key']}"}
    assert "setup" not in capsys.readouterr().out

    async with serve_api(unset) as url, httpx2.AsyncClient(base_url=url, timeout=60, verify=NO_TLS) as http:
        token = printed_token(capsys.readouterr().out)
        assert (await http.get("/api/auth/status")).json()["data"] == {"mode": "required", "setup_needed": True}

        answer = await http.post("/api/auth/setup", json={"token": token} | ADMIN)

        assert answer.status_code == 200, answer.text
        signed_in = {"Authorization": f"Bearer {answer.json()['data']['access_token']}"}
        assert "spoonfeeder_refresh=" in answer.headers["set-cookie"]
        me = (await http.get("/api/auth/me", headers=signed_in)).json()["data"]
        assert (me["email"], me["name"], me["role"]) == ("admin@example.com", "Admin", "admin")
        assert (me["workspace_id"], me["workspace_role"]) == (DEFAULT, "owner")
        sessions = (await http.get("/api/comfyui/sessions", headers=signed_in)).json()["data"]
        assert [row["title"] for row in sessions] == ["Made before"]
        assert not (await http.get("/api/auth/status")).json()["data"]["setup_needed"]
        assert (await http.get("/api/users", headers=opened)).status_code == 401, "anybody could have made it"
        http.cookies.clear()
        again = await http.post("/api/auth/setup", json={"token": token, **ADMIN, "email": "other@example.com"})
        assert (again.status_code, again.json()["code"]) == (409, "SETUP_DONE")
        login = {"email": "admin@example.com", "password": PASSWORD}
        assert (await http.post("/api/auth/login", json=login)).status_code == 200

    async with serve_api(unset):
        assert "setup" not in capsys.readouterr().out


async def test_only_the_printed_token_sets_up(unset: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    async with serve_api(unset) as url, httpx2.AsyncClient(base_url=url, timeout=60, verify=NO_TLS) as http:
        token = printed_token(capsys.readouterr().out)
        for wrong in ("", "x" * 43, token[:-1], token + "A", token.swapcase(), "ü" * 43):
            answer = await http.post("/api/auth/setup", json={"token": wrong} | ADMIN)
            assert (answer.status_code, answer.json()["code"]) == (403, "SETUP_TOKEN_INVALID"), wrong
        for bad in ({"email": "nobody"}, {"password": "short"}, {"name": " "}, {"role": "admin"}):
            assert (await http.post("/api/auth/setup", json={"token": token} | ADMIN | bad)).status_code == 422
        login = {"email": "owner@localhost", "password": ""}
        assert (await http.post("/api/auth/login", json=login)).status_code == 401
        assert (await http.get("/api/auth/status")).json()["data"]["setup_needed"]


async def test_every_process_prints_the_same_token_and_another_key_another_one(
    unset: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    tokens = []
    other = unset.model_copy(update={"encryption_key": SecretStr(secrets.token_hex(32))})
    for settings in (unset, unset, other):
        async with open_runtime(settings) as runtime:
            await setup.announce(runtime)
        tokens.append(printed_token(capsys.readouterr().out))

    assert tokens[0] == tokens[1] != tokens[2]


@pytest.mark.parametrize(
    ("host", "address"),
    [("0.0.0.0", "http://localhost:3001/"), ("::", "http://localhost:3001/"), ("::1", "http://[::1]:3001/")],
)
async def test_the_address_is_one_that_can_be_opened_here(
    unset: Settings, capsys: pytest.CaptureFixture[str], host: str, address: str
) -> None:
    async with open_runtime(unset.model_copy(update={"host": host})) as runtime:
        await setup.announce(runtime)

    assert address in capsys.readouterr().out


async def test_an_address_that_somebody_has_is_refused(unset: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    async with (
        serve_api(unset) as url,
        httpx2.AsyncClient(base_url=url, timeout=60, verify=NO_TLS) as http,
        open_runtime(unset) as runtime,
    ):
        token = printed_token(capsys.readouterr().out)
        async with runtime.engine.begin() as connection:
            await connection.execute(insert(User).values(email="Admin@Example.com", name="Somebody"))

        answer = await http.post("/api/auth/setup", json={"token": token} | ADMIN)

        assert (answer.status_code, answer.json()["code"]) == (409, "EMAIL_TAKEN")


async def test_of_two_who_set_up_at_once_one_is_the_first_admin(
    unset: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    async with serve_api(unset) as url, httpx2.AsyncClient(base_url=url, timeout=60, verify=NO_TLS) as http:
        body = {"token": printed_token(capsys.readouterr().out)} | ADMIN

        answers = await asyncio.gather(
            *(http.post("/api/auth/setup", json=body | {"email": f"admin{number}@example.com"}) for number in range(4))
        )

        assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
        assert {answer.json().get("code") for answer in answers} == {None, "SETUP_DONE"}
