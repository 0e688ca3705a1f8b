"""The Socket.IO manager of an API process: hears the buses and hands each event to the sockets of its rooms.

python-socketio's own listener waits up to 60 s after an outage and never notices a half-open connection; this one
listens for a canary and starts afresh (R20).
"""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from engineio.packet import MESSAGE
from engineio.packet import Packet as EnginePacket
from redis.asyncio import Redis
from redis.exceptions import RedisError
from socketio import AsyncRedisManager

from spoonfeeder.realtime import connection, json, postgres_bus, tasks
from spoonfeeder.realtime.emitter import CHANNEL, MESSAGE_LIMIT_BYTES
from spoonfeeder.realtime.events import EVENTS
from spoonfeeder.realtime.postgres_bus import PostgresBus

CANARY = b'"canary"'

log = logging.getLogger(__name__)


def read(raw: bytes) -> dict[str, Any] | None:
    """The event in a message of a bus, or None: anybody who reaches Redis or the database can write there."""
    if raw == CANARY or len(raw) > MESSAGE_LIMIT_BYTES:
        return None
    try:
        message = json.loads(raw)
    except ValueError:
        return None
    if not isinstance(message, dict) or message.get("method") != "emit":
        return None
    event, data, rooms = message.get("event"), message.get("data"), message.get("room")
    if not isinstance(event, str) or event not in EVENTS or not isinstance(data, list):
        return None
    if not isinstance(rooms, list) or not rooms or not all(isinstance(room, str) for room in rooms):
        return None
    return {"method": "emit", "event": event, "data": data, "room": rooms}


class Deaf(Exception):
    """Nothing was heard for too long, not even the canary."""


class EventPacket(EnginePacket):  # type: ignore[misc]
    """A packet that knows whether a slow reader may miss it."""

    droppable = False


class Reader(AsyncRedisManager):  # type: ignore[misc]
    """`on_gap` is awaited after each time in which events may have been missed."""

    def __init__(
        self,
        on_gap: Callable[[], Awaitable[None]],
        *,
        canary_seconds: float = 5.0,
        deaf_seconds: float = 15.0,
        longest_pause_seconds: float = 2.0,
    ) -> None:
        super().__init__(channel=CHANNEL, logger=log, json=json)
        self._on_gap = on_gap
        self._canary_seconds = canary_seconds
        self._deaf_seconds = deaf_seconds
        self._longest_pause_seconds = longest_pause_seconds
        self._heard_at = 0.0
        self.delivered = 0
        self._listening = asyncio.Event()
        self._has_tried = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._gap: asyncio.Task[None] | None = None
        self._bus: PostgresBus | None = None
        self._by_bus: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._is_away_told = False

    @property
    def healthy(self) -> bool:
        """Whether one of the buses is subscribed and was heard lately; readiness fails without."""
        if self._bus is not None and self._bus.listening.is_set():
            return True
        return self._listening.is_set() and time.monotonic() - self._heard_at < self._deaf_seconds

    @property
    def silent_seconds(self) -> float:
        """Since anything was heard of Redis, its canary included; 0 while there is nothing to be heard."""
        return time.monotonic() - self._heard_at if self._listening.is_set() else 0.0

    def initialize(self) -> None:
        """Called by the server at its first connection; `start` came before."""

    def start(self, redis_url: str | None, bus: PostgresBus | None = None) -> None:
        """Listens to Redis, to `bus`, or to both: each sender says something in one of them, rarely in both."""
        self.redis_url, self._bus = redis_url or connection.NOWHERE, bus
        self._has_redis = redis_url is not None
        steps = [self._thread(), self._publish_canaries()] if self._has_redis else []
        if bus is not None:
            steps += [bus.listen(postgres_bus.EVENTS, self._hear, self._tell_gap), self._hand_on()]
        self._tasks = [asyncio.create_task(step) for step in steps]

    async def close(self) -> None:
        await tasks.cancel(*self._tasks)
        if self._gap is not None:
            await tasks.cancel(self._gap)

    async def wait_until_listening(self) -> None:
        """Of the two buses Redis, if there is to be one."""
        await (self._listening if self._bus is None or self._has_redis else self._bus.listening).wait()

    async def wait_until_begun(self) -> None:
        """Until each bus is listened to or Redis has refused once, and the time before is closed."""
        if self._has_redis:
            await self._has_tried.wait()
        if self._bus is not None:
            await self._bus.listening.wait()
        while self._gap is not None and not self._gap.done():
            await asyncio.wait([self._gap])

    async def _publish(self, data: dict[str, Any]) -> None:
        """This side only listens; what a server says to one of its own sockets concerns nobody else."""

    async def _handle_emit(self, message: dict[str, Any]) -> None:
        packet = self.server.packet_class(data=[message["event"], *message["data"]])
        parcel = EventPacket(MESSAGE, packet.encode())
        parcel.droppable = not EVENTS[message["event"]].is_state
        for _, eio_sid in self.get_participants("/", message["room"]):
            self.delivered += 1
            await self.server.eio.send_packet(eio_sid, parcel)
        # None of this waits: of many events that are there at once, sockets would otherwise see none leave, and be
        # taken for readers that do not keep up.
        await asyncio.sleep(0)

    def _hear(self, raw: bytes) -> None:
        message = read(raw)
        if message is not None:
            self._by_bus.put_nowait(message)

    async def _hand_on(self) -> None:
        while True:
            message = await self._by_bus.get()
            try:
                await self._handle_emit(message)
            except Exception:
                log.exception("an event could not be handed to the sockets")

    async def _listen(self) -> AsyncIterator[dict[str, Any]]:
        pause = 0.1
        while True:
            try:
                async for raw in self._subscription():
                    pause = 0.1
                    self._heard_at = time.monotonic()
                    message = read(raw)
                    if message is not None:
                        yield message
            except (RedisError, OSError, Deaf) as error:
                self._has_tried.set()
                if not self._is_away_told:
                    log.warning("not listening to Redis (%s), trying again", type(error).__name__)
                self._is_away_told = True
            finally:
                self._listening.clear()
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))
            pause = min(pause * 2, self._longest_pause_seconds)

    async def _subscription(self) -> AsyncIterator[bytes]:
        """Messages of one connection, until it breaks (raises) or stays silent (raises Deaf)."""
        async with contextlib.aclosing(self._client()) as client, client.pubsub() as pubsub:
            await pubsub.subscribe(self.channel)
            self._heard_at = time.monotonic()
            while time.monotonic() - self._heard_at < self._deaf_seconds:
                message = await pubsub.get_message(timeout=1)
                if message is None:
                    continue
                if message["type"] == "subscribe":
                    self._subscribed()
                elif message["type"] == "message":
                    yield message["data"]
            raise Deaf

    def _subscribed(self) -> None:
        self._heard_at = time.monotonic()
        self._listening.set()
        self._is_away_told = False
        log.info("listening to Redis")
        self._tell_gap()
        self._has_tried.set()

    def _tell_gap(self) -> None:
        if self._gap is not None:
            self._gap.cancel()
        self._gap = asyncio.create_task(self._close_gap())

    async def _close_gap(self) -> None:
        """Tries again, since the database may be away as well."""
        while True:
            try:
                await self._on_gap()
                return
            except Exception:
                log.exception("the sockets could not be told what they may have missed")
            await asyncio.sleep(self._longest_pause_seconds)

    def _client(self) -> Redis:
        return connection.connect(self.redis_url, health_check_interval=0)

    async def _publish_canaries(self) -> None:
        client = connection.connect(self.redis_url)
        try:
            while True:
                with contextlib.suppress(RedisError, OSError):
                    await client.publish(self.channel, CANARY)
                await asyncio.sleep(self._canary_seconds)
        finally:
            await client.aclose()
