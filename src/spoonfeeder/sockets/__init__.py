"""Socket.IO: who may connect, what they may subscribe to, and how much (docs/api.md, "Socket.IO")."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from spoonfeeder.features.auth.authority import still_held
from spoonfeeder.realtime import tasks
from spoonfeeder.realtime.reader import Reader
from spoonfeeder.runtime import Runtime
from spoonfeeder.sockets.doors import Door, LocalDoor, SignInDoor
from spoonfeeder.sockets.limits import Limits
from spoonfeeder.sockets.reception import Reception
from spoonfeeder.sockets.server import Server
from spoonfeeder.sockets.snapshots import StoredSnapshots
from spoonfeeder.sockets.subscriptions import Snapshots, Subscriptions
from spoonfeeder.sockets.watch import Pace, Watch


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

    @asynccontextmanager
    async def serving(self, runtime: Runtime) -> AsyncIterator[None]:
        """In server mode every seat is watched: whoever may no longer be here is sent away."""
        if not runtime.settings.is_server:
            async with self.listening(runtime.redis_url, StoredSnapshots(runtime), LocalDoor()):
                yield
            return
        watching = asyncio.create_task(self._watch.watch_for_ever(partial(still_held, runtime)))
        try:
            async with self.listening(runtime.redis_url, StoredSnapshots(runtime), SignInDoor(runtime)):
                yield
        finally:
            await tasks.cancel(watching)

    @asynccontextmanager
    async def listening(self, redis_url: str, snapshots: Snapshots, door: Door) -> AsyncIterator[None]:
        """Hands events from Redis to the sockets; at the end all are closed."""
        self._reception.door = door
        self._subscriptions.look_at(snapshots)
        self._reader.start(redis_url)
        try:
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
        await self._subscriptions.tell_all_again()
