"""The way of rings and events: Redis, and PostgreSQL where that is away or not wanted."""

from functools import partial

import orjson
from redis.exceptions import RedisError

from spoonfeeder.realtime import postgres_bus
from spoonfeeder.realtime.breaker import BreakerOpen
from spoonfeeder.realtime.doorbell import Doorbell, Ring
from spoonfeeder.realtime.emitter import Emitter, message_of
from spoonfeeder.realtime.events import Event
from spoonfeeder.realtime.postgres_bus import PostgresBus
from spoonfeeder.realtime.presence import Presence


class Courier:
    """Both raise BusAway when neither of the two is there. What arrives twice does no harm."""

    def __init__(self, emitter: Emitter, doorbell: Doorbell, presence: Presence, bus: PostgresBus) -> None:
        self._emitter = emitter
        self._doorbell = doorbell
        self._presence = presence
        self._bus = bus

    async def ring(self, ring: Ring) -> None:
        try:
            await self._presence.call(partial(self._doorbell.ring, ring))
        except (BreakerOpen, RedisError, OSError):
            await self._bus.send(postgres_bus.RINGS, orjson.dumps(ring, default=str))

    async def emit(self, event: Event) -> None:
        """A state event that nobody heard in Redis goes the other way too: its listener may be about to come back.

        Raises EventTooLarge for what cannot be sent at all.
        """
        message = message_of(event)
        try:
            heard = await self._presence.call(partial(self._emitter.publish, message))
            if heard or not event.is_state:
                return
        except (BreakerOpen, RedisError, OSError):
            pass
        await self._bus.send(postgres_bus.EVENTS, message)
