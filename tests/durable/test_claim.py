"""Claiming: the best due row, once, and never more of a backend than it has slots."""

import asyncio
from uuid import UUID

from sqlalchemy import func, insert, select, text

from spoonfeeder.db.backend import LineTurn
from spoonfeeder.durable.claim import claim, count_claimable, purge_turns
from spoonfeeder.features.generations.line import GENERATIONS
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import open_system_work
from tests.durable.rows import BACKEND, add, change, claimed_row, expire, read


async def _claimable(runtime: Runtime) -> int:
    async with open_system_work(runtime, "test") as work:
        return await count_claimable(work, GENERATIONS)


async def test_20_claims_at_once_never_take_more_than_the_slots_of_each_backend(runtime: Runtime) -> None:
    for number in range(30):
        await add(runtime, backend_url=f"{BACKEND}{number % 3}")
    claims = await asyncio.gather(*(claim(runtime, GENERATIONS) for _ in range(20)))
    taken = [claimed.id for claimed in claims if claimed]
    assert len(taken) == len(set(taken)) == 6
    backends = [(await read(runtime, row_id)).backend_url for row_id in taken]
    assert sorted(backends) == sorted([f"{BACKEND}{number}" for number in (0, 1, 2)] * 2)


async def test_a_free_slot_lets_one_more_row_in(runtime: Runtime) -> None:
    for _ in range(4):
        await add(runtime)
    first, _second = await claimed_row(runtime), await claimed_row(runtime)
    assert await claim(runtime, GENERATIONS) is None
    await change(runtime, first.id, status="completed", progress=100, lease_until=None)
    assert await claim(runtime, GENERATIONS) is not None
    assert await claim(runtime, GENERATIONS) is None


async def test_the_higher_priority_goes_first_and_then_the_older_row(runtime: Runtime) -> None:
    young = await add(runtime)
    old = await add(runtime, queue_order=1)
    urgent = await add(runtime, priority=5)
    order = []
    for _ in range(3):
        claimed = await claimed_row(runtime)
        order.append(claimed.id)
        await change(runtime, claimed.id, status="cancelled")
    assert order == [urgent, old, young]


async def test_a_row_rests_until_its_time_and_a_rung_worker_finds_nothing(runtime: Runtime) -> None:
    row_id = await add(runtime, run_after=func.now() + text("interval '1 hour'"))
    assert await claim(runtime, GENERATIONS) is None
    assert await _claimable(runtime) == 0
    await change(runtime, row_id, run_after=func.now())
    assert (await claimed_row(runtime)).id == row_id


async def test_a_row_whose_lease_ended_is_taken_over_before_new_ones_and_counts_a_crash(runtime: Runtime) -> None:
    first = await add(runtime)
    held = await claimed_row(runtime)
    await add(runtime, priority=9)
    assert (held.id, held.taken_over, held.crashes) == (first, False, 0)
    await expire(runtime, first)
    again = await claimed_row(runtime)
    assert (again.id, again.taken_over, again.crashes) == (first, True, 1)
    assert again.fence == held.fence + 1


async def test_the_sweep_counts_as_many_rows_as_claims_would_find(runtime: Runtime) -> None:
    for number in range(7):
        await add(runtime, backend_url=BACKEND if number < 5 else f"{BACKEND}{number}")
    assert await _claimable(runtime) == 4
    await claimed_row(runtime)
    assert await _claimable(runtime) == 3


async def test_whose_turn_it_was_long_ago_is_forgotten(runtime: Runtime) -> None:
    week = func.now() - text("interval '8 days'")
    async with open_system_work(runtime, "test") as work:
        turns = [{"line": "tasks", "share": UUID(int=1), "served_at": week}, {"line": "tasks", "share": UUID(int=2)}]
        for turn in turns:
            await work.session.execute(insert(LineTurn).values(turn))
        await purge_turns(work)
        assert list(await work.session.scalars(select(LineTurn.share))) == [UUID(int=2)]
