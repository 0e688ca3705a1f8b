import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from spoonfeeder.realtime.dispatcher import Dispatcher
from spoonfeeder.realtime.doorbell import Ring
from spoonfeeder.realtime.events import Event
from tests.fixtures.clock import Clock
from tests.realtime.make_events import completed, progress
from tests.waiting import until

DRAIN_SECONDS = 20.0


class Outside:
    """What the dispatcher talks to: `away` refuses, `hanging` never answers."""

    def __init__(self) -> None:
        self.away = False
        self.hanging = False
        self.rings: list[str] = []
        self.events: list[Event] = []

    async def ring(self, ring: Ring) -> None:
        await self._reach()
        self.rings.append(ring.queue)

    async def emit(self, event: Event) -> None:
        await self._reach()
        self.events.append(event)

    async def _reach(self) -> None:
        if self.hanging:
            await asyncio.Event().wait()
        if self.away:
            raise RedisConnectionError("refused")


@pytest.fixture
def outside() -> Outside:
    return Outside()


@pytest.fixture
async def dispatcher(outside: Outside) -> AsyncIterator[Dispatcher]:
    made = Dispatcher(outside.ring, outside.emit, size=100)
    yield made
    await made.close(0.1)


async def test_rings_and_events_leave_in_order(outside: Outside, dispatcher: Dispatcher) -> None:
    events = [progress(n=n) for n in range(50)]
    for number, event in enumerate(events):
        dispatcher.ring(Ring(str(number)))
        dispatcher.emit(event)
    assert outside.events == []
    await dispatcher.close(DRAIN_SECONDS)
    assert outside.events == events
    assert outside.rings == [str(number) for number in range(50)]


async def test_a_silent_redis_never_holds_the_caller(outside: Outside, dispatcher: Dispatcher) -> None:
    outside.hanging = True
    for _ in range(1_000):
        dispatcher.ring(Ring("generations"))
        dispatcher.emit(progress())
    assert (outside.rings, outside.events) == ([], [])


async def test_a_state_event_waits_for_redis_to_come_back_and_progress_does_not(
    outside: Outside, dispatcher: Dispatcher, clock: Clock
) -> None:
    outside.away = True
    state = completed()
    dispatcher.emit(state)
    dispatcher.emit(progress())
    dispatcher.ring(Ring("generations"))
    await until(lambda: dispatcher.lost >= 1)
    dispatcher.emit(progress())
    dispatcher.ring(Ring("generations"))
    outside.away = False
    clock.now += 5
    await until(lambda: outside.events[:1] == [state])
    assert outside.rings == []
    dispatcher.ring(Ring("generations"))
    await until(lambda: outside.rings == ["generations"])


async def test_a_full_line_loses_its_oldest(outside: Outside, dispatcher: Dispatcher) -> None:
    outside.away = True
    events = [completed() for _ in range(150)]
    for event in events:
        dispatcher.emit(event)
    outside.away = False
    await until(lambda: len(outside.events) == 100)
    assert outside.events == events[50:]
    assert dispatcher.lost == 50


async def test_an_event_that_cannot_be_sent_does_not_stop_the_line() -> None:
    sent: list[Event] = []

    async def emit(event: Event) -> None:
        if not sent:
            sent.append(event)
            raise ValueError("cannot be written as JSON")
        sent.append(event)

    async def ring(ring: Ring) -> None:
        raise AssertionError(ring)

    dispatcher = Dispatcher(ring, emit)
    good = completed()
    dispatcher.emit(completed(uuid4()))
    dispatcher.emit(good)
    await dispatcher.close(DRAIN_SECONDS)
    assert sent[1:] == [good]
    assert dispatcher.lost == 1


async def test_an_action_takes_its_turn_among_the_events(outside: Outside, dispatcher: Dispatcher) -> None:
    seen: list[int] = []

    async def look() -> None:
        seen.append(len(outside.events))

    dispatcher.emit(progress())
    dispatcher.do(look)
    dispatcher.emit(progress())
    await dispatcher.close(DRAIN_SECONDS)
    assert (seen, len(outside.events)) == ([1], 2)


@pytest.mark.parametrize("is_ready", [True, False])
async def test_what_there_is_nothing_to_see_of_is_not_told(
    outside: Outside, dispatcher: Dispatcher, is_ready: bool
) -> None:
    async def ready() -> bool:
        return is_ready

    before, shown, after = progress(), progress(), progress()
    dispatcher.emit(before)
    dispatcher.emit_if(ready, shown)
    dispatcher.emit(after)
    await dispatcher.close(DRAIN_SECONDS)
    assert outside.events == ([before, shown, after] if is_ready else [before, after])


async def test_closing_takes_no_longer_than_allowed(outside: Outside, dispatcher: Dispatcher) -> None:
    outside.hanging = True
    for _ in range(20):
        dispatcher.emit(completed())
    async with asyncio.timeout(20):  # Redis is silent for ever
        await dispatcher.close(0.3)
    dispatcher.emit(completed())
    assert len(asyncio.all_tasks()) == 1
