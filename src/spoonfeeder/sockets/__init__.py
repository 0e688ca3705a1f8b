"""Socket.IO: who may connect, what they may subscribe to, and how much (docs/api.md, "Socket.IO")."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from socketio.exceptions import ConnectionRefusedError as Refused

from spoonfeeder.core.actor import LOCAL_OWNER, User
from spoonfeeder.features.auth.access import current_actor
from spoonfeeder.realtime import rooms
from spoonfeeder.realtime.reader import Reader
from spoonfeeder.runtime import Runtime
from spoonfeeder.sockets.limits import Limits
from spoonfeeder.sockets.server import Server
from spoonfeeder.sockets.snapshots import StoredSnapshots
from spoonfeeder.sockets.subscriptions import Seat, Snapshots, Subscriptions


class Sockets:
    """The Socket.IO side of an API process; `server` is mounted before there is a runtime."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._closed = False
        self._reader = Reader(self._close_gap)
        self.server = Server(self._reader, self._limits)
        self._subscriptions = Subscriptions(self.server, self._limits)
        self.server.on("connect", self._connect)
        self.server.on("disconnect", self._disconnect)

    @property
    def healthy(self) -> bool:
        """Whether events of other processes arrive here; readiness fails without."""
        return self._reader.healthy

    @asynccontextmanager
    async def serving(self, runtime: Runtime) -> AsyncIterator[None]:
        async with self.listening(runtime.redis_url, StoredSnapshots(runtime)):
            yield

    @asynccontextmanager
    async def listening(self, redis_url: str, snapshots: Snapshots) -> AsyncIterator[None]:
        """Hands events from Redis to the sockets; at the end all are closed."""
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

    async def _connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        actor = current_actor()
        seats = self._subscriptions.seats
        if sum(seat.actor.user_id == actor.user_id for seat in seats.values()) >= self._allowed(actor):
            raise Refused("Too many connections are open; close another window first.", {"code": "TOO_MANY_SOCKETS"})
        seats[sid] = Seat(actor)
        await self.server.enter_room(sid, rooms.workspace(actor.workspace_id))

    def _allowed(self, actor: User) -> int:
        local = actor.user_id == LOCAL_OWNER.user_id
        return self._limits.sockets_of_local_owner if local else self._limits.sockets_per_user

    async def _disconnect(self, sid: str, reason: str) -> None:
        self._subscriptions.seats.pop(sid, None)

    async def _close_gap(self) -> None:
        await self._subscriptions.tell_all_again()
