"""Holding a row: the heartbeat renews, the fence keeps former holders out, a pause ends the right to act."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func

from spoonfeeder.durable.claim import claim
from spoonfeeder.durable.lease import Lease, LeaseLost, held
from spoonfeeder.features.generations import outcomes
from spoonfeeder.features.generations.collect import Collected
from spoonfeeder.features.generations.line import GENERATIONS
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import open_work
from tests.durable.rows import change, claimed_row, expire, lease_of_new_row, read
from tests.fixtures.clock import Clock
from tests.waiting import until, until_async


async def _forever(_: Lease) -> None:
    await asyncio.Event().wait()


async def _taken_over(runtime: Runtime, lease: Lease) -> Lease:
    await expire(runtime, lease.claimed.id)
    return Lease(runtime, GENERATIONS, await claimed_row(runtime))


async def _is_held_for_long(runtime: Runtime, lease: Lease) -> bool:
    left: timedelta = (await read(runtime, lease.claimed.id)).lease_until - datetime.now(UTC)
    return left.total_seconds() > runtime.settings.lease_seconds / 2


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """By which a holder tells how old its last good heartbeat is."""
    made = Clock()
    monkeypatch.setattr("spoonfeeder.durable.lease.time", made)
    return made


async def test_a_row_that_is_worked_on_for_longer_than_its_lease_stays_ours(runtime: Runtime, clock: Clock) -> None:
    lease = await lease_of_new_row(runtime)
    work = asyncio.create_task(held(lease, _forever))
    for _ in range(3):
        clock.now += runtime.settings.lease_seconds * 0.6
        await change(runtime, lease.claimed.id, lease_until=func.now())
        await until_async(lambda: _is_held_for_long(runtime, lease))
        await until(lambda: not lease._is_stale)
    assert await claim(runtime, GENERATIONS) is None
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


async def test_what_the_heartbeat_carries_is_in_the_row_after_a_nudge(runtime: Runtime) -> None:
    lease = await lease_of_new_row(runtime)
    lease.beat_values.update(progress=41, current_node="KSampler")
    work = asyncio.create_task(held(lease, _forever))
    row = None
    async with asyncio.timeout(20):
        while row is None or row.progress != 41:
            lease.nudge()
            row = await read(runtime, lease.claimed.id)
    assert row.current_node == "KSampler"
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


async def test_a_former_holder_writes_nothing_any_more(runtime: Runtime) -> None:
    old = await lease_of_new_row(runtime)
    new = await _taken_over(runtime, old)
    before = await read(runtime, old.claimed.id)
    with pytest.raises(LeaseLost):
        await outcomes.complete(old, Collected(), [])
    with pytest.raises(LeaseLost):
        await outcomes.fail(old, outcomes.POISON)
    await old.hand_back()
    assert await read(runtime, old.claimed.id) == before
    await outcomes.complete(new, Collected(), [])
    assert (await read(runtime, old.claimed.id)).status == "completed"


async def test_nobody_ends_a_row_twice(runtime: Runtime) -> None:
    lease = await lease_of_new_row(runtime)
    await outcomes.complete(lease, Collected(), [])
    with pytest.raises(LeaseLost):
        await outcomes.fail(lease, outcomes.POISON)
    assert (await read(runtime, lease.claimed.id)).status == "completed"


async def test_work_stops_when_somebody_else_has_the_row(runtime: Runtime) -> None:
    lease = await lease_of_new_row(runtime)
    ended = asyncio.Event()

    async def body(_: Lease) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    work = asyncio.create_task(held(lease, body))
    await until(lambda: lease.claimed.id in runtime.leases)
    await change(runtime, lease.claimed.id, fence=lease.claimed.fence + 1)  # no heartbeat can come before this claim
    lease.nudge()
    with pytest.raises(LeaseLost):
        await work
    assert ended.is_set()
    assert lease.claimed.id not in runtime.leases


async def test_who_has_ended_his_row_still_tells_of_it(runtime: Runtime) -> None:
    """As the heartbeat may come between the last write and what is told and done after it."""
    lease = await lease_of_new_row(runtime)
    told = asyncio.Event()

    async def body(_: Lease) -> None:
        await outcomes.complete(lease, Collected(), [])
        await _last_beat(lease)
        told.set()

    await held(lease, body)
    assert told.is_set()


async def test_so_does_who_is_told_to_stop_meanwhile(runtime: Runtime) -> None:
    lease = await lease_of_new_row(runtime)
    ended, stopped, told = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def body(_: Lease) -> None:
        await outcomes.complete(lease, Collected(), [])
        await _last_beat(lease)
        ended.set()
        await stopped.wait()
        told.set()

    holding = asyncio.create_task(held(lease, body))
    await ended.wait()
    holding.cancel()
    await asyncio.sleep(0)
    stopped.set()
    with pytest.raises(asyncio.CancelledError):
        await holding
    assert told.is_set()


async def _last_beat(lease: Lease) -> None:
    lease.nudge()
    await until(lambda: not any(_beats(task) for task in asyncio.all_tasks()))


def _beats(task: asyncio.Task[object]) -> bool:
    return getattr(task.get_coro(), "__qualname__", "") == Lease.keep.__qualname__


async def test_after_a_pause_of_the_whole_process_nothing_outside_is_touched(runtime: Runtime, clock: Clock) -> None:
    lease = await lease_of_new_row(runtime)
    lease.require()
    clock.now += runtime.settings.lease_seconds
    with pytest.raises(LeaseLost):
        lease.require()


async def test_work_that_is_told_to_stop_hands_its_row_back_at_once_and_without_a_crash(runtime: Runtime) -> None:
    lease = await lease_of_new_row(runtime)
    work = asyncio.create_task(held(lease, _forever))
    await until(lambda: lease.claimed.id in runtime.leases)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    again = await claimed_row(runtime)
    assert (again.id, again.crashes, again.taken_over) == (lease.claimed.id, 0, True)


async def test_a_row_that_only_ran_into_trouble_keeps_its_fenced_values(runtime: Runtime) -> None:
    lease = await lease_of_new_row(runtime)
    async with open_work(runtime, lease.actor) as work:
        row = await lease.write(work, submit_count=1)
    stored = await read(runtime, lease.claimed.id)
    assert (stored.submit_count, stored.version, stored.version) == (1, row.version, 2)
