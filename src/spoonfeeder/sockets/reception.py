"""Takes connections in: each gets a seat once it is known whose it is."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from socketio.exceptions import ConnectionRefusedError as Refused

from spoonfeeder.core.errors import AppError, Unavailable
from spoonfeeder.features.auth.authority import Pass
from spoonfeeder.features.auth.credentials import LocalOwner
from spoonfeeder.realtime import rooms
from spoonfeeder.sockets.answers import Answer, answer, refusal_of
from spoonfeeder.sockets.doors import Door, SignInFirst
from spoonfeeder.sockets.limits import Limits
from spoonfeeder.sockets.server import Server
from spoonfeeder.sockets.subscriptions import Seat


class TooManySockets(AppError):
    """Too many connections are open; close another window first."""

    status = 429
    code = "TOO_MANY_SOCKETS"


class Reception:
    """Without a `door` nobody comes in."""

    def __init__(self, server: Server, seats: dict[str, Seat], limits: Limits) -> None:
        self._server = server
        self._seats = seats
        self._limits = limits
        self._turns = asyncio.Semaphore(limits.handshakes_at_once)
        self.door: Door | None = None
        server.on("connect", self._connect)
        server.on("disconnect", self._disconnect)
        server.on("authenticate", self._authenticate)

    async def _connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        try:
            async with self._attended() as door:
                held = await door.enter(environ, auth)
            self._check_number(held)
        except Exception as error:  # noqa: BLE001 - told and logged
            refusal = refusal_of(error)
            raise Refused(refusal.message, {"code": refusal.code}) from None
        self._seats[sid] = Seat(held)
        actor = held.actor
        await self._server.enter_room(sid, rooms.workspace(actor.workspace_id))
        if actor.user_id is not None:
            await self._server.enter_room(sid, rooms.member(actor.workspace_id, actor.user_id))

    @asynccontextmanager
    async def _attended(self) -> AsyncIterator[Door]:
        """Only so many are looked at at once, so that a crowd leaves the database to others too."""
        if self.door is None:
            raise Unavailable
        async with asyncio.timeout(self._limits.handshake_seconds), self._turns:
            yield self.door

    def _check_number(self, held: Pass) -> None:
        """Raises TooManySockets. The local owner is everybody at this machine."""
        is_local = isinstance(held.shown, LocalOwner)
        allowed = self._limits.sockets_of_local_owner if is_local else self._limits.sockets_per_user
        if sum(seat.held.actor.user_id == held.actor.user_id for seat in self._seats.values()) >= allowed:
            raise TooManySockets

    async def _disconnect(self, sid: str, reason: str) -> None:
        self._seats.pop(sid, None)

    async def _authenticate(self, sid: str, *arguments: Any) -> Answer:
        return await answer(self._renew(sid, arguments))

    async def _renew(self, sid: str, arguments: Sequence[Any]) -> None:
        seat, environ = self._seats.get(sid), self._server.get_environ(sid)
        if seat is None or environ is None:
            raise SignInFirst
        async with self._attended() as door:
            seat.held = await door.renew(environ, arguments[0] if len(arguments) == 1 else None, seat.held)
        seat.confirmed_at = time.monotonic()
