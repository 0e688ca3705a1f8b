"""The row of usage in every way that a call may end."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from decimal import Decimal
from typing import Any, NoReturn

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from spoonfeeder.core.errors import Invalid
from spoonfeeder.core.vocabulary import CallStatus, FinishReason, Purpose
from spoonfeeder.features.calls.call import Answering, Call
from spoonfeeder.features.calls.closing import close
from spoonfeeder.features.calls.embedding import embed
from spoonfeeder.features.usage.prices import price_list
from spoonfeeder.features.usage.rows import Ending
from spoonfeeder.providers.base import ChatRequest, Finish, TextDelta, Usage
from spoonfeeder.providers.errors import ProviderError, RateLimited
from tests.features.calls.conftest import Caller
from tests.fixtures.openai_replies import MODEL, embeddings, error, stream, transcript
from tests.fixtures.scripted import scripted
from tests.waiting import until_async

pytestmark = pytest.mark.asyncio(loop_scope="module")
SLOW = stream(*transcript(["Hel", "lo"] * 2_000), pause_seconds=0.02)
COST = Decimal("0.0000045")


def at_vendor(call: Call) -> Call:
    """As if the scripted server were the vendor's own, whose prices are known."""
    return replace(call, source=replace(call.source, url=None))


async def priced(caller: Caller, purpose: Purpose = Purpose.CHAT) -> Answering:
    return Answering(caller.runtime, caller.actor, at_vendor(await caller.begin(purpose)))


async def ended(caller: Caller, call: Call) -> dict[str, Any]:
    async def is_closed() -> bool:
        return bool((await caller.row(call))["status"] != "open")

    await until_async(is_closed)
    return await caller.row(call)


async def test_a_whole_answer(caller: Caller) -> None:
    async with scripted(stream()) as server:
        await caller.profile(server.url)
        answering = await priced(caller, Purpose.TITLE)
        assert (await caller.row(answering.call))["status"] == "open"

        deltas = [delta async for delta in answering.deltas()]

    assert "".join(delta.text for delta in deltas if isinstance(delta, TextDelta)) == "Hello"
    assert deltas[-1] == answering.finish == Finish(FinishReason.STOP, MODEL)
    assert answering.usage == Usage(12, 5, 17, 4, 3)
    assert answering.cost_usd == COST
    row = await caller.row(answering.call)
    expected = {
        "status": "complete",
        "purpose": "title",
        "provider": "openai",
        "model": "gpt-4o-mini",
        "profile_id": caller.profile_id,
        "created_by": caller.actor.user_id,
        "workspace_id": caller.actor.workspace_id,
        "key_id": None,
        "error_code": None,
        "attempts": 1,
        "input_tokens": 12,
        "output_tokens": 5,
        "cached_tokens": 4,
        "reasoning_tokens": 3,
        "cost_usd": COST,
    }
    assert {name: row[name] for name in expected} == expected
    assert row["ended_at"] >= row["started_at"]


async def test_the_price_of_ones_own_server_is_unknown(caller: Caller) -> None:
    async with scripted(stream()) as server:
        await caller.profile(server.url)
        answering = await caller.answering()
        assert await answering.text() == "Hello"

    row = await caller.row(answering.call)
    assert (answering.cost_usd, row["cost_usd"], row["input_tokens"]) == (None, None, 12)


async def test_an_answer_that_nobody_counted_has_no_price(caller: Caller) -> None:
    async with scripted(stream(*transcript(with_usage=False))) as server:
        await caller.profile(server.url)
        answering = await priced(caller)
        assert await answering.text() == "Hello"

    row = await caller.row(answering.call)
    assert (row["status"], row["cost_usd"], row["input_tokens"]) == ("complete", None, None)


@pytest.mark.parametrize("told", ["", "a\\u0000b", "\\ud800", "x" * 256])
async def test_what_can_be_no_name_of_a_model_is_not_taken_for_one(caller: Caller, told: str) -> None:
    events = [event.replace(MODEL.encode(), told.encode()) for event in transcript()]
    async with scripted(stream(*events)) as server:
        await caller.profile(server.url)
        answering = await caller.answering()
        assert await answering.text() == "Hello"
    assert answering.finish == Finish(FinishReason.STOP, "gpt-4o-mini")


async def test_counts_that_no_model_has_are_unknown(caller: Caller) -> None:
    async with scripted(stream()) as server:
        await caller.profile(server.url)
        answering = await priced(caller)
        async for delta in answering.deltas():
            if isinstance(delta, Usage):
                answering._ledger.usage = Usage(2**40, -1)

    row = await caller.row(answering.call)
    assert (row["status"], row["input_tokens"], row["output_tokens"]) == ("complete", None, None)
    assert (row["cost_usd"], answering.cost_usd, answering.usage) == (None, None, Usage())


@pytest.mark.parametrize(("answered", "cost"), [("gpt-4o-mini-2099-01-01", COST), ("gpt-4o-mini-unheard-of", None)])
async def test_only_a_date_behind_the_name_leaves_the_price(
    caller: Caller, answered: str, cost: Decimal | None
) -> None:
    async with scripted(
        stream(*(event.replace(MODEL.encode(), answered.encode()) for event in transcript()))
    ) as server:
        await caller.profile(server.url)
        answering = await priced(caller)
        assert await answering.text() == "Hello"
    assert answering.cost_usd == cost


async def test_the_reader_stops_reading(caller: Caller) -> None:
    async with scripted(SLOW) as server:
        await caller.profile(server.url)
        answering = await priced(caller)
        async with aclosing(answering.deltas()) as deltas:
            async for _ in deltas:
                break

        assert (await caller.row(answering.call))["status"] == "cancelled"
        await until_async(lambda: asyncio.sleep(0, server.hung_up))


async def test_the_reader_stops_at_the_end(caller: Caller) -> None:
    async with scripted(stream()) as server:
        await caller.profile(server.url)
        answering = await priced(caller)
        async with aclosing(answering.deltas()) as deltas:
            async for delta in deltas:
                if isinstance(delta, Finish):
                    break

    row = await caller.row(answering.call)
    assert (row["status"], row["cost_usd"]) == ("complete", COST)


@pytest.mark.parametrize("times", [1, 2])
async def test_the_task_is_cancelled_even_twice(caller: Caller, times: int) -> None:
    async with scripted(SLOW) as server:
        await caller.profile(server.url)
        answering = await priced(caller)
        begun = asyncio.Event()

        async def read() -> None:
            async for _ in answering.deltas():
                begun.set()

        task = asyncio.create_task(read())
        await begun.wait()
        for _ in range(times):
            task.cancel()
            await asyncio.sleep(0.001)
        with pytest.raises(asyncio.CancelledError):
            await task

        assert (await ended(caller, answering.call))["status"] == "cancelled"


async def test_nobody_has_asked_yet_when_the_task_is_cancelled(caller: Caller) -> None:
    async with scripted(stream(*transcript(), pause_seconds=0.05)) as server:
        await caller.profile(server.url)
        answering = await priced(caller)
        price_list.cache_clear()
        task = asyncio.create_task(answering.text())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert (await ended(caller, answering.call))["status"] == "cancelled"


async def test_a_generator_that_is_forgotten(caller: Caller) -> None:
    async with scripted(SLOW) as server:
        await caller.profile(server.url)
        answering = await priced(caller)
        deltas = answering.deltas()
        await anext(deltas)
        del deltas

        assert (await ended(caller, answering.call))["status"] == "cancelled"


async def test_a_failure_has_its_code_and_what_was_counted(caller: Caller) -> None:
    async with scripted(error(429, retry_after="3600")) as server:
        await caller.profile(server.url)
        answering = await priced(caller)
        with pytest.raises(RateLimited):
            await answering.text()

    row = await caller.row(answering.call)
    assert (row["status"], row["error_code"], row["cost_usd"]) == ("failed", "PROVIDER_RATE_LIMITED", None)


async def test_an_option_that_the_provider_does_not_take(caller: Caller) -> None:
    async with scripted(stream()) as server:
        await caller.profile(server.url)
        answering = await caller.answering(tools=[])
        with pytest.raises(Invalid):
            await answering.text()
        assert server.asked == []

    row = await caller.row(answering.call)
    assert (row["status"], row["error_code"]) == ("failed", "VALIDATION_ERROR")


async def test_a_fault_of_our_own(caller: Caller) -> None:
    class Faulty:
        async def load(self, _: object) -> NoReturn:
            raise ZeroDivisionError

    await caller.profile("http://127.0.0.1:9")
    faulty: Any = Faulty()
    answering = Answering(replace(caller.runtime, adapters=faulty), caller.actor, await caller.begin())
    with pytest.raises(ZeroDivisionError):
        await answering.text()

    row = await caller.row(answering.call)
    assert (row["status"], row["error_code"]) == ("failed", "INTERNAL")


async def test_the_answer_is_given_while_the_database_is_away(caller: Caller) -> None:
    """The row stays open; the upkeep closes it."""

    def away() -> NoReturn:
        raise OperationalError("", {}, Exception("away"))

    async with scripted(stream()) as server:
        await caller.profile(server.url)
        call = at_vendor(await caller.begin())
        sessions: Any = away
        answering = Answering(replace(caller.runtime, sessions=sessions), caller.actor, call)

        assert await answering.text() == "Hello"

    assert answering.cost_usd == COST
    assert (await caller.row(call))["status"] == "open"


async def test_calls_that_end_at_the_same_time_are_closed_in_one_transaction(caller: Caller) -> None:
    """What ends while a transaction is under way waits for the next one; nobody has an answer before its row."""
    async with scripted(stream()) as server:
        await caller.profile(server.url)
        first, *others = [await priced(caller) for _ in range(4)]
        async with caller.runtime.engine.begin() as held:
            await held.execute(text("SELECT FROM usage_calls WHERE id = :id FOR UPDATE"), {"id": first.call.id})
            texts = [asyncio.create_task(first.text())]
            await until_async(lambda: asyncio.sleep(0, bool(caller.runtime.closing)))
            texts += [asyncio.create_task(other.text()) for other in others]
            await until_async(lambda: asyncio.sleep(0, all(other.cost_usd for other in others)))
            assert not any(task.done() for task in texts)
        assert await asyncio.gather(*texts) == ["Hello"] * 4

    ids = [answering.call.id for answering in (first, *others)]
    rows = await caller.rows("SELECT xmin::text AS at, status, cost_usd FROM usage_calls WHERE id = ANY(:ids)", ids=ids)
    assert [(row["status"], row["cost_usd"]) for row in rows] == [("complete", COST)] * 4
    assert len({row["at"] for row in rows}) == 2
    assert not caller.runtime.closing


async def test_an_ending_that_the_database_refuses_spoils_no_other(caller: Caller) -> None:
    await caller.profile("http://127.0.0.1:9")
    calls = [await caller.begin() for _ in range(3)]
    endings = [
        Ending(call.id, CallStatus.COMPLETE, attempts, Usage(), None)
        for call, attempts in zip(calls, (1, 2**40, 1), strict=True)
    ]
    troubles = await asyncio.gather(*(close(caller.runtime, caller.actor, ending) for ending in endings))
    assert [isinstance(trouble, DBAPIError) for trouble in troubles] == [False, True, False]
    assert [(await caller.row(call))["status"] for call in calls] == ["complete", "open", "complete"]


async def test_nobody_waits_for_a_closing_that_was_cancelled_before_it_began(caller: Caller) -> None:
    await caller.profile("http://127.0.0.1:9")
    call, before = await caller.begin(), asyncio.all_tasks()
    closed = close(caller.runtime, caller.actor, Ending(call.id, CallStatus.CANCELLED, 1, Usage(), None))
    for task in asyncio.all_tasks() - before:
        task.cancel()
    assert await asyncio.wait_for(closed, 20) is None
    assert (await caller.row(call))["status"] == "cancelled"
    assert not caller.runtime.closing


async def test_a_call_takes_half_an_hour_at_most(caller: Caller) -> None:
    async with scripted(SLOW) as server:
        await caller.profile(server.url)
        answering = await priced(caller)
        deltas = answering.deltas()
        assert await anext(deltas) == TextDelta("Hel")
        caller.clock.now += 31 * 60

        with pytest.raises(ProviderError) as late:
            await anext(deltas)
        assert late.value.code == "PROVIDER_TIMEOUT"


async def test_embeddings_are_counted_too(caller: Caller) -> None:
    async with scripted(error(503), embeddings([0.5, 0.25], [1.0, 0.0])) as server:
        await caller.profile(server.url)
        call = at_vendor(await caller.begin(Purpose.EMBEDDINGS))
        call = replace(call, request=ChatRequest("text-embedding-3-small", (), {"dimensions": 2}))

        found = await embed(caller.runtime, caller.actor, call, ["a", "b"])

        assert found.vectors == [[0.5, 0.25], [1.0, 0.0]]
        assert server.asked[-1].json["dimensions"] == 2

    row = await caller.row(call)
    assert {name: row[name] for name in ("status", "purpose", "attempts", "input_tokens", "cost_usd")} == {
        "status": "complete",
        "purpose": "embeddings",
        "attempts": 2,
        "input_tokens": 8,
        "cost_usd": Decimal("0.00000016"),
    }


async def test_embeddings_that_fail(caller: Caller) -> None:
    async with scripted(error(400)) as server:
        await caller.profile(server.url)
        call = await caller.begin(Purpose.EMBEDDINGS)
        with pytest.raises(ProviderError):
            await embed(caller.runtime, caller.actor, call, ["a"])

    row = await caller.row(call)
    assert (row["status"], row["error_code"]) == ("failed", "PROVIDER_REJECTED")
