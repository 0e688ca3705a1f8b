"""Keys are rotated while people read and save: no secret is ever unreadable, and none is lost (F42)."""

import asyncio
import re
import secrets
from contextlib import suppress
from itertools import cycle
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Text, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from spoonfeeder.core.crypto import Cipher
from spoonfeeder.core.key_ring import KeyFile, KeyRing
from spoonfeeder.core.settings import Settings
from spoonfeeder.db import DEFAULT_WORKSPACE_ID, Base
from spoonfeeder.db.backend import ComfyBackend
from spoonfeeder.db.canary import check_encryption_keys
from spoonfeeder.db.profile import Profile, ProfileKey, ProviderSetting
from spoonfeeder.db.sealed import CANARY, PROFILE_KEY, SECRETS
from spoonfeeder.features.system.rotation import OLDER_FORM, alone, rotate, rows_by_key
from spoonfeeder.runtime import Runtime, open_runtime
from tests.fixtures.application import Application, serve_api

OLD_KEY, NEW_KEY = secrets.token_hex(32), secrets.token_hex(32)
OLD, BOTH = f"old:{OLD_KEY}", f"new:{NEW_KEY},old:{OLD_KEY}"
ROWS = 240
KEYS: Any = select(Profile.id, Profile.api_key)
STAMPS: Any = select(Profile.id, Profile.updated_at)
NOT_SECRET = {
    "api_key_id",
    "key",
    "last_four",
    "password_hash",
    "storage_key",
    "thumbnail_key",
    "token_epoch",
    "token_sha256",
}


def with_keys(settings: Settings, keys: str) -> Settings:
    values = settings.model_dump(exclude={"encryption_key", "home"}, exclude_unset=True)
    return Settings(_env_file=None, SPOONFEEDER_HOME=settings.home, **values, encryption_keys=keys)


def cipher_of(keys: str) -> Cipher:
    return Cipher(KeyRing.parse(keys))


def of_the_node_version(key: str, secret: str) -> str:
    """`iv:tag:cipher` in hex, which is bound to nothing."""
    iv = secrets.token_bytes(16)
    sealed = AESGCM(bytes.fromhex(key)).encrypt(iv, secret.encode(), None)
    return f"{iv.hex()}:{sealed[-16:].hex()}:{sealed[:-16].hex()}"


async def save(runtime: Runtime, cipher: Cipher, row: Any, secret: str) -> None:
    """As a person does who enters another key."""
    async with runtime.sessions.begin() as session:
        sealed = cipher.encrypt(secret, PROFILE_KEY.binding_of(row))
        await session.execute(update(Profile).where(Profile.id == row.id).values(api_key=sealed))


async def opened(runtime: Runtime, row_id: UUID) -> str:
    async with runtime.sessions() as session:
        row = await session.get_one(Profile, row_id)
        return runtime.cipher.decrypt(row.api_key or "", PROFILE_KEY.binding_of(row))


async def seed(runtime: Runtime) -> dict[UUID, str]:
    """Profiles with keys written with the old key, each third in the older form; the secret by the row's id."""
    old, expected, rows = cipher_of(OLD), {}, []
    for number in range(ROWS):
        row = Profile(id=uuid4(), workspace_id=DEFAULT_WORKSPACE_ID, name="x", type="image", provider="comfyui")
        row.url, secret = f"http://10.0.0.{number % 250}:8188", secrets.token_urlsafe(24)
        row.api_key = old.encrypt(secret, PROFILE_KEY.binding_of(row))
        if number % 3 == 0:
            row.api_key = of_the_node_version(OLD_KEY, secret)
        expected[row.id] = secret
        rows.append(row)
    async with runtime.sessions.begin() as session:
        session.add_all(rows)
    await check_encryption_keys(runtime.engine, old)
    return expected


@pytest.fixture
async def runtime(settings: Settings) -> Any:
    async with open_runtime(with_keys(settings, BOTH)) as runtime:
        yield runtime


async def test_rotation_under_load_killed_halfway_five_times(runtime: Runtime) -> None:
    expected = await seed(runtime)
    assert await rows_by_key(runtime) == {"old": ROWS * 2 // 3 + 1, OLDER_FORM: ROWS // 3}
    ids, reads = sorted(expected), 0
    stops = [ids[int(share * ROWS)] for share in (0.1, 0.25, 0.4, 0.55, 0.7)]
    saved = [row_id for row_id in ids if row_id not in stops]  # those stay old until the rotation comes
    ended = asyncio.Event()

    async def read_all_the_time() -> None:
        nonlocal reads
        for row_id in cycle(ids):
            if ended.is_set():
                return
            await opened(runtime, row_id)
            reads += 1

    async def save_all_the_time() -> None:
        """Half of them in a process that does not know the new key yet."""
        for number in range(120):
            row_id, cipher = secrets.choice(saved), cipher_of(OLD) if number % 2 else runtime.cipher
            async with runtime.sessions() as session:
                row = await session.get_one(Profile, row_id)
            secret = secrets.token_urlsafe(24)
            await save(runtime, cipher, row, secret)
            expected[row_id] = secret

    async def kill_at(row_id: UUID) -> None:
        """Where it waits for a row that somebody holds."""
        async with runtime.sessions.begin() as holding:
            await holding.execute(select(Profile.id).where(Profile.id == row_id).with_for_update())
            task = asyncio.create_task(rotate(runtime, batch=5))
            while not await is_waited_for(holding):
                assert not task.done()
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    readers = [asyncio.create_task(read_all_the_time()) for _ in range(3)]
    writer = asyncio.create_task(save_all_the_time())
    for number, stop in enumerate(stops):
        await kill_at(stop)
        async with runtime.sessions() as session:
            keys = dict((await session.execute(KEYS)).all())
        rewritten = [runtime.cipher.is_current(keys[row_id]) for row_id in stops]
        assert rewritten == [True] * number + [False] * (len(stops) - number), "halfway"
    await writer
    rotation = await rotate(runtime)
    ended.set()
    await asyncio.gather(*readers)

    assert reads > 0
    assert rotation.unreadable == []
    assert await rows_by_key(runtime) == {"new": ROWS + 1}
    assert {row_id: await opened(runtime, row_id) for row_id in ids} == expected
    await check_encryption_keys(runtime.engine, cipher_of(f"new:{NEW_KEY}"))
    async with runtime.sessions() as session:
        told = await session.execute(text("SELECT action, details->>'key_id' FROM audit_log"))
        assert [tuple(row) for row in told] == [("key_rotated", "new")]


async def test_what_is_saved_meanwhile_is_never_undone(runtime: Runtime) -> None:
    """The person saves between the reading and the writing of the rotation."""
    expected = await seed(runtime)
    row_id = next(iter(expected))
    async with runtime.sessions() as session:
        row = await session.get_one(Profile, row_id)

    rows = select(Profile.__table__).where(Profile.id == row_id)
    async with runtime.sessions.begin() as holding:
        await holding.execute(rows.with_for_update())
        rotating = asyncio.create_task(rotate(runtime))
        while not await is_waited_for(holding):
            assert not rotating.done()
        sealed = cipher_of(OLD).encrypt("the newest", PROFILE_KEY.binding_of(row))
        await holding.execute(update(Profile).where(Profile.id == row_id).values(api_key=sealed))
    await rotating
    assert await opened(runtime, row_id) == "the newest"
    assert (await rows_by_key(runtime)).keys() == {"new"}


async def is_waited_for(holding: AsyncSession) -> bool:
    """Whether somebody waits for a row that this transaction holds."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    return bool(await holding.scalar(text(waiting)))


async def test_what_no_key_opens_is_named_and_left_alone(runtime: Runtime) -> None:
    await seed(runtime)
    lost, moved = cipher_of(f"lost:{secrets.token_hex(32)}"), cipher_of(OLD)
    async with runtime.sessions.begin() as session:
        rows = (await session.execute(select(Profile).limit(3))).scalars().all()
        rows[0].api_key = lost.encrypt("x", PROFILE_KEY.binding_of(rows[0]))
        rows[1].api_key = moved.encrypt("x", PROFILE_KEY.binding_of(rows[2]))
        rows[2].url = "no address"
        before = {row.id: row.api_key for row in rows}
        stamps = dict((await session.execute(STAMPS)).all())
    rotation = await rotate(runtime)
    assert sorted(rotation.unreadable) == sorted(("profiles", str(row_id)) for row_id in before)
    async with runtime.sessions() as session:
        after = dict((await session.execute(KEYS)).all())
        untouched = dict((await session.execute(STAMPS)).all())
    assert {row_id: after[row_id] for row_id in before} == before
    changed = {row_id for row_id in stamps if untouched[row_id] != stamps[row_id]}
    assert changed <= set(before), "a rotation is no change that people see"
    assert (await rotate(runtime)).rewritten == 0


async def test_two_rotations_do_not_run_at_once(runtime: Runtime) -> None:
    async with alone(runtime):
        with pytest.raises(Exception, match="by another command"):
            async with alone(runtime):
                pass
    async with alone(runtime):
        pass


async def test_a_running_api_follows_the_key_file(settings: Settings) -> None:
    """It reads what another process wrote with a key that is newer than itself, and soon writes with that key."""
    at_home = with_keys(settings, "").model_copy(update={"encryption_keys": None})
    secret = "sk-aaaaaaaaaaaaaaaaaaaaaaaa-1234"
    async with (
        serve_api(at_home) as url,
        open_runtime(at_home) as other,
        httpx2.AsyncClient(base_url=url, timeout=60) as http,
    ):
        app = Application(at_home, url, http, None)  # type: ignore[arg-type]
        body = {"name": "P", "provider": "comfyui", "url": "http://127.0.0.1:9", "api_key": secret}
        made = await app.json("POST", "/profiles", 201, json=body)
        keys = other.cipher.ring.keys
        assert isinstance(keys, KeyFile)
        new = keys.add()
        await rotate(other)
        assert (await rows_by_key(other)) == {new: 2}
        shown = await app.json("GET", f"/profiles/{made['id']}")
        assert shown["api_key"].endswith("1234")
        await app.json("POST", "/profiles", 201, json=body)
        assert (await rows_by_key(other)) == {new: 3}


def test_every_column_of_secrets_is_in_the_list() -> None:
    """By its name; what is no cipher text stands in NOT_SECRET."""
    suspicious = re.compile("key|secret|token|password|credential")
    found = {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if suspicious.search(column.name) and column.name not in NOT_SECRET and isinstance(column.type, Text)
    }
    assert found == {(place.table.name, place.column.name) for place in SECRETS}


async def test_every_place_is_rewritten_and_stays_readable(runtime: Runtime) -> None:
    old = cipher_of(OLD)
    await check_encryption_keys(runtime.engine, old)
    ids = {"id": uuid4(), "workspace_id": DEFAULT_WORKSPACE_ID}
    rows: dict[str, Any] = {
        "profiles": Profile(**ids, name="x", type="text", provider="openai", url=None),
        "profile_keys": ProfileKey(**ids, profile_id=ids["id"], name="x", url="https://api.example.com/v1"),
        "provider_settings": ProviderSetting(**ids, provider="openai", endpoint_url="https://api.example.com/v1"),
        "comfyui_backends": ComfyBackend(**ids, profile_id=ids["id"], name="x", url="http://10.0.0.1:8188"),
    }
    for place in SECRETS:
        row = rows[place.table.name]
        row.api_key = old.encrypt("secret", place.binding_of(row))
        async with runtime.sessions.begin() as session:
            session.add(row)
    await rotate(runtime)
    for place in (*SECRETS, CANARY):
        async with runtime.sessions() as session:
            found = (await session.execute(select(place.table).where(place.only))).one()
        stored = found._mapping[place.column]
        assert runtime.cipher.is_current(stored)
        assert runtime.cipher.decrypt(stored, place.binding_of(found)) in {"secret", "spoonfeeder"}
