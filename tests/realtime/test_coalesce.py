import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any

from spoonfeeder.realtime.coalesce import Coalescer
from tests.waiting import until


class Sent:
    def __init__(self) -> None:
        self.values: list[object] = []
        self.times: list[float] = []

    def __call__(self, value: object) -> None:
        self.values.append(value)
        self.times.append(asyncio.get_running_loop().time())


class Skipping(selectors.SelectSelector):
    """Instead of waiting it turns a clock forward."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        self.now += timeout or 0
        return super().select(0)


def run_on_its_own_clock(test: Coroutine[Any, Any, None]) -> None:
    """In a loop whose time only goes on where the test waits, however busy the machine is."""
    selector = Skipping()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: selector.now  # type: ignore[method-assign]
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(test)


def test_the_first_value_leaves_at_once_and_the_last_one_always() -> None:
    sent = Sent()

    async def burst() -> None:
        coalescer: Coalescer[str, int] = Coalescer(sent, per_second=20)
        for value in range(100):
            coalescer.offer("a", value)
        assert sent.values == [0]
        await until(lambda: sent.values == [0, 99])

    run_on_its_own_clock(burst())


def test_a_flood_leaves_at_most_so_often_in_any_second() -> None:
    sent = Sent()

    async def flood() -> None:
        coalescer: Coalescer[str, int] = Coalescer(sent, per_second=10)
        for _ in range(1_600):
            coalescer.offer("a", len(sent.values))
            await asyncio.sleep(0.001)
        within = [sum(start <= at < start + 0.99 for at in sent.times) for start in sent.times]
        assert max(within) <= 10
        assert len(sent.times) >= 12
        coalescer.close()

    run_on_its_own_clock(flood())


def test_steady_values_are_not_held_back_by_a_burst_before_them() -> None:
    sent = Sent()

    async def steady() -> None:
        coalescer: Coalescer[str, int] = Coalescer(sent, per_second=10)
        for value in range(5):
            coalescer.offer("a", value)
        for value in range(8):
            await asyncio.sleep(0.105)
            sent.values.clear()
            coalescer.offer("a", value)
            assert sent.values == [value]
        coalescer.close()

    run_on_its_own_clock(steady())


def test_subjects_do_not_wait_for_each_other() -> None:
    sent = Sent()

    async def two() -> None:
        coalescer: Coalescer[str, str] = Coalescer(sent, per_second=1)
        coalescer.offer("a", "a1")
        coalescer.offer("b", "b1")
        coalescer.offer("a", "a2")
        assert sent.values == ["a1", "b1"]
        coalescer.flush("a")
        assert sent.values == ["a1", "b1", "a2"]
        coalescer.close()

    run_on_its_own_clock(two())


def test_a_discarded_subject_sends_nothing_more_and_nothing_is_left_in_the_loop() -> None:
    sent = Sent()

    async def discarded() -> None:
        coalescer: Coalescer[str, int] = Coalescer(sent, per_second=50)
        for key in ("a", "b"):
            coalescer.offer(key, 1)
            coalescer.offer(key, 2)
        coalescer.discard("a")
        coalescer.close()
        assert sent.values == [1, 1, 2]
        coalescer.offer("a", 3)
        assert sent.values == [1, 1, 2, 3]
        coalescer.close()
        await asyncio.sleep(5)
        assert sent.values == [1, 1, 2, 3]

    run_on_its_own_clock(discarded())
