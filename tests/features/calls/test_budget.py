"""A budget that is used up stops calls before anybody is asked."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from spoonfeeder.core.actor import User
from spoonfeeder.db.account import Workspace
from spoonfeeder.features.usage import budgets
from spoonfeeder.features.usage.rows import BudgetExceeded
from spoonfeeder.features.usage.schemas import BudgetInput
from spoonfeeder.work import open_work
from tests.features.calls.conftest import Caller, Clock
from tests.fixtures.openai_replies import stream
from tests.fixtures.scripted import scripted

pytestmark = pytest.mark.asyncio(loop_scope="module")
SPEND = """
    INSERT INTO usage_calls (workspace_id, profile_id, provider, model, purpose, status, cost_usd, started_at)
    VALUES (:workspace_id, :profile_id, 'openai', 'gpt-4o', 'chat', 'complete', :cost_usd,
        date_trunc('month', now(), 'UTC') + CAST(:later AS interval))
"""


async def elsewhere(caller: Caller) -> Caller:
    """The same in a workspace of its own."""
    workspace_id = uuid4()
    async with caller.runtime.sessions.begin() as session:
        session.add(Workspace(id=workspace_id, name="Own"))
    return Caller(caller.runtime, caller.clock, User(workspace_id))


async def spend(caller: Caller, dollars: float, profile_id: UUID | None, later: timedelta = timedelta(0)) -> None:
    place: dict[str, Any] = {"workspace_id": caller.actor.workspace_id, "profile_id": profile_id}
    await caller.rows(SPEND, **place, cost_usd=dollars, later=later)


async def allow(caller: Caller, dollars: float, profile_id: UUID | None = None) -> None:
    async with open_work(caller.runtime, caller.actor) as work:
        await budgets.put(work, BudgetInput(profile_id=profile_id, monthly_usd=dollars))


async def test_a_used_up_budget_of_the_workspace(caller: Caller) -> None:
    mine = await elsewhere(caller)
    async with scripted(stream()) as server:
        await mine.profile(server.url)
        await allow(mine, 2)
        await spend(mine, 1.99, None)
        assert await (await mine.answering()).text() == "Hello"

        await spend(mine, 0.01, mine.profile_id)
        with pytest.raises(BudgetExceeded) as refused:
            await mine.answering()

        assert len(server.asked) == 1
    assert refused.value.status == 402
    assert "this workspace is used up: 2.00 of 2.00 US dollars" in refused.value.message
    assert "-01 (UTC)" in refused.value.message
    await allow(mine, 0)
    with pytest.raises(BudgetExceeded, match="is 0, which stops every call"):
        await mine.answering()
    rows = await mine.rows("SELECT count(*) AS n FROM usage_calls WHERE workspace_id = :id", id=mine.actor.workspace_id)
    assert rows == [{"n": 3}], "a refused call is none"


async def test_a_used_up_budget_of_a_profile_stops_that_one_only(caller: Caller, clock: Clock) -> None:
    mine = await elsewhere(caller)
    other = Caller(mine.runtime, clock, mine.actor)
    async with scripted(stream()) as server:
        await mine.profile(server.url, name="Dear")
        await other.profile(server.url)
        await allow(mine, 1, mine.profile_id)
        await allow(mine, 1, other.profile_id)
        await spend(mine, 1.5, mine.profile_id)

        with pytest.raises(BudgetExceeded, match=r'the profile "Dear" is used up: 1\.50 of 1\.00'):
            await mine.answering()
        assert await (await other.answering()).text() == "Hello"


async def test_last_month_is_forgotten_on_the_first(caller: Caller) -> None:
    mine = await elsewhere(caller)
    await mine.profile("http://127.0.0.1:9")
    await allow(mine, 1)
    await spend(mine, 100, mine.profile_id, later=timedelta(microseconds=-1))
    await mine.begin()

    await spend(mine, 1, mine.profile_id)
    with pytest.raises(BudgetExceeded):
        await mine.begin()


async def test_nothing_may_be_asked_with_a_budget_of_nothing(caller: Caller) -> None:
    mine = await elsewhere(caller)
    await mine.profile("http://127.0.0.1:9")
    await allow(mine, 0)

    with pytest.raises(BudgetExceeded):
        await mine.begin()


async def test_what_others_spend_does_not_count(caller: Caller) -> None:
    mine, theirs = await elsewhere(caller), await elsewhere(caller)
    await mine.profile("http://127.0.0.1:9")
    await theirs.profile("http://127.0.0.1:9")
    await allow(mine, 1)
    await allow(theirs, 1)
    await spend(theirs, 5, theirs.profile_id)

    await mine.begin()
    with pytest.raises(BudgetExceeded):
        await theirs.begin()


async def test_calls_of_unknown_price_use_up_nothing(caller: Caller) -> None:
    mine = await elsewhere(caller)
    async with scripted(stream()) as server:
        await mine.profile(server.url)
        await allow(mine, 0.01)
        for _ in range(3):
            assert await (await mine.answering()).text() == "Hello"
