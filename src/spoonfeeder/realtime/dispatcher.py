"""What leaves after a commit, never in the caller's way: rings for the workers, events for the browsers."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Self

from spoonfeeder.realtime.doorbell import Ring
from spoonfeeder.realtime.events import Event
from spoonfeeder.realtime.lane import Action, Lane

KEEP_STATE_SECONDS = 60.0
DRAIN_SECONDS = 2.0


class Dispatcher:
    """A ring that fails is let go, since the sweep rings again; a state event waits until there is a way again.

    As a context manager it sends at the end what still waits, for at most `DRAIN_SECONDS`.
    """

    def __init__(
        self,
        ring: Callable[[Ring], Awaitable[None]],
        emit: Callable[[Event], Awaitable[None]],
        *,
        size: int = 10_000,
    ) -> None:
        self._ring = ring
        self._emit = emit
        self._rings = Lane("ring", size=size)
        self._events = Lane("emit", size=size)

    def ring(self, ring: Ring) -> None:
        self._rings.put(partial(self._ring, ring))

    def emit(self, event: Event) -> None:
        self._events.put(partial(self._emit, event), keep_seconds=KEEP_STATE_SECONDS if event.is_state else 0.0)

    def emit_if(self, ready: Callable[[], Awaitable[bool]], event: Event) -> None:
        """Of what is no state: emits it in its turn, once `ready` has said that there is something to see."""

        async def emit_ready() -> None:
            if await ready():
                await self._emit(event)

        self.do(emit_ready)

    def do(self, action: Action) -> None:
        """Runs `action` in the line of the events, in its turn; it is let go where progress would be."""
        self._events.put(action)

    @property
    def lost(self) -> int:
        """How many rings and events were let go since the start."""
        return self._rings.lost + self._events.lost

    @property
    def waiting(self) -> int:
        """How many rings and events are not out yet."""
        return len(self._rings) + len(self._events)

    async def close(self, drain_seconds: float = DRAIN_SECONDS) -> None:
        await asyncio.gather(self._rings.close(drain_seconds), self._events.close(drain_seconds))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
