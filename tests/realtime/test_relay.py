import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from spoonfeeder.embedded.redis import EmbeddedRedis
from spoonfeeder.realtime.dispatcher import Dispatcher
from spoonfeeder.realtime.doorbell import Ring
from spoonfeeder.realtime.events import Event, GenerationPreview, GenerationProgress
from spoonfeeder.realtime.live import Live, Preview
from spoonfeeder.realtime.relay import Relay, Run
from tests.realtime.make_events import WORKSPACE
from tests.waiting import until

ID = uuid4()
DRAIN_SECONDS = 20.0
RUN = Run(WORKSPACE, ID, None, 2, str(ID), f"/api/comfyui/generations/{ID}/preview")


@pytest.fixture
async def live(redis: EmbeddedRedis) -> AsyncIterator[Live]:
    store = Live(redis.url)
    yield store
    await store.close()


@pytest.fixture
def sent() -> list[Event]:
    return []


@pytest.fixture
async def dispatcher(sent: list[Event]) -> AsyncIterator[Dispatcher]:
    async def ring(ring: Ring) -> None:
        raise AssertionError(ring)

    async def emit(event: Event) -> None:
        sent.append(event)

    async with Dispatcher(ring, emit) as made:
        yield made


async def _progress(live: Live, running: UUID) -> dict[str, object]:
    return (await live.get_progress([running])).get(running, {})


async def test_a_run_is_told_ten_times_a_second_first_and_last_included(
    live: Live, dispatcher: Dispatcher, sent: list[Event]
) -> None:
    relay, clock = Relay(RUN, dispatcher, live), asyncio.get_running_loop()
    began = clock.time()
    for percent in range(60):
        relay.progress(percent, "3")
        await asyncio.sleep(0.005)
    relay.close()
    took = clock.time() - began
    await dispatcher.close(DRAIN_SECONDS)
    events = [event for event in sent if isinstance(event, GenerationProgress)]
    assert (events[0].progress, events[-1].progress) == (0, 59)
    assert 3 <= len(events) <= 10 * (took + 1) + 1
    assert [event.n for event in events] == list(range(1, len(events) + 1))
    assert await _progress(live, ID) == {
        "seq": events[-1].seq,
        "progress": 59,
        "current_node": "3",
        "preview_url": None,
    }


async def test_progress_never_goes_back(live: Live, dispatcher: Dispatcher, sent: list[Event]) -> None:
    relay = Relay(RUN, dispatcher, live)
    relay.progress(50, "3")
    relay.progress(20, "4")
    relay.close()
    await dispatcher.close(DRAIN_SECONDS)
    assert [(event.progress, event.current_node) for event in sent if isinstance(event, GenerationProgress)] == [
        (50, "3"),
        (50, "4"),
    ]


async def test_a_preview_is_there_when_it_is_announced(live: Live, dispatcher: Dispatcher, sent: list[Event]) -> None:
    relay = Relay(RUN, dispatcher, live)
    relay.progress(30, "3")
    relay.preview(b"first", "image/jpeg")
    await until(lambda: len(sent) == 2)
    preview = sent[1]
    assert isinstance(preview, GenerationPreview)
    assert preview.preview_url == f"/api/comfyui/generations/{ID}/preview?n=2"
    assert preview.payload()["progress"] == 30
    assert await live.get_preview(ID) == Preview(b"first", "image/jpeg", 2)
    relay.preview(b"second", "image/jpeg")
    relay.close()
    await dispatcher.close(DRAIN_SECONDS)
    assert (await _progress(live, ID))["preview_url"] == f"/api/comfyui/generations/{ID}/preview?n=3"
    assert await live.get_preview(ID) == Preview(b"second", "image/jpeg", 3)
