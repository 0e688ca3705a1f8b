"""What must not be asked for twice: it outlives a database that is away, and a stop waits for it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text

from spoonfeeder.core.vocabulary import GenerationStatus
from spoonfeeder.durable.ending import end, until_written
from spoonfeeder.durable.lease import Lease, LeaseLost, held
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work
from tests.durable.rows import change, claimed_row, expire, lease_of_new_row, read
from tests.waiting import until


async def _complete(work: Work, lease: Lease) -> None:
    await end(work, lease, GenerationStatus.COMPLETED, progress=100)


def _count_beats_in_vain(lease: Lease) -> Callable[[], int]:
    """How many heartbeats began after the lease was over."""
    begun, beat = 0, lease.beat

    async def counted() -> None:
        nonlocal begun
        begun += lease._is_stale
        await beat()

    lease.beat = counted  # type: ignore[method-assign]
    return lambda: begun


async def test_a_result_is_written_after_an_outage_that_outlasted_the_lease(runtime: Runtime) -> None:
    """A lock on the table stands for a database that does not answer."""
    runtime = replace(runtime, settings=runtime.settings.model_copy(update={"lease_seconds": 1.2}))
    for in_flight, status in ((True, "completed"), (False, "running")):
        lease = await lease_of_new_row(runtime, backend_url=f"http://{in_flight}")
        beats_in_vain = _count_beats_in_vain(lease)

        async def body(
            lease: Lease, is_paid: bool = in_flight, beats_in_vain: Callable[[], int] = beats_in_vain
        ) -> None:
            lease.in_flight = is_paid
            async with runtime.engine.connect() as other:
                await other.execute(text("LOCK TABLE comfyui_generations"))
                if not is_paid:
                    await asyncio.Event().wait()
                await until(beats_in_vain)
            await until_written(lease, lambda work: _complete(work, lease))

        async with asyncio.timeout(30):
            if in_flight:
                await held(lease, body)
            else:
                with pytest.raises(LeaseLost):
                    await held(lease, body)
        assert (await read(runtime, lease.claimed.id)).status == status


async def test_a_lost_connection_costs_no_result(runtime: Runtime) -> None:
    lease = await lease_of_new_row(runtime)
    tries = 0

    async def cut_off_once(work: Work) -> None:
        nonlocal tries
        tries += 1
        await _complete(work, lease)
        if tries == 1:
            raise ConnectionResetError

    await until_written(lease, cut_off_once)
    row = await read(runtime, lease.claimed.id)
    assert (row.status, tries) == ("completed", 2)


async def test_a_commit_whose_answer_was_lost_is_found_in_the_row(runtime: Runtime) -> None:
    lease = await lease_of_new_row(runtime)

    async def answer_lost(work: Work) -> str:
        await _complete(work, lease)
        await work.session.commit()
        raise ConnectionResetError

    assert await until_written(lease, answer_lost) is None
    assert (await read(runtime, lease.claimed.id)).status == lease.outcome == "completed"
    counted = runtime.telemetry.metrics.registry.get_sample_value
    assert counted("spoonfeeder_work_ended_total", {"line": "generations", "outcome": "completed"}) == 1


async def test_who_has_the_row_by_now_is_not_overwritten(runtime: Runtime) -> None:
    lease = await lease_of_new_row(runtime)
    await expire(runtime, lease.claimed.id)
    await claimed_row(runtime)
    with pytest.raises(LeaseLost):
        await until_written(lease, lambda work: _complete(work, lease))
    assert (await read(runtime, lease.claimed.id)).status == "running"


async def test_the_fence_ends_it_at_once(runtime: Runtime) -> None:
    lease = await lease_of_new_row(runtime)

    async def forever(lease: Lease) -> None:
        lease.in_flight = True
        await change(runtime, lease.claimed.id, fence=lease.claimed.fence + 1)
        await asyncio.Event().wait()

    async with asyncio.timeout(20):
        with pytest.raises(LeaseLost):
            await held(lease, forever)


async def test_a_stop_waits_for_what_is_in_flight_and_for_nothing_else(runtime: Runtime) -> None:
    for in_flight, status in ((True, "completed"), (False, "running")):
        lease = await lease_of_new_row(runtime, backend_url=f"http://{in_flight}")
        begun, answered = asyncio.Event(), asyncio.Event()

        async def body(
            lease: Lease, is_paid: bool = in_flight, begun: asyncio.Event = begun, answered: asyncio.Event = answered
        ) -> None:
            lease.in_flight = is_paid
            begun.set()
            await answered.wait()
            await until_written(lease, lambda work: _complete(work, lease))

        holding = asyncio.create_task(held(lease, body))
        await begun.wait()
        holding.cancel()
        asyncio.get_running_loop().call_later(0.3, answered.set)
        with pytest.raises(asyncio.CancelledError):
            await holding
        row = await read(runtime, lease.claimed.id)
        assert (row.status, row.owner) == (status, None)
