"""Socket.IO: who may connect, what they may subscribe to, and how much (docs/api.md, "Socket.IO")."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

from spoonfeeder.core.metrics import Watched
from spoonfeeder.features.auth.authority import still_held
from spoonfeeder.realtime import tasks
from spoonfeeder.realtime.events import Resync
from spoonfeeder.realtime.postgres_bus import PostgresBus
from spoonfeeder.realtime.reader import Reader
from spoonfeeder.runtime import Runtime
from spoonfeeder.sockets.doors import Door, LocalDoor, SignInDoor
from spoonfeeder.sockets.limits import Limits
from spoonfeeder.sockets.reception import Reception
from spoonfeeder.sockets.server import Server
from spoonfeeder.sockets.snapshots import StoredSnapshots
from spoonfeeder.sockets.subscriptions import Snapshots, Subscriptions
from spoonfeeder.sockets.watch import Pace, Watch

BEGIN_SECONDS = 2.0
"""So long nobody is let in for want of a bus; who comes in without one hears `resync` when it is there."""


class Sockets:
    """The Socket.IO side of an API process; `server` is mounted before there is a runtime."""

    def __init__(self, limits: Limits | None = None, pace: Pace | None = None) -> None:
        limits = limits or Limits()
        self._closed = False
        self._reader = Reader(self._close_gap)
        self.server = Server(self._reader, limits)
        self._subscriptions = Subscriptions(self.server, limits)
        self._reception = Reception(self.server, self._subscriptions.seats, limits)
        self._watch = Watch(self.server, self._subscriptions.seats, pace or Pace())

    @property
    def healthy(self) -> bool:
        """Whether events of other processes arrive here; readiness fails without."""
        return self._reader.healthy

    def watched(self) -> list[Watched]:
        """What an operator sees of the sockets."""
        engine, reader = self.server.eio, self._reader
        return [
            Watched("spoonfeeder_sockets", "Connections of Socket.IO.", lambda: len(engine.sockets)),
            Watched("spoonfeeder_socket_events", "Events handed to sockets.", lambda: reader.delivered, True),
            Watched("spoonfeeder_socket_events_dropped", "That slow readers missed.", lambda: engine.dropped, True),
            Watched("spoonfeeder_sockets_cut", "Ended, since their reader took nothing.", lambda: engine.cut, True),
            Watched("spoonfeeder_bus_listening", "1 while events of others come in.", lambda: self.healthy),
            Watched("spoonfeeder_bus_silent_seconds", "Since Redis was heard last.", lambda: reader.silent_seconds),
        ]

    @asynccontextmanager
    async def serving(self, runtime: Runtime) -> AsyncIterator[None]:
        """In server mode every seat is watched: whoever may no longer be here is sent away."""
        if not runtime.settings.is_server:
            async with self.listening(runtime.redis_url, StoredSnapshots(runtime), LocalDoor(), runtime.bus):
                yield
            return
        watching = asyncio.create_task(self._watch.watch_for_ever(partial(still_held, runtime)))
        try:
            async with self.listening(runtime.redis_url, StoredSnapshots(runtime), SignInDoor(runtime), runtime.bus):
                yield
        finally:
            await tasks.cancel(watching)

    @asynccontextmanager
    async def listening(
        self, redis_url: str | None, snapshots: Snapshots, door: Door, bus: PostgresBus | None = None
    ) -> AsyncIterator[None]:
        """Hands events from the buses to the sockets; at the end all are closed."""
        self._reception.door = door
        self._subscriptions.look_at(snapshots)
        self._reader.start(redis_url, bus)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(BEGIN_SECONDS):
                    await self._reader.wait_until_begun()
            yield
        finally:
            await self.close()

    async def wait_until_listening(self) -> None:
        await self._reader.wait_until_listening()

    async def close(self) -> None:
        """Ends every connection, waiting polls included; a second call does nothing."""
        if self._closed:
            return
        self._closed = self.server.eio.closing = True
        for eio_sid in list(self.server.eio.sockets):
            await self.server.eio.drop(eio_sid)
        await self.server.shutdown()
        await self._reader.close()

    async def _close_gap(self) -> None:
        """Rooms of one subject get its present state; what else was missed only a reader can find."""
        await self._subscriptions.tell_all_again()
        await self.server.emit(Resync.name, {}, ignore_queue=True)
