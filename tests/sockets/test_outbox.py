import asyncio

import pytest
from engineio.packet import MESSAGE

from spoonfeeder.realtime.reader import EventPacket
from spoonfeeder.sockets.limits import Limits
from spoonfeeder.sockets.outbox import BATCH, Outbox


def _packet(text: str, *, droppable: bool = False) -> EventPacket:
    packet = EventPacket(MESSAGE, text)
    packet.droppable = droppable
    return packet


@pytest.mark.parametrize("limits", [Limits(outbound_packets=10), Limits(outbound_bytes=100)])
async def test_progress_gives_way_to_state_when_too_much_waits(limits: Limits) -> None:
    outbox = Outbox(limits)
    for number in range(5):
        await outbox.put(_packet(f"state {number:4d}"))
        await outbox.put(_packet("progress 1", droppable=True))
    await outbox.put(_packet("state last"))
    assert not outbox.lost
    assert [outbox.get_nowait().data for _ in range(outbox.qsize())] == [
        *(f"state {number:4d}" for number in range(5)),
        "state last",
    ]


async def test_a_reader_that_takes_nothing_between_two_overflows_is_lost() -> None:
    outbox = Outbox(Limits(outbound_packets=10))
    for _ in range(11):
        await outbox.put(_packet("progress", droppable=True))
    assert not outbox.lost
    for _ in range(10):
        await outbox.put(_packet("progress", droppable=True))
    assert not outbox.lost
    await outbox.put(_packet("progress", droppable=True))
    assert outbox.lost


async def test_a_reader_that_takes_something_is_not_lost_however_much_progress_it_misses() -> None:
    outbox = Outbox(Limits(outbound_packets=10))
    for _ in range(200):
        await outbox.put(_packet("progress", droppable=True))
        if outbox.qsize() == 10:
            await outbox.get()
    assert not outbox.lost


async def test_too_much_state_alone_means_lost() -> None:
    outbox = Outbox(Limits(outbound_packets=10))
    for _ in range(11):
        await outbox.put(_packet("state"))
    assert outbox.lost


async def test_the_writer_takes_a_bounded_batch_at_once() -> None:
    outbox = Outbox(Limits())
    for _ in range(100):
        await outbox.put(_packet("state"))
    await outbox.get()
    for _ in range(BATCH - 1):
        outbox.get_nowait()
    with pytest.raises(asyncio.QueueEmpty):
        outbox.get_nowait()
    assert (await outbox.get()).data == "state"
