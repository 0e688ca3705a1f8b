import asyncio
import os
import shlex
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import yaml
from redis.asyncio import Redis

from spoonfeeder.core.settings import SettingsError
from spoonfeeder.embedded.redis import EmbeddedRedis
from spoonfeeder.realtime.breaker import Breaker
from spoonfeeder.realtime.connection import connect
from spoonfeeder.realtime.counters import MemoryCounters, RedisCounters
from spoonfeeder.realtime.rate_limits import PREFIX, FixedWindow, RateLimits, parse_limit
from tests.fixtures.clock import Clock
from tests.waiting import until, until_async

COMPOSE = yaml.safe_load((Path(__file__).parents[2] / "docker-compose.yml").read_text())
THREE = parse_limit("LIMIT_THREE", "3/hour")
PATIENT_SECONDS = 20.0


@asynccontextmanager
async def opened(redis_url: str, breaker: Breaker | None = None) -> AsyncIterator[RateLimits]:
    limits = RateLimits(redis_url, breaker or Breaker(deadline_seconds=PATIENT_SECONDS))
    yield limits
    await limits.close()


@pytest.fixture
async def limits(redis_url: str) -> AsyncIterator[RateLimits]:
    async with opened(redis_url) as made:
        yield made


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as made:
        yield made


async def allowed(limits: RateLimits, *key: str, tries: int) -> int:
    used = await asyncio.gather(*(limits.hit(THREE, *key) for _ in range(tries)))
    return sum(usage.allowed for usage in used)


async def _is_empty(client: Redis) -> bool:
    return bool(await client.dbsize() == 0)


async def test_each_request_is_told_what_is_left(limits: RateLimits) -> None:
    used = [await limits.hit(THREE, "ann") for _ in range(5)]

    assert [usage.remaining for usage in used] == [2, 1, 0, 0, 0]
    assert [usage.allowed for usage in used] == [True, True, True, False, False]
    assert all(usage.limit == 3 and 3590 <= usage.reset_seconds <= 3600 for usage in used)


async def test_of_200_at_once_exactly_as_many_as_the_limit_pass_in_all_processes_together(redis_url: str) -> None:
    fifty = parse_limit("LIMIT_FIFTY", "50/hour")
    async with opened(redis_url) as one, opened(redis_url) as other:
        used = await asyncio.gather(*(limits.hit(fifty, "ann") for _ in range(100) for limits in (one, other)))

    assert sum(usage.allowed for usage in used) == 50
    assert sorted(usage.remaining for usage in used if usage.allowed) == list(range(50))


async def test_keys_and_limits_are_counted_apart(limits: RateLimits) -> None:
    assert await allowed(limits, "ann", "10.0.0.1", tries=4) == 3
    assert await allowed(limits, "ann", "10.0.0.2", tries=1) == 1
    assert await allowed(limits, "ann 10.0.0.1", tries=1) == 1
    assert await allowed(limits, "", "ann", "10.0.0.1", tries=1) == 1
    assert (await limits.hit(parse_limit("LIMIT_OTHER", "3/hour"), "ann", "10.0.0.1")).allowed


async def test_refused_requests_do_not_put_off_the_end_of_the_window(redis_url: str, client: Redis) -> None:
    async with opened(redis_url) as one, opened(redis_url) as other, opened(redis_url) as third:
        await allowed(one, "ann", tries=4)
        [key] = await client.keys()
        await client.expire(key, 20)

        assert (await other.hit(THREE, "ann")).reset_seconds <= 20
        await client.pexpire(key, 1)
        await until_async(lambda: _is_empty(client))
        assert await allowed(third, "ann", tries=1) == 1
        assert (await third.hit(THREE, "ann")).reset_seconds > 20


async def test_what_a_process_gave_in_a_window_does_not_count_in_the_next(
    redis_url: str, client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    for module in ("rate_limits", "counters"):
        monkeypatch.setattr(f"spoonfeeder.realtime.{module}.time", clock)
    async with opened(redis_url) as one, opened(redis_url) as other:
        await allowed(other, "ann", tries=1)
        [key] = await client.keys()
        await client.expire(key, 2000)
        assert await allowed(one, "ann", tries=4) == 2

        await client.delete(key)
        clock.now += 2001
        assert await allowed(one, "ann", tries=4) == 3


async def test_a_process_that_knows_a_window_is_used_up_asks_no_more(limits: RateLimits, client: Redis) -> None:
    await allowed(limits, "ann", tries=4)
    [key] = await client.keys()
    counted = await client.get(key)

    assert await allowed(limits, "ann", tries=100) == 0
    assert await client.get(key) == counted


async def test_of_a_large_limit_each_process_takes_parts_and_together_they_give_no_more(redis_url: str) -> None:
    limit = parse_limit("LIMIT_GENERAL", "600/hour")
    async with opened(redis_url) as one, opened(redis_url) as other, connect(redis_url) as client:
        first = await one.hit(limit, "ann")
        assert (first.allowed, first.remaining) == (True, 599)
        [key] = await client.keys()
        assert int(await client.get(key) or 0) == 12
        given = [0, 0]
        for _ in range(700):
            for n, process in enumerate((one, other)):
                given[n] += (await process.hit(limit, "ann")).allowed
    assert sum(given) == 599
    assert min(given) > 250


async def test_what_is_kept_has_a_fixed_length_tells_no_address_and_ends(limits: RateLimits, client: Redis) -> None:
    for email in ("ann@example.org", "b" * 100_000, "\ud800\x00\n/*"):
        await allowed(limits, email, tries=20)

    keys = [key.decode() for key in await client.keys()]
    assert len(keys) == 3
    assert all(key.startswith(PREFIX) and len(key) < 100 and "ann" not in key for key in keys)
    assert all([0 < await client.ttl(key) <= 3600 for key in keys])


async def test_a_counter_that_something_left_without_an_end_gets_one(limits: RateLimits, client: Redis) -> None:
    await allowed(limits, "ann", tries=1)
    [key] = await client.keys()
    await client.persist(key)

    assert (await limits.hit(THREE, "ann")).reset_seconds > 3590
    assert await client.ttl(key) > 3590


async def test_the_rights_that_the_compose_file_gives_are_enough(redis: EmbeddedRedis) -> None:
    words = shlex.split(COMPOSE["services"]["redis"]["command"][-1].replace("$$REDIS_PASSWORD", "secret"))
    rights = words[words.index("spoonfeeder") + 1 :]
    async with connect(redis.url) as owner:
        await owner.execute_command("ACL", "SETUSER", "spoonfeeder", *rights)  # type: ignore[no-untyped-call]
        url = redis.url.replace("unix://", "unix://spoonfeeder@") + "&password=secret"
        async with opened(url) as limits:
            assert await allowed(limits, "ann", tries=5) == 3
        assert await owner.dbsize() == 1
        async with connect(url) as application:
            counters = RedisCounters(application, PREFIX)
            assert await counters.reset() == 1
            assert await counters.check()


async def test_while_redis_is_away_each_process_counts_and_afterwards_all_together_again(redis: EmbeddedRedis) -> None:
    breaker = Breaker(deadline_seconds=PATIENT_SECONDS, open_seconds=0.05)
    async with opened(redis.url, breaker) as limits, connect(redis.url) as client:
        assert await allowed(limits, "ann", tries=1) == 1
        redis.stop()
        assert await allowed(limits, "ann", tries=100) == 2, "what was used of the limit stays used"
        assert await allowed(limits, "bob", tries=1) == 1

        redis.start()

        async def counted() -> object:
            await limits.hit(THREE, "ann")
            return await client.dbsize()

        await until_async(counted)
        assert await allowed(limits, "cid", tries=100) == 3


async def test_what_was_used_while_redis_was_away_costs_nothing_of_its_window(redis: EmbeddedRedis) -> None:
    breaker = Breaker(deadline_seconds=PATIENT_SECONDS, open_seconds=0.05)
    async with opened(redis.url, breaker) as limits, connect(redis.url) as client:
        redis.stop()
        assert await allowed(limits, "ann", tries=4) == 3

        redis.start()

        async def counted() -> object:
            assert not (await limits.hit(THREE, "ann")).allowed
            return await client.keys()

        await until_async(counted)
        assert await allowed(limits, "ann", tries=10) == 0
        [key] = await client.keys()
        assert await client.get(key) == b"1"


async def test_a_paused_redis_holds_up_one_request_at_a_time(redis: EmbeddedRedis) -> None:
    breaker = Breaker(deadline_seconds=0.8, open_seconds=0)
    async with opened(redis.url, breaker) as limits:
        os.kill(redis.pid, signal.SIGSTOP)
        try:
            assert await allowed(limits, "ann", tries=100) == 3
            later = [asyncio.create_task(limits.hit(THREE, "bob")) for _ in range(100)]
            await until(lambda: sum(task.done() for task in later) >= 99)
            assert sum(task.done() for task in later) == 99
            assert [usage.allowed for usage in await asyncio.gather(*later)].count(True) == 3
        finally:
            os.kill(redis.pid, signal.SIGCONT)
        breaker._deadline_seconds = PATIENT_SECONDS
        await limits.hit(THREE, "the one that finds it again")
        assert await allowed(limits, "cid", tries=100) == 3


async def test_a_flood_of_keys_does_not_fill_the_memory() -> None:
    counters = MemoryCounters(keys=100)
    for n in range(1_000):
        assert await counters.incr(f"key {n}", 3600) == 1

    assert await counters.incr("key 999", 3600) == 2
    assert await counters.incr("key 0", 3600) == 1
    assert await counters.reset() == 100


async def test_a_window_in_memory_ends() -> None:
    counters = MemoryCounters()
    for _ in range(2):
        assert await counters.incr("over at once", 0) == 1
    assert await counters.get("over at once") == 0
    assert await counters.incr("open", 3600) == 1


@pytest.mark.parametrize("kind", ["memory", "redis"])
async def test_the_strategy_of_the_library_works_on_both(kind: str, client: Redis) -> None:
    window = FixedWindow(MemoryCounters() if kind == "memory" else RedisCounters(client, PREFIX))
    assert [await window.hit(THREE, "ann", cost=2) for _ in range(2)] == [True, False]
    assert not await window.test(THREE, "ann")
    assert (await window.get_window_stats(THREE, "ann")).remaining == 0
    await window.clear(THREE, "ann")
    assert await window.test(THREE, "ann", cost=3)


@pytest.mark.parametrize(
    "text",
    ["", "often", "5", "5/fortnight", "0/minute", "-1/minute", "5/minute; 6/hour", "1/99999999999 year", "5.5/hour"],
)
def test_a_limit_that_cannot_be_read_is_named(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^LIMIT_LOGIN must .+\.$"):
        parse_limit("LIMIT_LOGIN", text)


@pytest.mark.parametrize(("text", "amount", "seconds"), [("600/minute", 600, 60), ("20 per 2 hours", 20, 7200)])
def test_a_limit_is_a_number_and_a_time(text: str, amount: int, seconds: int) -> None:
    limit = parse_limit("LIMIT_GENERAL", text)

    assert (limit.amount, limit.get_expiry()) == (amount, seconds)
