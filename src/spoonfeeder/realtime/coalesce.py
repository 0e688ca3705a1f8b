"""Newest wins: at most so many values a second per subject, the first at once and the last always."""

import asyncio
from collections import deque
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

PERIOD_SECONDS = 1.0
STEADY = 0.9
"""Share of the mean interval after which a value is on time: what comes steadily at the full rate jitters a little."""


class _Slot(Generic[Value]):
    def __init__(self, per_period: int) -> None:
        self.sent: deque[float] = deque(maxlen=per_period)
        self.waiting: list[Value] = []
        self.timer: asyncio.TimerHandle | None = None


class Coalescer(Generic[Key, Value]):
    """Values that come steadily, at most `per_second`, are never held back.

    One that comes right after another waits for a successor to take its place, at most two mean intervals. `send` is
    called in the event loop's thread and must not block. Only subjects of the last second are kept.
    """

    def __init__(self, send: Callable[[Value], None], *, per_second: int = 10) -> None:
        self._send = send
        self._per_second = per_second
        self._interval_seconds = PERIOD_SECONDS / per_second
        self._slots: dict[Key, _Slot[Value]] = {}

    def offer(self, key: Key, value: Value) -> None:
        slot = self._slots.setdefault(key, _Slot(self._per_second))
        due = self._due(slot)
        if due is None:
            self._deliver(key, slot, value)
        else:
            if not slot.waiting:
                self._wake(key, slot, due)
            slot.waiting = [value]

    def flush(self, key: Key) -> None:
        """Sends what waits for this subject now; to be called before its end is told."""
        slot = self._slots.get(key)
        if slot is not None and slot.waiting:
            self._deliver(key, slot, slot.waiting[0])

    def discard(self, key: Key) -> None:
        """Forgets the subject and what waits for it."""
        slot = self._slots.pop(key, None)
        if slot is not None and slot.timer is not None:
            slot.timer.cancel()

    def close(self) -> None:
        """Sends everything that waits; nothing is left behind in the loop."""
        for key in list(self._slots):
            self.flush(key)
            self.discard(key)

    def _due(self, slot: _Slot[Value]) -> float | None:
        """When a value that comes now may leave; None: at once."""
        now = asyncio.get_running_loop().time()
        if not slot.sent:
            return None
        if now < slot.sent[-1] + STEADY * self._interval_seconds:
            return slot.sent[-1] + 2 * self._interval_seconds
        if len(slot.sent) == self._per_second and now < slot.sent[0] + PERIOD_SECONDS:
            return slot.sent[0] + PERIOD_SECONDS
        return None

    def _deliver(self, key: Key, slot: _Slot[Value], value: Value) -> None:
        now = asyncio.get_running_loop().time()
        slot.waiting.clear()
        slot.sent.append(now)
        self._wake(key, slot, now + PERIOD_SECONDS)
        self._send(value)

    def _wake(self, key: Key, slot: _Slot[Value], when: float) -> None:
        if slot.timer is not None:
            slot.timer.cancel()
        slot.timer = asyncio.get_running_loop().call_at(when, self._awake, key, slot)

    def _awake(self, key: Key, slot: _Slot[Value]) -> None:
        if slot.waiting:
            self._deliver(key, slot, slot.waiting[0])
        else:
            del self._slots[key]
