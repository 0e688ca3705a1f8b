"""Publishes events to every API process; the sockets hang there (the messages are python-socketio's)."""

import logging

import orjson
from redis.exceptions import RedisError

from spoonfeeder.realtime import connection
from spoonfeeder.realtime.events import Event, GenerationCompleted

CHANNEL = "spoonfeeder:events"
MESSAGE_LIMIT_BYTES = 512 * 1024

log = logging.getLogger(__name__)


class EventTooLarge(Exception):
    """The event is larger than a bus carries; readers find its content by REST."""


def message_of(event: Event) -> bytes:
    """One message whatever the number of its rooms, so that a socket in several gets it once.

    Raises EventTooLarge for what cannot be sent at all.
    """
    message = _written(event)
    if len(message) > MESSAGE_LIMIT_BYTES and isinstance(event, GenerationCompleted):
        message = _written(event.without_outputs())
    if len(message) > MESSAGE_LIMIT_BYTES:
        raise EventTooLarge(event.name)
    return message


def _written(event: Event) -> bytes:
    return orjson.dumps({"method": "emit", "event": event.name, "data": [event.payload()], "room": event.rooms()})


class Emitter:
    def __init__(self, redis_url: str) -> None:
        self._redis = connection.connect(redis_url)

    async def publish(self, message: bytes) -> int:
        """What `message_of` wrote; how many processes heard it. Raises RedisError or OSError when Redis is away."""
        return int(await self._redis.publish(CHANNEL, message))

    async def close(self) -> None:
        try:
            await self._redis.aclose()
        except (RedisError, OSError) as error:
            log.debug("closing the emitter: %s", error)
