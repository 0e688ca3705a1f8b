"""`subscribe:*` and `unsubscribe:*`: which socket hears of which task, session or generation."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

import socketio

from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import AppError, Invalid, NotFound
from spoonfeeder.features.auth.authority import Pass
from spoonfeeder.realtime import rooms
from spoonfeeder.realtime.events import Event
from spoonfeeder.sockets.answers import Answer, answer
from spoonfeeder.sockets.limits import Limits

UUID_SHAPE = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

Viewer = Pass | User
"""Whose eyes to look with: whether a pass still holds is asked at every look, a user has been let in before."""

Look = Callable[[Viewer, UUID], Awaitable[Sequence[Event] | None]]


class InvalidId(Invalid):
    """Give the id of a task, session or generation, or {"id": …}."""

    code = "INVALID_ID"


class NothingThere(NotFound):
    """There is nothing with this id."""


class TooManyRooms(AppError):
    """This socket is subscribed to as much as it may be; unsubscribe from something first."""

    status = 429
    code = "TOO_MANY_SUBSCRIPTIONS"


class Snapshots(Protocol):
    """The present state of a subject as events, or None where the viewer may not see it or it does not exist."""

    async def task(self, viewer: Viewer, subject_id: UUID) -> Sequence[Event] | None: ...

    async def session(self, viewer: Viewer, subject_id: UUID) -> Sequence[Event] | None: ...

    async def generation(self, viewer: Viewer, subject_id: UUID) -> Sequence[Event] | None: ...


@dataclass(slots=True)
class Seat:
    """One connected socket: who it is and which subjects it hears of, by room.

    `confirmed_at` is when (time.monotonic) the pass was last known to hold.
    """

    held: Pass
    confirmed_at: float = field(default_factory=time.monotonic)
    rooms: dict[str, tuple[str, UUID]] = field(default_factory=dict)


def parse_id(argument: Any) -> UUID:
    """Raises InvalidId for anything but a UUID in its usual form, or an object that holds only `id`."""
    if isinstance(argument, Mapping) and set(argument) == {"id"}:
        argument = argument["id"]
    if not isinstance(argument, str) or len(argument) != 36 or not UUID_SHAPE.fullmatch(argument):
        raise InvalidId
    return UUID(argument)


class Subscriptions:
    def __init__(self, server: socketio.AsyncServer, limits: Limits) -> None:
        self._server = server
        self._limits = limits
        self._looks: dict[str, Look] = {}
        self._reading = asyncio.Semaphore(limits.snapshots_at_once)
        self.seats: dict[str, Seat] = {}
        for kind in rooms.KINDS:
            server.on(f"subscribe:{kind}", self._answering(self._subscribe, kind))
            server.on(f"unsubscribe:{kind}", self._answering(self._unsubscribe, kind))
        server.on("*", _refuse_unknown)

    def look_at(self, snapshots: Snapshots) -> None:
        self._looks = {"task": snapshots.task, "session": snapshots.session, "generation": snapshots.generation}

    async def tell_all_again(self) -> None:
        """After a time in which events may have been missed: the present state to everybody who subscribed."""
        subjects = {
            room: (seat.held.actor, *subject) for seat in self.seats.values() for room, subject in seat.rooms.items()
        }
        for room, (actor, kind, subject_id) in subjects.items():
            await self._tell(room, await self._present(actor, kind, subject_id) or ())

    def _answering(self, act: Callable[[str, str, UUID], Awaitable[None]], kind: str) -> Any:
        async def step(sid: str, arguments: Sequence[Any]) -> None:
            await act(kind, sid, parse_id(arguments[0] if len(arguments) == 1 else None))

        async def handler(sid: str, *arguments: Any) -> Answer:
            return await answer(step(sid, arguments))

        return handler

    async def _subscribe(self, kind: str, sid: str, subject_id: UUID) -> None:
        """Joins before it reads what it sends, so that a change in between is in one or the other (R19).

        It looks once before joining too: nobody hears even a moment of what is not theirs.
        """
        seat, room = self._seat(sid), rooms.of(kind, subject_id)
        if room not in seat.rooms and len(seat.rooms) >= self._limits.rooms:
            raise TooManyRooms
        if await self._present(seat.held, kind, subject_id) is None:
            raise NothingThere
        if sid not in self.seats:
            return
        seat.rooms[room] = (kind, subject_id)
        await self._server.enter_room(sid, room)
        await self._tell(sid, await self._present(seat.held, kind, subject_id) or ())

    async def _unsubscribe(self, kind: str, sid: str, subject_id: UUID) -> None:
        room = rooms.of(kind, subject_id)
        if self._seat(sid).rooms.pop(room, None) is not None:
            await self._server.leave_room(sid, room)

    def _seat(self, sid: str) -> Seat:
        seat = self.seats.get(sid)
        if seat is None:
            raise NothingThere
        return seat

    async def _present(self, viewer: Viewer, kind: str, subject_id: UUID) -> Sequence[Event] | None:
        async with self._reading:
            return await self._looks[kind](viewer, subject_id)

    async def _tell(self, to: str, events: Sequence[Event]) -> None:
        for event in events:
            await self._server.emit(event.name, event.payload(), to=to, ignore_queue=True)


async def _refuse_unknown(event: str, sid: str, *_: Any) -> Answer:
    return {"ok": False, "error": "There is no such event.", "code": "UNKNOWN_EVENT"}
