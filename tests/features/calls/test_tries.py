"""How often a call is made, and after which waits (F35)."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from spoonfeeder.providers.base import TextDelta
from spoonfeeder.providers.errors import Overloaded, ProviderError, RateLimited, StreamTruncated
from tests.features.calls.conftest import Caller, Clock
from tests.fixtures.openai_replies import error, event, stream, transcript
from tests.fixtures.scripted import scripted
from tests.serving import NOBODY_URL

pytestmark = pytest.mark.asyncio(loop_scope="module")
FINAL = {
    400: "PROVIDER_REJECTED",
    401: "PROVIDER_UNAUTHORIZED",
    403: "PROVIDER_NOT_PERMITTED",
    404: "PROVIDER_BROKEN",
    413: "PROVIDER_REJECTED",
    422: "PROVIDER_REJECTED",
}


def in_seconds(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 529])
async def test_twice_in_vain_and_then_an_answer(caller: Caller, clock: Clock, status: int) -> None:
    async with scripted(error(status), error(status), stream()) as server:
        await caller.profile(server.url)
        answering = await caller.answering()

        assert await answering.text() == "Hello"

        assert len(server.asked) == 3
        assert clock.slept == [0.5, 1.0], "half of up to one and up to two seconds"
        row = await caller.row(answering.call)
        assert (row["status"], row["attempts"]) == ("complete", 3)


@pytest.mark.parametrize("status", [503, 529])
async def test_three_times_in_vain_is_enough(caller: Caller, status: int) -> None:
    async with scripted(error(status)) as server:
        await caller.profile(server.url)
        answering = await caller.answering()

        with pytest.raises(Overloaded):
            await answering.text()

        assert len(server.asked) == 3
        row = await caller.row(answering.call)
        assert (row["status"], row["attempts"], row["error_code"]) == ("failed", 3, "PROVIDER_OVERLOADED")
        assert row["cost_usd"] is None


@pytest.mark.parametrize(
    ("told", "low", "high"), [("2", 1.6, 2.4), (40, 25, 48), ("garbage", 0.5, 0.5), ("-5", 0, 0.5)]
)
async def test_the_wait_is_what_the_provider_says(
    caller: Caller, clock: Clock, told: str | int, low: float, high: float
) -> None:
    """A number of seconds stands for the date in so many."""
    header = told if isinstance(told, str) else in_seconds(told)
    async with scripted(error(429, Retry_After=header), stream()) as server:
        await caller.profile(server.url)

        assert await (await caller.answering()).text() == "Hello"

        assert len(server.asked) == 2
        [slept] = clock.slept
        assert low <= slept <= high


async def test_a_wait_of_an_hour_is_the_callers_affair(caller: Caller, clock: Clock) -> None:
    async with scripted(error(429, Retry_After="3600")) as server:
        await caller.profile(server.url)
        answering = await caller.answering()

        with pytest.raises(RateLimited) as refused:
            await answering.text()

        assert refused.value.headers == {"Retry-After": "3600"}
        assert (len(server.asked), clock.slept) == (1, [])


@pytest.mark.parametrize("status", FINAL)
async def test_what_the_provider_decided_is_asked_once(caller: Caller, clock: Clock, status: int) -> None:
    async with scripted(error(status)) as server:
        await caller.profile(server.url)
        answering = await caller.answering()

        with pytest.raises(ProviderError) as refused:
            await answering.text()

        assert (len(server.asked), clock.slept) == (1, [])
        assert refused.value.code == FINAL[status]
        assert (await caller.row(answering.call))["error_code"] == refused.value.code


async def test_nobody_answers(caller: Caller, clock: Clock) -> None:
    await caller.profile(NOBODY_URL)
    answering = await caller.answering()

    with pytest.raises(ProviderError) as refused:
        await answering.text()

    assert refused.value.code == "PROVIDER_UNREACHABLE"
    assert len(clock.slept) == 2
    assert (await caller.row(answering.call))["attempts"] == 3


async def test_no_second_try_once_something_was_said(caller: Caller, clock: Clock) -> None:
    cut = stream(*transcript(["Hel", "lo"])[:3], is_whole=False)
    late_error = stream(*transcript(["Hel"])[:2], event({"error": {"message": "Overloaded", "code": 503}}))
    for reply, count in ((cut, 2), (late_error, 1)):
        async with scripted(reply) as server:
            one = Caller(caller.runtime, clock)
            await one.profile(server.url)
            answering = await one.answering()
            deltas = answering.deltas()
            for _ in range(count):
                assert isinstance(await anext(deltas), TextDelta)

            with pytest.raises(ProviderError):
                await anext(deltas)

            assert (len(server.asked), clock.slept) == (1, [])
            assert (await one.row(answering.call))["status"] == "failed"


async def test_a_stream_cut_before_its_first_word_is_no_answer(caller: Caller) -> None:
    async with scripted(stream(*transcript()[:1], is_whole=False)) as server:
        await caller.profile(server.url)
        with pytest.raises(StreamTruncated):
            await (await caller.answering()).text()
        assert len(server.asked) == 1


async def test_after_five_failures_nobody_asks_until_a_trial_succeeds(caller: Caller, clock: Clock) -> None:
    async with scripted(error(503)) as server:
        await caller.profile(server.url)
        for asked in (3, 5, 5, 5):
            with pytest.raises(Overloaded):
                await (await caller.answering()).text()
            assert len(server.asked) == asked

        refused = await caller.answering()
        with pytest.raises(Overloaded) as left_alone:
            await refused.text()
        assert left_alone.value.headers["Retry-After"] == "15"
        row = await caller.row(refused.call)
        assert (row["status"], row["attempts"]) == ("failed", 0)

        clock.now += 15
        with pytest.raises(Overloaded):
            await (await caller.answering()).text()
        assert len(server.asked) == 6, "one try, and open again"

        clock.now += 15
        server.replies = [stream()]
        assert await (await caller.answering()).text() == "Hello"
        assert await (await caller.answering()).text() == "Hello"
        assert len(server.asked) == 8


async def test_another_profile_is_not_touched(caller: Caller, clock: Clock) -> None:
    async with scripted(error(503)) as server, scripted(stream()) as well:
        await caller.profile(server.url)
        for _ in range(3):
            with pytest.raises(Overloaded):
                await (await caller.answering()).text()
        other = Caller(caller.runtime, clock)
        await other.profile(well.url)

        assert await (await other.answering()).text() == "Hello"


async def test_at_most_a_fifth_of_the_calls_is_made_again(caller: Caller, clock: Clock) -> None:
    async with scripted(error(429)) as server:
        await caller.profile(server.url)
        for _ in range(40):
            with pytest.raises(RateLimited):
                await (await caller.answering()).text()
            clock.now += 60

        assert 40 + 10 <= len(server.asked) <= 40 + 10 + 40 // 5
