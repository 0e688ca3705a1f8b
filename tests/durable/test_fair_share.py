"""Whose row is next: users take turns, and so do the sessions and batches of each (decision 0019)."""

from collections import Counter, deque
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, text

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID
from spoonfeeder.db.account import User
from spoonfeeder.db.comfyui import Session
from spoonfeeder.durable.claim import claim, count_claimable
from spoonfeeder.features.generations.line import GENERATIONS
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import open_system_work
from tests.durable.rows import BACKEND, add, change, claimed_row, expire

CROWD = text(
    "INSERT INTO comfyui_generations (workspace_id, backend_url, created_by, session_id, batch_id)"
    " SELECT :workspace, :url, :user, :session, :batch FROM generate_series(1, :number) RETURNING id"
)


async def user(runtime: Runtime) -> UUID:
    row = {"id": uuid4(), "email": f"{uuid4()}@example.com", "name": "Somebody"}
    async with open_system_work(runtime, "test") as work:
        await work.session.execute(insert(User).values(row))
    return row["id"]  # type: ignore[return-value]


async def session(runtime: Runtime) -> UUID:
    row = {"title": "Test", "workspace_id": DEFAULT_WORKSPACE_ID}
    async with open_system_work(runtime, "test") as work:
        made = await work.session.execute(insert(Session).values(row).returning(Session.id))
        return made.scalar_one()


async def crowd(
    runtime: Runtime, number: int, created_by: UUID, *, session_id: UUID | None = None, batch_id: UUID | None = None
) -> list[UUID]:
    """So many rows of one, in the order in which they stand."""
    values = {"workspace": DEFAULT_WORKSPACE_ID, "url": BACKEND, "number": number}
    its = {"user": created_by, "session": session_id, "batch": batch_id}
    async with open_system_work(runtime, "test") as work:
        return list(await work.session.scalars(CROWD, values | its))


async def end(runtime: Runtime, row_id: UUID) -> None:
    await change(runtime, row_id, status="cancelled", lease_until=None)


async def taken(runtime: Runtime, most: int = 1_000, *, at_once: int = 1) -> list[UUID]:
    """The rows in their order, of which `at_once` run at a time and the first that began ends first."""
    order: list[UUID] = []
    running: deque[UUID] = deque()
    while len(order) < most:
        claimed = await claim(runtime, GENERATIONS) if len(running) < at_once else None
        if claimed is not None:
            running.append(claimed.id)
            order.append(claimed.id)
        elif running:
            await end(runtime, running.popleft())
        else:
            break
    for row_id in running:
        await end(runtime, row_id)
    return order


async def test_200_of_one_do_not_hold_up_the_one_of_another(runtime: Runtime) -> None:
    many, single = await user(runtime), await user(runtime)
    hers = await crowd(runtime, 200, many, batch_id=uuid4())
    first, second = [(await claimed_row(runtime)).id for _ in range(2)]
    [his] = await crowd(runtime, 1, single)
    assert await claim(runtime, GENERATIONS) is None, "the slots are taken"
    await end(runtime, first)
    assert (await claimed_row(runtime)).id == his
    await end(runtime, second)
    assert (first, second, (await claimed_row(runtime)).id) == tuple(hers[:3])


async def test_a_batch_does_not_hold_up_a_single_one_of_the_same_user(runtime: Runtime) -> None:
    same, here = await user(runtime), await session(runtime)
    batch = await crowd(runtime, 50, same, session_id=here, batch_id=uuid4())
    assert await taken(runtime, 2) == batch[:2]
    [single] = await crowd(runtime, 1, same, session_id=here)
    assert (await taken(runtime, 1)) == [single]


async def test_two_sessions_of_one_user_take_turns(runtime: Runtime) -> None:
    same = await user(runtime)
    one, other = [await crowd(runtime, 4, same, session_id=await session(runtime)) for _ in range(2)]
    order = await taken(runtime)
    assert [each in one for each in order] in ([True, False] * 4, [False, True] * 4)
    assert [each for each in order if each in one] == one
    assert [each for each in order if each in other] == other


async def test_what_has_no_session_takes_turns_with_the_batches_of_its_user(runtime: Runtime) -> None:
    same = await user(runtime)
    for _ in range(2):
        await crowd(runtime, 6, same, batch_id=uuid4())
    alone = await crowd(runtime, 2, same)
    order = await taken(runtime, 6)
    assert len({*order[:3]} & {*alone}) == 1
    assert {*alone} < {*order}


async def test_a_session_that_two_people_share_is_a_share_of_each(runtime: Runtime) -> None:
    here, alone = await session(runtime), await session(runtime)
    one, other = await user(runtime), await user(runtime)
    first = await crowd(runtime, 3, one, session_id=here)
    second = await crowd(runtime, 2, other, session_id=here)
    third = await crowd(runtime, 1, other, session_id=alone)
    order = await taken(runtime)
    assert [each in first for each in order] == [True, False, True, False, True, False]
    assert set(order[1::2][:2]) == {second[0], *third}


async def test_the_priority_is_more_than_anybodys_turn(runtime: Runtime) -> None:
    eager, other = await user(runtime), await user(runtime)
    urgent = [await add(runtime, created_by=eager, priority=5) for _ in range(3)]
    [usual] = await crowd(runtime, 1, other)
    assert await taken(runtime) == [*urgent, usual]


async def test_what_is_held_gives_its_turn_to_others_and_keeps_no_worker_awake(runtime: Runtime) -> None:
    one, other = await user(runtime), await user(runtime)
    held = await add(runtime, created_by=one, priority=9, held_at=text("now()"))
    [free] = await crowd(runtime, 1, other)
    async with open_system_work(runtime, "test") as work:
        assert await count_claimable(work, GENERATIONS) == 1
    assert await taken(runtime) == [free]
    async with open_system_work(runtime, "test") as work:
        assert await count_claimable(work, GENERATIONS) == 0
    await change(runtime, held, held_at=None)
    assert await taken(runtime) == [held]


async def test_who_was_never_served_is_next(runtime: Runtime) -> None:
    known = await user(runtime)
    first, *others = await crowd(runtime, 3, known)
    assert await taken(runtime, 1) == [first]
    [newcomer] = await crowd(runtime, 1, await user(runtime))
    assert await taken(runtime) == [newcomer, *others]


@pytest.mark.parametrize("at_once", [1, 2])
async def test_many_users_are_served_one_after_the_other(runtime: Runtime, at_once: int) -> None:
    owners: dict[UUID, UUID] = {}
    for number in (6, 1, 4, 6, 3):
        owner = await user(runtime)
        owners |= dict.fromkeys(await crowd(runtime, number, owner), owner)
    left = Counter(owners.values())
    served: Counter[UUID] = Counter()
    for row_id in await taken(runtime, at_once=at_once):
        served[owners[row_id]] += 1
        waiting = [served[owner] for owner in left if served[owner] < left[owner]]
        assert not waiting or max(served.values()) - min(waiting) <= 1
    assert served == left


async def test_a_row_taken_over_costs_its_user_no_further_turn(runtime: Runtime) -> None:
    one, other = await user(runtime), await user(runtime)
    hers = await crowd(runtime, 3, one)
    assert await taken(runtime, 1) == hers[:1]
    his = await crowd(runtime, 2, other)
    assert (await claimed_row(runtime)).id == his[0]
    assert (await claimed_row(runtime)).id == hers[1]
    await expire(runtime, his[0])
    assert (await claimed_row(runtime)).id == his[0]
    for ended in (his[0], hers[1]):
        await end(runtime, ended)
    assert await taken(runtime) == [his[1], hers[2]]


async def test_rows_ahead_are_before_all_of_their_own_user_and_nobody_elses(runtime: Runtime) -> None:
    one, other = await user(runtime), await user(runtime)
    here, there = await session(runtime), await session(runtime)
    values: dict[str, Any] = {"created_by": one, "ahead": True}
    [served] = await crowd(runtime, 1, one, session_id=there)
    assert await taken(runtime, 1) == [served]
    usual = await crowd(runtime, 2, one, session_id=here)
    second = await add(runtime, **values, session_id=here, queue_order=2)
    first = await add(runtime, **values, session_id=there, queue_order=1)
    his = await crowd(runtime, 2, other)
    assert await taken(runtime) == [his[0], first, his[1], second, *usual]
