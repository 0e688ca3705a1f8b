"""What waits to be sent to one socket: bounded, whatever its reader does."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from spoonfeeder.sockets.limits import Limits

BATCH = 32
"""Packets that the writer takes at once; what it has taken is no longer counted here."""


def _nothing(*_: object) -> None:
    pass


class Outbox(asyncio.Queue[Any]):
    """Beyond its bounds progress is dropped; a reader that still takes nothing is `lost`."""

    def __init__(self, limits: Limits, dropped: Callable[[int], None] = _nothing) -> None:
        self._limits = limits
        self._dropped = dropped
        self._bytes = 0
        self._taken = 0
        self._relieved = False
        self.lost = False
        self.abort: Callable[[], None] = _nothing
        super().__init__()

    async def put(self, item: Any) -> None:
        self.put_nowait(item)
        if self.qsize() > self._limits.outbound_packets or self._bytes > self._limits.outbound_bytes:
            self._relieve()

    async def get(self) -> Any:
        self._taken = 0
        return await super().get()

    def get_nowait(self) -> Any:
        if self._taken >= BATCH:
            raise asyncio.QueueEmpty
        self._taken += 1
        return super().get_nowait()

    async def join(self) -> None:
        """Closing a socket does not wait for its reader."""

    def clear(self) -> None:
        self._queue.clear()
        self._bytes = 0

    def _relieve(self) -> None:
        kept = [packet for packet in self._queue if not getattr(packet, "droppable", False)]
        self._dropped(len(self._queue) - len(kept))
        too_many = len(kept) > self._limits.outbound_packets
        self.clear()
        for packet in kept:
            self._put(packet)
        self.lost = self._relieved or too_many or self._bytes > self._limits.outbound_bytes
        self._relieved = True

    def _init(self, maxsize: int) -> None:
        self._queue: deque[Any] = deque()

    def _put(self, item: Any) -> None:
        self._queue.append(item)
        self._bytes += _size(item)

    def _get(self) -> Any:
        item = self._queue.popleft()
        self._bytes -= _size(item)
        self._relieved = False
        return item


def _size(packet: Any) -> int:
    data = getattr(packet, "data", None)
    return len(data) if isinstance(data, str | bytes) else 0
