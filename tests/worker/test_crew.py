"""The rows that one process works on: claimed one at a time, never more than its hands, and handed back at a stop."""

import asyncio

import pytest

from spoonfeeder.worker.crew import Crew
from tests.waiting import until


class Queue:
    """Rows as numbers; `claims` counts the questions, `open` lets a claim or a piece of work go on."""

    def __init__(self, rows: int, most: int = 2) -> None:
        self.waiting = list(range(rows))
        self.begun: list[int] = []
        self.handed_back: list[int] = []
        self.claims = self.claims_at_once = self.most_claims_at_once = 0
        self.claiming, self.working = asyncio.Event(), asyncio.Event()
        self.broken = False
        self.crew = Crew(self._take, self._work, most)

    async def _take(self) -> int | None:
        self.claims += 1
        self.claims_at_once += 1
        self.most_claims_at_once = max(self.most_claims_at_once, self.claims_at_once)
        try:
            await self.claiming.wait()
            if self.broken:
                raise OSError("the database is away")
            return self.waiting.pop(0) if self.waiting else None
        finally:
            self.claims_at_once -= 1

    async def _work(self, row: int) -> None:
        try:
            self.begun.append(row)
            await self.working.wait()
            if self.broken:
                raise OSError("the database is away")
        except asyncio.CancelledError:
            self.handed_back.append(row)
            raise


@pytest.fixture
def queue() -> Queue:
    return Queue(rows=5)


async def test_many_rings_claim_one_after_the_other_and_no_more_than_there_are_hands(queue: Queue) -> None:
    for _ in range(10):
        queue.crew.call()
    queue.claiming.set()
    await until(lambda: len(queue.begun) == 2)
    assert (queue.claims, queue.most_claims_at_once) == (2, 1)
    queue.working.set()
    await until(lambda: len(queue.begun) == 5 and not queue.claims_at_once)
    assert queue.claims <= 5 + 1, "the rings that found no hand free were heard once"


async def test_a_ring_during_a_claim_that_finds_nothing_is_of_a_row_that_it_could_not_see() -> None:
    queue = Queue(rows=0)
    queue.crew.call()
    await until(lambda: queue.claims == 1)
    queue.crew.call()
    queue.claiming.set()
    await until(lambda: queue.claims == 2 and not queue.claims_at_once)
    queue.waiting.append(7)
    queue.crew.call()
    await until(lambda: queue.begun == [7])


async def test_what_breaks_ends_neither_the_others_nor_later_claims(queue: Queue) -> None:
    queue.broken = True
    queue.claiming.set()
    queue.crew.call()
    await until(lambda: queue.claims == 1 and not queue.claims_at_once)
    queue.broken = False
    queue.crew.call()
    await until(lambda: len(queue.begun) == 2)
    queue.broken = True
    queue.working.set()
    await until(lambda: queue.claims == 3 and not queue.claims_at_once)
    queue.broken = False
    queue.crew.call()
    await until(lambda: len(queue.begun) == 5)


async def test_a_stop_sees_a_claim_to_its_end_and_hands_its_row_back_too(queue: Queue) -> None:
    queue.crew.call()
    await until(lambda: queue.claims == 1)
    stopping = asyncio.create_task(queue.crew.stop())
    await asyncio.sleep(0)
    queue.claiming.set()
    await stopping
    assert queue.begun == queue.handed_back == [0]
    queue.crew.call()
    await asyncio.sleep(0)
    assert queue.claims == 1


async def test_a_row_that_was_claimed_at_the_very_moment_of_a_stop_is_handed_back() -> None:
    queue = Queue(rows=1, most=1)
    queue.claiming.set()
    queue.crew.call()
    await asyncio.create_task(queue.crew.stop())
    assert not queue.waiting
    assert queue.begun == queue.handed_back == [0]
