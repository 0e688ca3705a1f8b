"""`spoonfeeder doctor`: nothing to say about a healthy home, and the right advice for a broken one."""

import asyncio
import json
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import pytest
from redis import Redis

from spoonfeeder.core.key_ring import KEY_FILE
from spoonfeeder.db.canary import check_encryption_keys
from spoonfeeder.operation.doctor.examination import examine, worst
from spoonfeeder.operation.doctor.findings import Finding, Level
from spoonfeeder.operation.doctor.providers import ADVICE
from spoonfeeder.runtime import open_runtime
from spoonfeeder.simulator import Simulator
from tests.cli.terminal import started
from tests.fixtures.ports import own_port
from tests.operation.installation import fetch, home_settings

NOWHERE = "127.0.0.1:9"
PENDING = """
    INSERT INTO tasks (workspace_id, name, type, provider, model, prompt)
    SELECT id, 'A', 'text', 'ollama', 'm', 'p' FROM workspaces
"""
FILE = """
    INSERT INTO media (id, workspace_id, kind, position, filename, media_type, bytes, sha256, storage_key)
    SELECT '00000000-0000-7000-8000-000000000001', id, 'upload', 0, 'a', 'image/png', 4, repeat('0', 64), 'ff/f.png'
    FROM workspaces
"""
PROFILE = """
    INSERT INTO profiles (workspace_id, name, type, provider, url)
    SELECT id, 'Attic', 'image', 'comfyui', 'http://127.0.0.1:9' FROM workspaces
"""
REVISION, NOTHING = "UPDATE alembic_version SET version_num = '{}'", "SELECT 1"
NO_BACKUP = "DELETE FROM system_values WHERE key = 'last_backup'"
OLD_BACKUP = """INSERT INTO system_values (key, value) VALUES ('last_backup', '{"at": "2026-01-01T00:00:00+00:00"}')"""


class Home:
    """A data home beside a database and a Redis, as the environment names them."""

    def __init__(self, database_url: str, redis_url: str, home: Path, patch: pytest.MonkeyPatch) -> None:
        self.home, self.database_url, self.redis_url, self._patch = home, database_url, redis_url, patch
        settings = home_settings(database_url, redis_url, home)
        home.chmod(0o711)
        asyncio.run(self._start_once(settings))
        self.environment = {
            "SPOONFEEDER_HOME": str(home),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "PORT": str(own_port()),
        }

    async def _start_once(self, settings: object) -> None:
        async with open_runtime(settings) as runtime:  # type: ignore[arg-type]
            await check_encryption_keys(runtime.engine, runtime.cipher)

    def examined(
        self, environment: dict[str, str] | None = None, *, offline: bool = True, full: bool = False
    ) -> list[Finding]:
        with self._patch.context() as patch:
            for name, value in (self.environment | (environment or {})).items():
                patch.setenv(name, value)
            return examine(offline=offline, full=full)

    def run(self, sql: str) -> None:
        asyncio.run(fetch(self.database_url, sql))

    @contextmanager
    def changed(self, sql: str, undo: str) -> Iterator[None]:
        self.run(sql)
        yield
        self.run(undo)

    @contextmanager
    def moved(self, path: str, to: str) -> Iterator[None]:
        (self.home / path).rename(self.home / to)
        yield
        (self.home / to).rename(self.home / path)

    @contextmanager
    def other_key(self) -> Iterator[None]:
        place = self.home / KEY_FILE
        kept = place.read_text()
        place.write_text(secrets.token_hex(32))
        yield
        place.write_text(kept)

    @contextmanager
    def mode(self, path: str, mode: int) -> Iterator[None]:
        (self.home / path).chmod(mode)
        yield
        (self.home / path).chmod(0o700)

    @contextmanager
    def forgetful_redis(self) -> Iterator[None]:
        with Redis.from_url(self.redis_url) as client:
            client.config_set("maxmemory-policy", "allkeys-lru")
            yield
            client.config_set("maxmemory-policy", "noeviction")

    @contextmanager
    def taken_port(self) -> Iterator[None]:
        with socket.create_server(("127.0.0.1", int(self.environment["PORT"]))):
            yield

    @contextmanager
    def unfinished(self) -> Iterator[None]:
        (self.home / "restoring").mkdir()
        yield
        (self.home / "restoring").rmdir()


@pytest.fixture
def home(database_url: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    return Home(database_url, redis_url, tmp_path / "home", monkeypatch)


Broken = Callable[[Home], AbstractContextManager[None]]
FINE: Broken = lambda _: nullcontext()  # noqa: E731
SITUATIONS: list[tuple[Broken, dict[str, str], str, str]] = [
    (FINE, {"PORT": "99999"}, "wrong settings: PORT", "Correct it"),
    (FINE, {"HOST": "0.0.0.0"}, "wrong settings: HOST=0.0.0.0 would let anyone", "Correct it"),
    (FINE, {"ENCRYPTION_KEY": "00" * 32}, "wrong settings: ENCRYPTION_KEY is a sample", "Correct it"),
    (FINE, {"DATABASE_URL": "mysql://u:hidden@h/d"}, "wrong settings: DATABASE_URL must begin", "Correct it"),
    (FINE, {"DATABASE_URL": "postgresql://u:a@hidden:1@h/d"}, "wrong settings: DATABASE_URL: an @", "Correct it"),
    (FINE, {"DB_HOST": "elsewhere"}, "warning settings: DATABASE_URL and DB_HOST", "Remove DB_HOST"),
    (FINE, {"TRUSTED_PROXIES": "0.0.0.0/0"}, "wrong proxies: TRUSTED_PROXIES=0.0.0.0/0", "Name the addresses"),
    (FINE, {"AUTH": "required"}, "warning proxies: All people seem to come", "TRUSTED_PROXIES=127.0.0.1"),
    (FINE, {"DATABASE_URL": f"postgresql://u:hidden@{NOWHERE}/d"}, "wrong database:", "correct DATABASE_URL"),
    (FINE, {"REDIS_URL": f"redis://{NOWHERE}/0"}, "warning redis: It does not answer", "correct REDIS_URL"),
    (Home.taken_port, {}, "wrong port: Port", "set another port"),
    (Home.forgetful_redis, {}, "warning redis: maxmemory-policy is allkeys-lru", "noeviction"),
    (Home.unfinished, {}, "wrong data home: A restore was interrupted", "spoonfeeder restore"),
    (lambda home: home.moved("keys", "lost"), {}, "wrong keys: The database holds secrets", "Put it back"),
    (Home.other_key, {}, "wrong keys: The keys here are not those", "put back"),
    (lambda home: home.mode("keys", 0o755), {}, "warning data home: Others on this machine", "chmod 700"),
    (
        lambda home: home.changed("UPDATE alembic_version SET version_num = 'zzzz'", "SELECT 1"),
        {},
        "newer version",
        "Start that",
    ),
    (lambda home: home.changed(REVISION.format("0017"), NOTHING), {}, "wrong database: Its tables are", "migrate"),
    (lambda home: home.changed(PENDING, "DELETE FROM tasks"), {}, "warning workers: Nothing runs", "Start"),
    (lambda home: home.changed(FILE, "DELETE FROM media"), {}, "wrong media: 1 of 1 files are missing", "backup"),
    (lambda home: home.changed(OLD_BACKUP, NO_BACKUP), {}, "warning backup: The last one is", "cron"),
]


def lines(found: list[Finding]) -> list[str]:
    return [f"{each.level} {each.check}: {each.said} -> {each.advice}" for each in found if each.level is not Level.OK]


def test_a_healthy_home_and_many_broken_ones(home: Home) -> None:
    assert [line for line in lines(home.examined(offline=False, full=True)) if " page: " not in line] == []
    [revision] = asyncio.run(fetch(home.database_url, "SELECT version_num FROM alembic_version"))
    for broken, environment, words, advice in SITUATIONS:
        with broken(home):
            found = home.examined(environment)
        home.run(REVISION.format(revision[0]))
        named = [line for line in lines(found) if words in line]
        assert named, (words, lines(found))
        assert advice in named[0], named
        assert worst(found) == (1 if words.startswith("warning") else 2), lines(found)
        assert "hidden" not in str(found)

    with home.changed(PROFILE, "DELETE FROM profiles"):
        assert any("warning providers: Attic" in line for line in lines(home.examined(offline=False)))
        assert not any("providers" in line for line in lines(home.examined()))


async def test_with_logins_it_names_what_private_targets_lack_and_reaches_the_demo(home: Home) -> None:
    async with Simulator() as demo:
        (home.home / "simulator.port").write_text(str(demo.options.port))
        await fetch(home.database_url, PROFILE)
        await fetch(home.database_url, PROFILE.replace("Attic", "Demo").replace(f"http://{NOWHERE}", demo.url))
        environment = {"AUTH": "required", "OLLAMA_URL": "http://127.0.0.1:7"}
        found = await asyncio.to_thread(home.examined, environment, offline=False)
    by_name = {each.said.partition(":")[0]: each for each in found if each.check == "providers"}
    assert f"PRIVATE_TARGETS: {NOWHERE}." in by_name["Attic"].said
    assert by_name["Attic"].advice == ADVICE["TARGET_NOT_ALLOWED"]
    assert (by_name["Demo"].level, "answers" in by_name["Demo"].said) == (Level.OK, True)


def test_for_a_script(tmp_path: Path) -> None:
    secret = "correct-horse-battery-staple"
    run = started(
        *("doctor", "--json"),
        SPOONFEEDER_HOME=str(tmp_path),
        PORT=str(own_port()),
        DATABASE_URL=f"postgresql://someone:{secret}@{NOWHERE}/db",
        REDIS_URL="none",
        OPENAI_API_KEY=secret,
    )

    told = json.loads(run.stdout)
    assert (run.returncode, told["status"]) == (2, "wrong")
    assert {"check", "level", "said", "advice"} == set(told["findings"][0])
    assert secret not in run.stdout + run.stderr
