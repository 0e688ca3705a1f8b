import asyncio
import time

from spoonfeeder.realtime.coalesce import Coalescer
from tests.waiting import until


class Sent:
    def __init__(self) -> None:
        self.values: list[object] = []
        self.times: list[float] = []

    def __call__(self, value: object) -> None:
        self.values.append(value)
        self.times.append(time.monotonic())


async def test_the_first_value_leaves_at_once_and_the_last_one_always() -> None:
    sent = Sent()
    coalescer: Coalescer[str, int] = Coalescer(sent, per_second=20)
    for value in range(100):
        coalescer.offer("a", value)
    assert sent.values == [0]
    await until(lambda: sent.values == [0, 99])


async def test_a_flood_leaves_at_most_so_often_in_any_second() -> None:
    sent = Sent()
    coalescer: Coalescer[str, int] = Coalescer(sent, per_second=10)
    end = time.monotonic() + 1.6
    while time.monotonic() < end:
        coalescer.offer("a", len(sent.values))
        await asyncio.sleep(0.001)
    within = [sum(start <= at < start + 0.99 for at in sent.times) for start in sent.times]
    assert max(within) <= 10
    assert len(sent.times) >= 12
    coalescer.close()


async def test_steady_values_are_not_held_back_by_a_burst_before_them() -> None:
    sent = Sent()
    coalescer: Coalescer[str, float] = Coalescer(sent, per_second=10)
    for _ in range(5):
        coalescer.offer("a", time.monotonic())
    sent.values.clear()
    sent.times.clear()
    for _ in range(8):
        await asyncio.sleep(0.105)
        coalescer.offer("a", time.monotonic())
    coalescer.close()
    held = [at - value for at, value in zip(sent.times, sent.values, strict=True) if isinstance(value, float)]
    assert len(held) == 8
    assert max(held) < 0.05


async def test_subjects_do_not_wait_for_each_other() -> None:
    sent = Sent()
    coalescer: Coalescer[str, str] = Coalescer(sent, per_second=1)
    coalescer.offer("a", "a1")
    coalescer.offer("b", "b1")
    coalescer.offer("a", "a2")
    assert sent.values == ["a1", "b1"]
    coalescer.flush("a")
    assert sent.values == ["a1", "b1", "a2"]
    coalescer.close()


async def test_a_discarded_subject_sends_nothing_more_and_nothing_is_left_in_the_loop() -> None:
    sent = Sent()
    coalescer: Coalescer[str, int] = Coalescer(sent, per_second=50)
    for key in ("a", "b"):
        coalescer.offer(key, 1)
        coalescer.offer(key, 2)
    coalescer.discard("a")
    coalescer.close()
    assert sent.values == [1, 1, 2]
    before = len(sent.values)
    coalescer.offer("a", 3)
    assert sent.values[before:] == [3]
    coalescer.close()
