"""Several keys of one profile: 429 makes one rest, 401 switches it off, and the next one is tried at once."""

import asyncio
from typing import Any

import pytest

from spoonfeeder.features.profiles.key_pool import KeysDisabled, NoKeyLeft
from spoonfeeder.providers.errors import ProviderError, RateLimited, Unauthorized
from tests.features.calls.conftest import OWN_KEY, Caller, Clock
from tests.fixtures.openai_replies import error, stream, transcript
from tests.fixtures.scripted import Reply, Scripted, scripted

pytestmark = pytest.mark.asyncio(loop_scope="module")
FIRST, SECOND, THIRD = "sk-first-key-00000000", "sk-second-key-0000000", "sk-third-key-00000000"


def keys_of(server: Scripted) -> list[str]:
    return [asked.headers["authorization"].removeprefix("Bearer ") for asked in server.asked]


async def states(caller: Caller) -> list[tuple[Any, ...]]:
    """Requests, errors, seconds of rest, whether it is off, and the last code, by the name of the key."""
    rows = await caller.rows(
        "SELECT request_count, error_count, round(extract(epoch FROM rests_until - clock_timestamp()))::int AS rest,"
        " disabled_at IS NOT NULL AS off, last_error_code FROM profile_keys WHERE profile_id = :id ORDER BY name",
        id=caller.profile_id,
    )
    return [tuple(row.values()) for row in rows]


async def test_keys_are_used_in_turn(caller: Caller) -> None:
    async with scripted(stream()) as server:
        await caller.profile(server.url)
        ids = await caller.pool(server.url, FIRST, SECOND)
        for number in range(3):
            answering = await caller.answering()
            await answering.text()
            assert (await caller.row(answering.call))["key_id"] == ids[number % 2]

        assert keys_of(server) == [FIRST, SECOND, FIRST]
        assert OWN_KEY not in keys_of(server)
        assert await states(caller) == [(2, 0, None, False, None), (1, 0, None, False, None)]


@pytest.mark.parametrize(("told", "rest"), [({"retry_after": "300"}, 300), ({}, 60)])
async def test_a_key_that_is_limited_rests_and_the_next_one_asks_at_once(
    caller: Caller, clock: Clock, told: dict[str, str], rest: int
) -> None:
    async with scripted(error(429, **told), stream()) as server:
        await caller.profile(server.url)
        ids = await caller.pool(server.url, FIRST, SECOND)
        answering = await caller.answering()

        assert await answering.text() == "Hello"

        assert (keys_of(server), clock.slept) == ([FIRST, SECOND], [])
        [first, second] = await states(caller)
        assert first == (1, 1, pytest.approx(rest, abs=25), False, "PROVIDER_RATE_LIMITED")
        assert second == (1, 0, None, False, None)
        row = await caller.row(answering.call)
        assert (row["status"], row["attempts"], row["key_id"]) == ("complete", 2, ids[1])

        await (await caller.answering()).text()
        assert keys_of(server)[-1] == SECOND, "the first one rests"


async def test_a_refused_key_is_switched_off(caller: Caller, clock: Clock) -> None:
    async with scripted(error(401), stream()) as server:
        await caller.profile(server.url)
        await caller.pool(server.url, FIRST, SECOND)

        assert await (await caller.answering()).text() == "Hello"

        assert (keys_of(server), clock.slept) == ([FIRST, SECOND], [])
        assert [state[3] for state in await states(caller)] == [True, False]


async def test_changing_the_key_is_no_second_try(caller: Caller, clock: Clock) -> None:
    """Four keys that are limited, then two failures of the provider itself: three tries with the last key."""
    limited = [error(429)] * 3
    async with scripted(*limited, error(503), error(503), stream()) as server:
        await caller.profile(server.url)
        await caller.pool(server.url, FIRST, SECOND, THIRD, "sk-fourth-key-0000000")

        assert await (await caller.answering()).text() == "Hello"

        assert len(server.asked) == 6
        assert clock.slept == [0.5, 1.0]


@pytest.mark.parametrize(
    ("status", "seen", "afterwards"), [(429, RateLimited, NoKeyLeft), (401, Unauthorized, KeysDisabled)]
)
async def test_when_no_key_is_left(
    caller: Caller, status: int, seen: type[ProviderError], afterwards: type[NoKeyLeft]
) -> None:
    async with scripted(error(status, retry_after="600")) as server:
        await caller.profile(server.url)
        await caller.pool(server.url, FIRST, SECOND)
        with pytest.raises(seen):
            await (await caller.answering()).text()
        assert keys_of(server) == [FIRST, SECOND]

        with pytest.raises(afterwards):
            await caller.begin()
        assert len(server.asked) == 2
        rows = await caller.rows("SELECT count(*) AS n FROM usage_calls WHERE profile_id = :id", id=caller.profile_id)
        assert rows == [{"n": 1}]


async def test_other_failures_are_counted(caller: Caller) -> None:
    async with scripted(error(503), stream(*transcript()[:2], is_whole=False)) as server:
        await caller.profile(server.url)
        await caller.pool(server.url, FIRST)
        with pytest.raises(ProviderError):
            await (await caller.answering()).text()

        assert await states(caller) == [(1, 2, None, False, "PROVIDER_STREAM_TRUNCATED")]


async def test_no_key_is_ever_in_an_error(caller: Caller) -> None:
    told = error(400, message=f"Key {FIRST} is not good", param=FIRST)
    replies: list[Reply] = [told]
    async with scripted(*replies) as server:
        await caller.profile(server.url)
        await caller.pool(server.url, FIRST)
        with pytest.raises(ProviderError) as refused:
            await (await caller.answering()).text()

    assert FIRST not in str(refused.value)
    assert FIRST not in str(refused.value.envelope())


async def test_a_key_that_is_removed_meanwhile(caller: Caller) -> None:
    async with scripted(stream()) as server:
        await caller.profile(server.url)
        await caller.pool(server.url, FIRST)
        answering = await caller.answering()
        await caller.rows("DELETE FROM profile_keys WHERE profile_id = :id", id=caller.profile_id)

        assert await answering.text() == "Hello"

    row = await caller.row(answering.call)
    assert (row["status"], row["key_id"], row["input_tokens"]) == ("complete", None, 12)


async def test_keys_that_are_limited_at_the_same_moment_all_rest(caller: Caller) -> None:
    """Who notes that one is limited must not wait for another that somebody is noting too."""
    async with scripted(error(429, retry_after="300")) as server:
        await caller.profile(server.url)
        keys = [f"sk-key-{number:016}" for number in range(4)]
        await caller.pool(server.url, *keys)
        calls = [await caller.answering() for _ in keys]

        ends = await asyncio.gather(*(call.text() for call in calls), return_exceptions=True)

        assert [type(end) for end in ends] == [RateLimited] * len(keys)
        assert [state[4] for state in await states(caller)] == ["PROVIDER_RATE_LIMITED"] * len(keys)
        assert sum(state[1] for state in await states(caller)) == len(server.asked), "each was noted"
