"""Cancelling: a waiting row ends at once, a running one is asked through whoever holds it."""

import asyncio

from spoonfeeder.core.actor import LOCAL_OWNER
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.durable.cancel import cancel_pending, request_cancel
from spoonfeeder.durable.claim import claim
from spoonfeeder.durable.lease import Lease, held
from spoonfeeder.features.generations.line import GENERATIONS
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import open_work
from tests.durable.rows import add, lease_of_new_row, read


async def test_a_waiting_row_ends_at_once_and_is_never_claimed(runtime: Runtime) -> None:
    row_id = await add(runtime)
    async with open_work(runtime, LOCAL_OWNER) as work:
        [ended] = await cancel_pending(work, GENERATIONS, Generation.id == row_id)
    assert (ended.status, ended.version, ended.completed_at is None) == ("cancelled", 1, False)
    assert await claim(runtime, GENERATIONS) is None


async def test_a_running_row_stays_running_until_its_holder_heard_of_it(runtime: Runtime) -> None:
    lease = await lease_of_new_row(runtime)

    async def body(held_lease: Lease) -> None:
        await held_lease.cancel_requested.wait()

    work = asyncio.create_task(held(lease, body))
    async with open_work(runtime, LOCAL_OWNER) as asking:
        assert await cancel_pending(asking, GENERATIONS, Generation.id == lease.claimed.id) == []
        assert await request_cancel(asking, GENERATIONS, Generation.id == lease.claimed.id) == [lease.claimed.id]
    assert (await read(runtime, lease.claimed.id)).status == "running"
    async with asyncio.timeout(20):
        await work
