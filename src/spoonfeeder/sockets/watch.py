"""Who sits here must still be allowed to: tokens end, and people are removed, while a socket stays open (R44, A30)."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from spoonfeeder.core.vocabulary import WorkspaceRole
from spoonfeeder.features.auth.authority import Pass
from spoonfeeder.sockets.server import Server
from spoonfeeder.sockets.subscriptions import Seat

ENDED = "Your access has ended; sign in again."
EXPIRED = "Your sign-in has expired; sign in again."

StillHeld = Callable[[Collection[Pass]], Awaitable[Mapping[Pass, WorkspaceRole]]]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """Nobody stays longer than 5 s after having lost the right to: an answer that is slower counts as none.

    A seat that could not be asked about, since the database is away, stays for `patience_seconds`.
    """

    period_seconds: float = 2.0
    answer_seconds: float = 2.5
    patience_seconds: float = 60.0


class Watch:
    def __init__(self, server: Server, seats: dict[str, Seat], pace: Pace) -> None:
        self._server = server
        self._seats = seats
        self._pace = pace

    async def watch_for_ever(self, still_held: StillHeld) -> None:
        while True:
            await asyncio.sleep(self._pace.period_seconds)
            try:
                await self._look(still_held)
            except Exception:
                log.exception("looking after the sockets failed")

    async def _look(self, still_held: StillHeld) -> None:
        now = datetime.now(UTC)
        await self._eject((sid for sid, seat in self._seats.items() if _is_over(seat, now)), EXPIRED)
        asked = {sid: seat.held for sid, seat in self._seats.items()}
        if not asked:
            return
        with contextlib.suppress(SQLAlchemyError, OSError):
            async with asyncio.timeout(self._pace.answer_seconds):
                roles = await still_held(set(asked.values()))
            await self._settle(asked, roles)
        await self._cut_unconfirmed()

    async def _settle(self, asked: Mapping[str, Pass], roles: Mapping[Pass, WorkspaceRole]) -> None:
        """A pass that was renewed meanwhile was not asked about, and waits for the next time."""
        lost = []
        for sid, held in asked.items():
            seat = self._seats.get(sid)
            if seat is None or seat.held is not held:
                continue
            if held not in roles:
                lost.append(sid)
                continue
            seat.confirmed_at = time.monotonic()
            seat.held = replace(held, actor=replace(held.actor, role=roles[held]))
        await self._eject(lost, ENDED)

    async def _eject(self, sids: Iterable[str], why: str) -> None:
        for sid in list(sids):
            await self._server.eject(sid, why)

    async def _cut_unconfirmed(self) -> None:
        earliest = time.monotonic() - self._pace.patience_seconds
        for sid in [sid for sid, seat in self._seats.items() if seat.confirmed_at < earliest]:
            await self._server.cut(sid)


def _is_over(seat: Seat, now: datetime) -> bool:
    return seat.held.expires_at is not None and seat.held.expires_at <= now
