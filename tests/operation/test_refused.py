"""Backups and restores that must not be, or did not come to their end."""

import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

from spoonfeeder.core.key_ring import KEY_FILE
from spoonfeeder.core.settings import Settings
from spoonfeeder.db.canary import check_encryption_keys
from spoonfeeder.db.migrate import LOCK_KEY, check, downgrade
from spoonfeeder.embedded.errors import StartError
from spoonfeeder.embedded.folders import require_whole
from spoonfeeder.operation.archive import ArchiveWriter, members
from spoonfeeder.operation.backup import Wish
from spoonfeeder.operation.draft import drafted, place_of
from spoonfeeder.operation.errors import OperationRefused
from spoonfeeder.operation.manifest import Part
from spoonfeeder.operation.programs import programs_for
from spoonfeeder.runtime import open_runtime
from tests.operation.installation import EVERYTHING, fetch, home_settings, restored, rows_of, saved
from tests.waiting import until_async

MEDIA_ROW = """
    INSERT INTO media (workspace_id, kind, position, filename, media_type, bytes, sha256, storage_key)
    SELECT id, 'upload', 0, 'a.png', 'image/png', 4, '{}', '{}' FROM workspaces
"""
CONTENT = b"kept"
SHA256 = "d4d04ebb7a2e0b1a8a4d6e3e2b4e9b6a1f0c0c8a3f3a3bb2b1b1b1b1b1b1b1b1"
"""Of something else."""


@pytest.fixture
async def here(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    """An installation with a secret's canary, one file as it was made and one that is gone."""
    settings = home_settings(database_url, redis_url, tmp_path / "here")
    async with open_runtime(settings) as runtime:
        await check_encryption_keys(runtime.engine, runtime.cipher)
    (settings.media_path / "aa").mkdir(parents=True)
    (settings.media_path / "aa" / "aa11.png").write_bytes(CONTENT)
    for key in ("aa/aa11.png", "bb/bb22.png"):
        await fetch(database_url, MEDIA_ROW.format(SHA256, key))
    return settings


@pytest.fixture
def there(empty_database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return home_settings(empty_database_url, redis_url, tmp_path / "there")


async def refusal(made: Awaitable[object]) -> str:
    with pytest.raises(OperationRefused) as caught:
        await made
    return str(caught.value)


def everything_at(settings: Settings) -> set[str]:
    return {str(path.relative_to(settings.home)) for path in settings.home.rglob("*")} - {"lock"}


async def tables_at(settings: Settings) -> int:
    return len(await rows_of(settings.postgres_url() or ""))


def altered(archive: Path, **changed: bytes) -> Path:
    """A copy with other contents by the first part of a member's name; its sums are right."""
    copy = archive.with_name(f"copy-{secrets.token_hex(4)}.tar")
    with archive.open("rb") as source, drafted(copy) as target:
        writer = ArchiveWriter(target)
        for member in members(source):
            writer.add(member.name, [changed.get(member.name.partition(".")[0], b"") or member.content()])
        writer.close()
    return copy


async def test_what_is_damaged_or_strange_is_refused_and_nothing_changes(
    here: Settings, there: Settings, tmp_path: Path
) -> None:
    archive = tmp_path / "a.tar"
    done = await saved(here, archive)
    assert (done.files, len(done.missing), len(done.damaged)) == (1, 1, 1)
    whole, broken = archive.read_bytes(), tmp_path / "broken.tar"
    before = everything_at(there)

    middle = whole.index(b"PGDMP") + 4000
    for content, words in (
        (whole[:-1024], "too early"),
        (whole[:middle], "too early"),
        (b"", "not a backup"),
        (b"PK\x03\x04" + whole, "not a backup"),
        (whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :], "damaged"),
        (whole.replace(b"media/aa/aa11.png", b"media/aa/../a.png"), "damaged"),
        (whole.replace(b"media/aa/aa11.png", b"/etc/aa/../../a.p"), "damaged"),
        (whole.replace(b'"schema_revision": "00', b'"schema_revision": "99'), "newer version"),
        (whole.replace(b'"format": 1', b'"format": 2'), "newer version"),
    ):
        broken.write_bytes(content)
        assert words in await refusal(restored(there, broken)), words
    assert (everything_at(there), await tables_at(there)) == (before, 0)

    plain = tmp_path / "notes.txt"
    plain.write_text("mine")
    with pytest.raises(OperationRefused, match="is no backup"):
        place_of(plain)
    assert place_of(archive) == archive


async def test_without_the_right_keys_there_is_no_restore(here: Settings, there: Settings, tmp_path: Path) -> None:
    archive, kept_apart = tmp_path / "a.tar", tmp_path / "b.tar"
    await asyncio.to_thread(downgrade, here.postgres_url() or "", "-1")
    await saved(here, archive)
    await saved(here, kept_apart, Wish(media=Part.INCLUDED, keys=Part.LEFT_OUT))
    ring = there.home / KEY_FILE
    before = everything_at(there)

    assert f"holds no keys, and there is none at {ring}" in await refusal(restored(there, kept_apart))
    with_other_keys = altered(archive, encryption=secrets.token_hex(32).encode())
    assert "The keys in this backup do not open" in await refusal(restored(there, with_other_keys))
    there.encryption_key = SecretStr(secrets.token_hex(32))
    assert "or unset it to use the one that is in the backup" in await refusal(restored(there, archive))
    there.encryption_key = None
    assert (everything_at(there), await tables_at(there)) == (before, 0)
    ring.parent.mkdir()
    ring.write_text(secrets.token_hex(32))
    assert f"{ring} does not open its secrets" in await refusal(restored(there, kept_apart))

    ring.write_text((here.home / KEY_FILE).read_text())
    await restored(there, kept_apart)
    assert (there.media_path / "aa/aa11.png").read_bytes() == CONTENT
    await asyncio.to_thread(check, there.postgres_url() or "")  # of an older version, and brought to this one
    assert "is in use" in await refusal(restored(there, archive))


def test_a_server_that_the_bundled_programs_do_not_suit() -> None:
    url = "postgresql+asyncpg://someone:hidden@db.example/sf"
    programs = programs_for(url, 16)
    named = {name: programs.environment[name] for name in ("PGHOST", "PGUSER", "PGPASSWORD", "PGDATABASE")}
    assert named == {"PGHOST": "db.example", "PGUSER": "someone", "PGPASSWORD": "hidden", "PGDATABASE": "sf"}
    for other, major in ((url, 99), (f"{url}?ssl=require", 98)):
        with pytest.raises(OperationRefused, match=f"install postgresql-client-{major}"):
            programs_for(other, major)


@asynccontextmanager
async def held_up(settings: Settings, statement: str, *command: str) -> AsyncIterator[None]:
    """Runs a command until it waits for what `statement` holds in its database, and then kills it."""
    url = settings.postgres_url() or ""
    holder = await asyncpg.connect(url.replace("+asyncpg", ""))
    environment = {"PATH": os.environ["PATH"], "SPOONFEEDER_HOME": str(settings.home), "DATABASE_URL": url}
    try:
        await holder.execute(f"BEGIN; {statement}")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "spoonfeeder", *command, "--quiet"), env=environment, cwd="/"
        )
        waiting = "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database WHERE NOT granted"
        try:
            await until_async(
                lambda: holder.fetchval(f"{waiting} AND datname = current_database()"), within_seconds=120
            )
        finally:
            process.kill()
            await process.wait()
        yield
    finally:
        await holder.close()


async def test_killed_in_the_middle(here: Settings, there: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    async with held_up(here, "LOCK TABLE media", "backup", str(folder)):
        left = [path.name for path in folder.iterdir()]
        assert [name.endswith(".incomplete") for name in left] == [True]
    archive = folder / "a.tar"
    await saved(here, archive, EVERYTHING)
    assert [path.name for path in folder.iterdir()] == ["a.tar"]

    lock = f"SELECT pg_advisory_xact_lock({LOCK_KEY})"
    async with held_up(there, lock, "restore", str(archive)):
        with pytest.raises(StartError, match="was interrupted"):
            require_whole(there.home)
    assert await tables_at(there) == 0
    await restored(there, archive)
    require_whole(there.home)
    assert await fetch(there.postgres_url() or "", "SELECT count(*) FROM media") == [(2,)]
