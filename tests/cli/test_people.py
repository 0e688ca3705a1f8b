"""`spoonfeeder user` and `spoonfeeder apikey`, on the database of a server that runs at the same time."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from spoonfeeder.core.settings import Settings
from spoonfeeder.embedded.folders import lock_home
from spoonfeeder.embedded.postgres import EmbeddedPostgres
from tests.cli.terminal import refusal, spoonfeeder
from tests.fixtures.application import NO_TLS, serve_api
from tests.fixtures.server_mode import SIGN_IN

PASSWORD = "correct horse battery"
DEFAULT = "00000000-0000-0000-0000-000000000001"
ADMIN = "ada@example.com"


@dataclass
class Terminal:
    """`run` gives what a command wrote, `refusal` the one sentence of one that failed."""

    environment: dict[str, str]

    def run(self, *arguments: str, typed: str = "") -> str:
        result = spoonfeeder(*arguments, typed=typed, **self.environment)
        assert (result.returncode, result.stderr) == (0, ""), result
        return result.stdout

    def refusal(self, *arguments: str, typed: str = "") -> str:
        result = spoonfeeder(*arguments, typed=typed, **self.environment)
        assert result.stdout == ""
        return refusal(result)


@pytest.fixture
def server_settings(settings: Settings) -> Settings:
    return settings.model_copy(update=SIGN_IN)


@pytest.fixture
def terminal(server_settings: Settings) -> Terminal:
    assert server_settings.database_url is not None
    assert server_settings.encryption_key is not None
    return Terminal(
        {
            "DATABASE_URL": server_settings.database_url.get_secret_value(),
            "SPOONFEEDER_HOME": str(server_settings.home),
            "ENCRYPTION_KEY": server_settings.encryption_key.get_secret_value(),
            "PASSWORD_MEMORY_KIB": "8",
            "PASSWORD_TIME_COST": "1",
            "AUTH": "required",
            "LOG_LEVEL": "error",
        }
    )


@pytest.fixture
async def http(server_settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    async with (
        serve_api(server_settings) as url,
        httpx2.AsyncClient(base_url=url, timeout=30, verify=NO_TLS) as client,
    ):
        yield client


def create(terminal: Terminal, email: str, *options: str, password: str = PASSWORD) -> str:
    return terminal.run("user", "create", email, "--password-stdin", *options, typed=f"{password}\n")


async def test_people_made_on_the_terminal_sign_in(terminal: Terminal, http: httpx2.AsyncClient) -> None:
    async def login(email: str, password: str = PASSWORD) -> httpx2.Response:
        http.headers.pop("Authorization", None)
        http.cookies.clear()
        answer = await http.post("/api/auth/login", json={"email": email, "password": password})
        if answer.status_code == 200:
            http.headers["Authorization"] = f"Bearer {answer.json()['data']['access_token']}"
        return answer

    async def me() -> dict[str, object]:
        data: dict[str, object] = (await http.get("/api/auth/me")).json()["data"]
        return data

    first = await asyncio.to_thread(create, terminal, ADMIN, "--admin", "--name", "Ada")
    assert first == f"{ADMIN} is the first admin and owns the default workspace.\n"
    assert not (await http.get("/api/auth/status")).json()["data"]["setup_needed"]
    await login(ADMIN)
    ada = await me()
    assert (ada["name"], ada["role"], ada["workspace_id"], ada["workspace_role"]) == ("Ada", "admin", DEFAULT, "owner")

    await asyncio.to_thread(create, terminal, "second@example.com", "--admin")
    await login("second@example.com")
    second = await me()
    assert (second["name"], second["role"], second["workspace_role"]) == ("second", "admin", "owner")
    assert second["workspace_id"] != DEFAULT

    await asyncio.to_thread(create, terminal, "vera@example.com", "--workspace", DEFAULT, "--role", "viewer")
    await login("vera@example.com")
    vera = await me()
    assert (vera["role"], vera["workspace_id"], vera["workspace_role"]) == ("member", DEFAULT, "viewer")

    change = ("user", "password", "VERA@example.com", "--password-stdin")
    await asyncio.to_thread(terminal.run, *change, typed="a newer password\n")
    assert (await http.get("/api/auth/me")).status_code == 401
    assert (await login("vera@example.com")).status_code == 401
    assert (await login("vera@example.com", "a newer password")).status_code == 200

    await asyncio.to_thread(terminal.run, "user", "deactivate", "vera@example.com")
    assert (await http.get("/api/auth/me")).status_code == 401
    assert (await login("vera@example.com", "a newer password")).status_code == 401
    listed = await asyncio.to_thread(terminal.run, "user", "list")
    assert [line.split("  ", 1)[1] for line in listed.splitlines()] == [
        f"{ADMIN}  Ada  (admin, active)",
        "second@example.com  second  (admin, active)",
        "vera@example.com  vera  (member, inactive)",
    ]
    await asyncio.to_thread(terminal.run, "user", "activate", "vera@example.com")
    assert (await login("vera@example.com", "a newer password")).status_code == 200


async def test_keys_made_on_the_terminal_open_the_api_until_they_are_revoked(
    terminal: Terminal, http: httpx2.AsyncClient
) -> None:
    await asyncio.to_thread(create, terminal, ADMIN, "--admin")

    options = ("--user", ADMIN, "--name", "Backup", "--scope", "read", "--days", "2", "--workspace", DEFAULT)
    key = (await asyncio.to_thread(terminal.run, "apikey", "create", *options)).strip()

    http.headers["Authorization"] = f"Bearer {key}"
    assert (await http.get("/api/auth/me")).json()["data"]["scope"] == "read"
    (listed,) = (await asyncio.to_thread(terminal.run, "apikey", "list", "--user", ADMIN)).splitlines()
    key_id, shown, email, name, rest = listed.split("  ")
    assert (shown, email, name) == (f"sf_…{key[-4:]}", ADMIN, "Backup")
    assert rest.startswith("(read, expires ")
    assert await asyncio.to_thread(terminal.run, "apikey", "revoke", key_id) == "Revoked.\n"
    assert (await http.get("/api/auth/me")).status_code == 401
    assert await asyncio.to_thread(terminal.run, "apikey", "list") == ""
    assert "no such API key" in await asyncio.to_thread(terminal.refusal, "apikey", "revoke", key_id)


def test_every_refusal_is_one_sentence(terminal: Terminal) -> None:
    create(terminal, ADMIN, "--admin")
    new = ("user", "create", "new@example.com", "--password-stdin")
    key = ("apikey", "create", "--name", "Key", "--user")

    assert "is there already" in terminal.refusal(
        "user", "create", "ADA@example.com", "--password-stdin", typed=PASSWORD
    )
    assert "at least 8 characters" in terminal.refusal(*new, typed="short\n")
    assert terminal.refusal("user", "create", "nobody", "--password-stdin", typed=PASSWORD).startswith("email: ")
    assert "no workspace" in terminal.refusal(*new, "--workspace", str(uuid4()), typed=PASSWORD)
    assert "--password-stdin" in terminal.refusal("user", "create", "new@example.com")
    assert terminal.refusal("user", "password", "x@y", "--password-stdin", typed=PASSWORD) == "There is no user x@y."
    assert "only admin" in terminal.refusal("user", "deactivate", ADMIN)
    assert terminal.refusal(*key, "x@y") == "There is no user x@y."
    assert terminal.refusal(*key, ADMIN, "--days", "0").startswith("expires_in_days: ")
    assert "not a member" in terminal.refusal(*key, ADMIN, "--workspace", str(uuid4()))
    assert "new@example.com" not in terminal.run("user", "list")


def test_tables_that_are_not_there_are_one_sentence(terminal: Terminal, empty_database_url: str) -> None:
    terminal.environment["DATABASE_URL"] = empty_database_url

    assert terminal.refusal("user", "list").endswith("run `spoonfeeder migrate`.")


def test_the_database_of_a_running_up_is_found_by_its_data_home(
    terminal: Terminal, postgres: EmbeddedPostgres, server_folder: Path
) -> None:
    terminal.environment |= {"DATABASE_URL": "", "SPOONFEEDER_HOME": str(server_folder)}

    with lock_home(server_folder):
        assert "lacks migrations" in terminal.refusal("user", "list")
