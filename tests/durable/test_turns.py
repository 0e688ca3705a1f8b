"""A process that is stopped in the middle of its turn (SIGSTOP, a suspended machine) holds nobody up for long."""

import asyncio
from typing import Any, cast

import pytest
from sqlalchemy.exc import DBAPIError

from spoonfeeder.durable import turns
from spoonfeeder.durable.claim import claim
from spoonfeeder.durable.turns import try_turn, wait_for_turn
from spoonfeeder.features.generations.line import GENERATIONS
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import open_system_work
from tests.durable.rows import add, read
from tests.waiting import until_async

PAUSED_SECONDS = 2


@pytest.fixture(autouse=True)
def as_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PAUSED_SECONDS", PAUSED_SECONDS)
    monkeypatch.setitem(cast(Any, try_turn).__kwdefaults__, "idle_seconds", PAUSED_SECONDS)


async def test_others_claim_again_soon_after_a_process_stopped_in_its_claim(runtime: Runtime) -> None:
    row_id = await add(runtime)

    async def pause_in_the_middle() -> None:
        async with open_system_work(runtime, "the paused process") as paused:
            await wait_for_turn(paused, GENERATIONS.lock_key)
            await claim(runtime, GENERATIONS)

    with pytest.raises(DBAPIError):
        await pause_in_the_middle()
    assert (await read(runtime, row_id)).status == "running"


async def test_a_sweep_that_stopped_in_the_middle_is_taken_over(runtime: Runtime) -> None:
    async def ours() -> bool:
        async with open_system_work(runtime, "another process") as work:
            return await try_turn(work, 1, 2)

    async def pause_in_the_middle() -> None:
        async with open_system_work(runtime, "the paused process") as paused:
            assert await try_turn(paused, 1, 2)
            await until_async(ours)

    async with open_system_work(runtime, "a busy process") as busy:
        assert await try_turn(busy, 1, 2, idle_seconds=60)
        assert not await ours()
    with pytest.raises(DBAPIError):
        await pause_in_the_middle()


async def test_turns_are_taken_one_at_a_time(runtime: Runtime) -> None:
    inside, most = 0, 0

    async def take() -> None:
        nonlocal inside, most
        async with open_system_work(runtime, "test") as work:
            await wait_for_turn(work, 5)
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.01)
            inside -= 1

    await asyncio.gather(*(take() for _ in range(8)))
    assert most == 1
