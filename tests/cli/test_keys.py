"""`spoonfeeder key …` as an operator meets it."""

import asyncio
import secrets
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, select

from spoonfeeder.core.crypto import Cipher
from spoonfeeder.core.key_ring import KEY_FILE, KeyFile, KeyRing
from spoonfeeder.db import DEFAULT_WORKSPACE_ID
from spoonfeeder.db.canary import check_encryption_keys
from spoonfeeder.db.migrate import run_on
from spoonfeeder.db.profile import Profile
from spoonfeeder.db.sealed import PROFILE_KEY
from spoonfeeder.db.session import open_engine
from tests.cli.terminal import refusal, spoonfeeder

PROFILES: Any = Profile.__table__


def store(url: str, cipher: Cipher, count: int) -> None:
    def insert_profiles(connection: Connection) -> None:
        for number in range(count):
            row = Profile(id=uuid4(), workspace_id=DEFAULT_WORKSPACE_ID, url=f"http://10.0.0.{number}")
            sealed = cipher.encrypt("sk-secret", PROFILE_KEY.binding_of(row))
            values = {"id": row.id, "workspace_id": row.workspace_id, "url": row.url, "api_key": sealed}
            connection.execute(PROFILES.insert().values(**values, name="x", type="text", provider="openai"))

    async def start() -> None:
        engine = open_engine(url, pool_size=1)
        await check_encryption_keys(engine, cipher)
        await engine.dispose()

    asyncio.run(start())
    run_on(url, insert_profiles)


def secrets_in(url: str, cipher: Cipher) -> list[str]:
    found: list[str] = []

    def read(connection: Connection) -> None:
        rows = connection.execute(select(PROFILES))
        found.extend(cipher.decrypt(row.api_key, PROFILE_KEY.binding_of(row)) for row in rows)

    run_on(url, read)
    return found


def test_a_data_home_gets_a_new_key_and_loses_the_old_one_when_told(database_url: str, tmp_path: Path) -> None:
    here = {"SPOONFEEDER_HOME": str(tmp_path), "DATABASE_URL": database_url}
    store(database_url, Cipher(KeyRing(KeyFile(tmp_path / KEY_FILE))), 3)

    run = spoonfeeder("key", "rotate", **here)

    assert run.returncode == 0, run
    keys = KeyFile(tmp_path / KEY_FILE)
    new, old = list(keys)
    assert (old, (tmp_path / KEY_FILE).stat().st_mode & 0o777) == ("default", 0o600)
    assert [line.split() for line in run.stdout.splitlines()] == [
        ["key", "before", "after"],
        [new, "0", "4", "encrypts"],
        ["default", "4", "0"],
    ]
    assert secrets_in(database_url, Cipher(KeyRing(keys))) == ["sk-secret"] * 3
    assert spoonfeeder("key", "drop", "default", **here).returncode == 0
    assert list(KeyFile(tmp_path / KEY_FILE)) == [new]
    shown = spoonfeeder("key", "list", **here).stdout
    assert [line.split() for line in shown.splitlines()] == [["key", "secrets"], [new, "4", "encrypts"]]


def test_the_environment_s_keys_are_used_as_given_and_what_none_opens_is_named(
    database_url: str, tmp_path: Path
) -> None:
    old, new = (f"{name}:{secrets.token_hex(32)}" for name in ("old", "new"))
    store(database_url, Cipher(KeyRing.parse(old)), 3)
    lost = PROFILES.update().where(PROFILES.c.url == "http://10.0.0.1").values(api_key="v2.lost.x.y")
    run_on(database_url, lambda connection: void(connection.execute(lost)))

    here = {"SPOONFEEDER_HOME": str(tmp_path), "DATABASE_URL": database_url, "ENCRYPTION_KEYS": f"{new},{old}"}
    run = spoonfeeder("key", "rotate", **here)

    assert refusal(run).startswith("No key opens 1 of the secrets, which stay as they are")
    assert "profiles " in run.stderr
    assert [line.split() for line in run.stdout.splitlines()][1:] == [
        ["new", "0", "3", "encrypts"],
        ["old", "3", "0"],
        ["lost", "1", "1", "not", "in", "the", "ring"],
    ]


def void(_: object) -> None:
    """For what takes actions without a result."""
