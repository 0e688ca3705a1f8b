"""Publishes events to every API process; the sockets hang there (python-socketio's write-only manager)."""

import logging
from typing import Any

from redis.exceptions import RedisError
from socketio import AsyncRedisManager

from spoonfeeder.realtime import connection, json
from spoonfeeder.realtime.events import Event, GenerationCompleted

CHANNEL = "spoonfeeder:events"
MESSAGE_LIMIT_BYTES = 512 * 1024

log = logging.getLogger(__name__)


class EventTooLarge(Exception):
    """The event is larger than the bus carries; readers find its content by REST."""


class _Publisher(AsyncRedisManager):  # type: ignore[misc]
    """Says when a message was not published; the library's own would try twice and only log."""

    def __init__(self, redis_url: str) -> None:
        super().__init__(redis_url, channel=CHANNEL, write_only=True, logger=log, json=json)
        self.redis = connection.connect(redis_url)

    async def _publish(self, data: dict[str, Any]) -> None:
        message = json.dumps(data)
        if len(message) > MESSAGE_LIMIT_BYTES:
            raise EventTooLarge(data["event"])
        await self.redis.publish(self.channel, message)


class Emitter:
    """One message per event whatever the number of its rooms, so that a socket in several gets it once."""

    def __init__(self, redis_url: str) -> None:
        self._publisher = _Publisher(redis_url)

    async def emit(self, event: Event) -> None:
        """Raises RedisError or OSError when Redis is away, EventTooLarge for what cannot be sent at all."""
        try:
            await self._send(event, event.payload())
        except EventTooLarge:
            if not isinstance(event, GenerationCompleted):
                raise
            await self._send(event, event.without_outputs().payload())

    async def _send(self, event: Event, payload: dict[str, Any]) -> None:
        await self._publisher.emit(event.name, payload, namespace="/", room=event.rooms())

    async def close(self) -> None:
        try:
            await self._publisher.redis.aclose()
        except (RedisError, OSError) as error:
            log.debug("closing the emitter: %s", error)
