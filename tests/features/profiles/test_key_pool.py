"""Keys are taken in turn by many at once; one that rests, was refused, or cannot be read is passed over."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text, update

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID, LOCAL_OWNER
from spoonfeeder.core.crypto import KeyUnreadable
from spoonfeeder.core.settings import Settings
from spoonfeeder.db.profile import Profile, ProfileKey
from spoonfeeder.db.sealed import POOL_KEY, PROFILE_KEY
from spoonfeeder.features.profiles import key_pool
from spoonfeeder.features.profiles.key_pool import KeysDisabled, Lease, NoKeyLeft
from spoonfeeder.runtime import Runtime, open_runtime
from spoonfeeder.work import open_work

URL = "https://127.0.0.1:9/v1"
MINE = {"workspace_id": DEFAULT_WORKSPACE_ID}
PATIENT_SECONDS = 15.0
"""Who waits for a lock that nobody gives back is told so after 5 s."""


class Pool:
    """A profile with the own key `own`, and in its pool `key-0`, `key-1` …"""

    def __init__(self, runtime: Runtime, profile: Profile) -> None:
        self.runtime = runtime
        self.profile = profile

    async def take(self) -> Lease:
        async with open_work(self.runtime, LOCAL_OWNER) as work:
            return await key_pool.take(work, self.profile)

    async def rows(self) -> list[ProfileKey]:
        async with self.runtime.sessions() as session:
            return list(await session.scalars(select(ProfileKey).order_by(ProfileKey.name)))

    async def set(self, name: str, **values: Any) -> None:
        async with self.runtime.sessions.begin() as session:
            await session.execute(update(ProfileKey).where(ProfileKey.name == name).values(values))

    async def note(self, how: Any, name: str, *rest: Any) -> None:
        key_id = next(row.id for row in await self.rows() if row.name == name)
        async with open_work(self.runtime, LOCAL_OWNER) as work:
            await how(work, key_id, *rest)


async def make(runtime: Runtime, count: int, *, own: str | None = "own") -> Pool:
    cipher = runtime.cipher
    profile = Profile(id=uuid4(), name="P", type="text", provider="openai", url=URL, **MINE)
    profile.api_key = cipher.encrypt(own, PROFILE_KEY.binding_of(profile)) if own else None
    rows = [ProfileKey(id=uuid4(), profile_id=profile.id, name=f"key-{n}", url=URL, **MINE) for n in range(count)]
    for row in rows:
        row.api_key = cipher.encrypt(row.name, POOL_KEY.binding_of(row))
    if own and count:
        rows.append(ProfileKey(id=uuid4(), profile_id=profile.id, name="own", **MINE))
    async with runtime.sessions.begin() as session:
        session.add(profile)
        await session.flush()
        session.add_all(rows)
    return Pool(runtime, profile)


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    async with open_runtime(settings) as opened:
        yield opened


async def test_without_a_pool_it_is_the_own_key_and_nothing_is_locked(runtime: Runtime) -> None:
    pool = await make(runtime, 0)
    async with open_work(runtime, LOCAL_OWNER) as work:
        assert await key_pool.take(work, pool.profile) == Lease(None, "own")
        mine = "SELECT mode FROM pg_locks JOIN pg_class ON pg_class.oid = relation WHERE relname = 'profile_keys'"
        modes = set(await work.session.scalars(text(f"{mine} AND pid = pg_backend_pid()")))
        assert await work.session.scalar(text("SELECT pg_current_xact_id_if_assigned()::text")) is None
    assert modes <= {"AccessShareLock", "RowShareLock", "RowExclusiveLock"}
    assert await (await make(runtime, 0, own=None)).take() == Lease(None, None)
    pool.profile.url = "https://127.0.0.1:10/v1"
    with pytest.raises(KeyUnreadable):
        await pool.take()


async def test_each_in_turn_and_counted(runtime: Runtime) -> None:
    pool = await make(runtime, 2)
    taken = [await pool.take() for _ in range(9)]
    assert sorted(lease.api_key or "" for lease in taken[:3]) == ["key-0", "key-1", "own"]
    assert taken[:3] == taken[3:6] == taken[6:]
    rows = await pool.rows()
    assert [(row.request_count, row.error_count) for row in rows] == [(3, 0)] * 3
    assert all(row.last_used_at is not None for row in rows)
    assert "key-" not in repr(taken)


async def test_who_finds_a_key_locked_takes_another_and_waits_only_where_there_is_none(runtime: Runtime) -> None:
    pool = await make(runtime, 2, own=None)
    async with open_work(runtime, LOCAL_OWNER) as holding:
        first = await key_pool.take(holding, pool.profile)
        async with open_work(runtime, LOCAL_OWNER) as other:
            second = await key_pool.take(other, pool.profile)
        assert {first.api_key, second.api_key} == {"key-0", "key-1"}
        for _ in range(3):
            assert await pool.take() == second
        await pool.note(key_pool.disable, second.api_key or "", "PROVIDER_UNAUTHORIZED")
        waiting = asyncio.create_task(pool.take())
        await until_locked(runtime)
        assert not waiting.done()
    assert await waiting == first


async def until_locked(runtime: Runtime) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with asyncio.timeout(PATIENT_SECONDS):
        while True:
            async with runtime.sessions() as session:
                if await session.scalar(text(waiting)):
                    return


async def test_many_at_once_use_two_keys_evenly(runtime: Runtime) -> None:
    pool = await make(runtime, 2, own=None)
    taken = Counter(lease.api_key for lease in await asyncio.gather(*(pool.take() for _ in range(200))))
    assert taken.total() == 200
    assert min(taken["key-0"], taken["key-1"]) >= 40, taken
    assert sorted(row.request_count for row in await pool.rows()) == sorted(taken.values())


async def test_two_hundred_at_once_take_one_key_in_turn(runtime: Runtime) -> None:
    pool = await make(runtime, 1, own=None)
    taken = await asyncio.gather(*(pool.take() for _ in range(200)))
    assert {lease.api_key for lease in taken} == {"key-0"}
    assert [row.request_count for row in await pool.rows()] == [200]


async def test_a_resting_key_is_passed_over_until_its_time_has_come(runtime: Runtime) -> None:
    pool = await make(runtime, 2, own=None)
    await pool.note(key_pool.rest, "key-0", 400.0, "PROVIDER_RATE_LIMITED")
    assert {(await pool.take()).api_key for _ in range(4)} == {"key-1"}
    await pool.note(key_pool.rest, "key-1", 200.2, "PROVIDER_RATE_LIMITED")
    with pytest.raises(NoKeyLeft) as refused:
        await pool.take()
    assert (refused.value.status, refused.value.code) == (429, "PROFILE_KEYS_EXHAUSTED")
    assert 100 <= int(refused.value.headers["Retry-After"]) <= 201
    row = (await pool.rows())[0]
    assert (row.error_count, row.last_error_code) == (1, "PROVIDER_RATE_LIMITED")
    await pool.set("key-0", rests_until=text("now() - interval '1 second'"))
    assert (await pool.take()).api_key == "key-0"


async def test_a_rest_is_never_shortened_and_ends_within_the_hour(runtime: Runtime) -> None:
    pool = await make(runtime, 1, own=None)
    ends = []
    for seconds in (1e12, 5.0, -3.0):
        await pool.note(key_pool.rest, "key-0", seconds, "PROVIDER_RATE_LIMITED")
        ends.append((await pool.rows())[0].rests_until)
    assert ends[0] == ends[1] == ends[2]
    with pytest.raises(NoKeyLeft) as refused:
        await pool.take()
    assert 3500 <= int(refused.value.headers["Retry-After"]) <= 3600


async def test_a_refused_key_is_used_no_more(runtime: Runtime) -> None:
    pool = await make(runtime, 1)
    await pool.note(key_pool.disable, "key-0", "PROVIDER_UNAUTHORIZED")
    assert {(await pool.take()).api_key for _ in range(3)} == {"own"}
    first = (await pool.rows())[0].disabled_at
    await pool.note(key_pool.disable, "key-0", "PROVIDER_UNAUTHORIZED")
    assert ((await pool.rows())[0].disabled_at, (await pool.rows())[0].error_count) == (first, 2)
    await pool.note(key_pool.rest, "own", 30.0, "PROVIDER_RATE_LIMITED")
    with pytest.raises(NoKeyLeft, match="pause"):
        await pool.take()
    await pool.note(key_pool.disable, "own", "PROVIDER_UNAUTHORIZED")
    with pytest.raises(KeysDisabled) as refused:
        await pool.take()
    assert (refused.value.status, refused.value.code) == (502, "PROFILE_KEYS_DISABLED")
    assert "Retry-After" not in refused.value.headers


async def test_an_error_is_counted_and_the_key_stays_in_use(runtime: Runtime) -> None:
    pool = await make(runtime, 1, own=None)
    await pool.note(key_pool.count_error, "key-0", "PROVIDER_OVERLOADED")
    row = (await pool.rows())[0]
    assert (row.error_count, row.last_error_code, row.rests_until) == (1, "PROVIDER_OVERLOADED", None)
    assert (await pool.take()).api_key == "key-0"
    async with open_work(runtime, LOCAL_OWNER) as work:
        await key_pool.disable(work, uuid4(), "PROVIDER_UNAUTHORIZED")


async def test_what_cannot_be_read_is_switched_off_and_passed_over(runtime: Runtime) -> None:
    """A cipher text of another row, and a key whose profile has another server now."""
    pool = await make(runtime, 3, own=None)
    rows = await pool.rows()
    await pool.set("key-1", api_key=rows[0].api_key)
    assert {(await pool.take()).api_key for _ in range(4)} == {"key-0", "key-2"}
    broken = (await pool.rows())[1]
    assert (broken.last_error_code, broken.disabled_at is None) == ("KEY_UNREADABLE", False)
    pool.profile.url = "https://127.0.0.1:10/v1"
    with pytest.raises(KeysDisabled):
        await pool.take()


async def test_another_workspaces_pool_is_as_if_there_were_none(runtime: Runtime) -> None:
    pool = await make(runtime, 1)
    async with runtime.sessions.begin() as session:
        await session.execute(text("INSERT INTO workspaces (id, name) VALUES (:id, 'Other')"), {"id": UUID(int=7)})
        await session.execute(update(ProfileKey).values(workspace_id=UUID(int=7)))
    assert await pool.take() == Lease(None, "own")
