"""Holding a claimed row: heartbeat, fenced writes, and letting go (R4, R5, R12)."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import structlog
from sqlalchemy import Row, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from spoonfeeder.core.actor import User
from spoonfeeder.durable.claim import Claimed
from spoonfeeder.durable.line import RUNNING, Line, after, in_state
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_work

log = structlog.get_logger(__name__)
LETTING_GO_SECONDS = 3.0
HOLD_ON_SECONDS = 15.0
GLANCE_SECONDS = 0.1


class LeaseLost(Exception):
    """Another process holds the row by now, or may soon: touch nothing outside any more."""


class LetGo(LeaseLost):
    """It was a write of our own that took the row out of our hands."""


class Lease:
    """`beat_values` ride on the heartbeat (progress, current node); `cancel_requested` is set when somebody asks.

    `in_flight` is set while something is under way that must not be asked for twice (R9). Then the lease ends by its
    fence alone, not by our clock, so that a database that was away meanwhile costs no result; and a process that is
    told to stop waits for it, at most HOLD_ON_SECONDS. `outcome` is the status that the row was ended with here; what
    is told and done after it is waited for likewise.
    """

    def __init__(self, runtime: Runtime, line: Line, claimed: Claimed) -> None:
        self.runtime = runtime
        self.line = line
        self.claimed = claimed
        self.actor = User(claimed.workspace_id)
        self.cancel_requested = asyncio.Event()
        self.beat_values: dict[str, Any] = {}
        self.in_flight = False
        self.outcome: str | None = None
        self._nudge = asyncio.Event()
        self._good_until = time.monotonic() + runtime.settings.lease_seconds

    def require(self) -> None:
        """Raises LeaseLost when the last good heartbeat is too old, as after a pause of the whole process."""
        if self._is_stale:
            raise LeaseLost

    async def confirm(self) -> None:
        """The same, but where the last good heartbeat is too old, one now decides; raises what the database raises."""
        if self._is_stale:
            await self.beat()

    @property
    def _is_stale(self) -> bool:
        margin = self.runtime.settings.lease_seconds / 6
        return time.monotonic() > self._good_until - margin

    def nudge(self) -> None:
        """Asks for a heartbeat now, which also reads whether a cancel was requested."""
        self._nudge.set()

    async def write(self, work: Work, **values: Any) -> Row[Any]:
        """A fenced change of state; returns the whole row. Raises LeaseLost when the row is no longer ours."""
        table = self.line.table
        statement = (
            update(table)
            .where(table.id == self.claimed.id, table.fence == self.claimed.fence, in_state(table, RUNNING))
            .values(version=table.version + 1, **values)
            .returning(*table.__table__.c)
        )
        row = (await work.session.execute(statement)).one_or_none()
        if row is None:
            raise LeaseLost
        return row

    async def left(self, work: Work) -> Row[Any] | None:
        """The row when a write of our own took it out of our hands: a claim of another would have raised its fence."""
        table = self.line.table
        mine = select(*table.__table__.c).where(table.id == self.claimed.id, table.fence == self.claimed.fence)
        return (await work.session.execute(mine.where(table.status != RUNNING))).one_or_none()

    async def keep(self) -> bool:
        """Beats until the row is no longer ours; whether we let it go ourselves."""
        settings = self.runtime.settings
        while True:
            try:
                async with asyncio.timeout(settings.lease_seconds / 2):
                    await self.beat()
            except LetGo:
                return True
            except LeaseLost:
                return False
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                log.warning("heartbeat_failed", error=type(error).__name__)
            if self._is_stale and not self.in_flight:
                return False
            await self._pause(settings.heartbeat_seconds)

    async def beat(self) -> None:
        """Raises LeaseLost."""
        table, lease_seconds = self.line.table, self.runtime.settings.lease_seconds
        values, started = dict(self.beat_values), time.monotonic()
        statement = (
            update(table)
            .where(table.id == self.claimed.id, table.fence == self.claimed.fence, in_state(table, RUNNING))
            .values(lease_until=after(lease_seconds), **values)
            .returning(table.cancel_requested_at)
        )
        async with open_work(self.runtime, self.actor) as work:
            row = (await work.session.execute(statement)).one_or_none()
            if row is None:
                raise LeaseLost if await self.left(work) is None else LetGo
        self._good_until = started + lease_seconds
        if row.cancel_requested_at is not None:
            self.cancel_requested.set()

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._nudge.wait()
        except TimeoutError:
            pass
        self._nudge.clear()

    async def hand_back(self) -> None:
        """Ends the lease now, so that the next claim takes the row over at once and counts no crash."""
        table = self.line.table
        statement = (
            update(table)
            .where(table.id == self.claimed.id, table.fence == self.claimed.fence, in_state(table, RUNNING))
            .values(lease_until=func.now(), owner=None, **self.beat_values)
        )
        async with open_work(self.runtime, self.actor) as work:
            await work.session.execute(statement)
            work.ring(self.line.name)


async def held(lease: Lease, body: Callable[[Lease], Awaitable[None]]) -> None:
    """Runs `body` for as long as the lease is ours; hands the row back when this process is told to stop."""
    registry = lease.runtime.leases
    registry[lease.claimed.id] = lease
    work = asyncio.ensure_future(body(lease))
    beats = asyncio.create_task(lease.keep())
    try:
        await asyncio.wait({work, beats}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done() and not await beats:
            raise LeaseLost
        await asyncio.shield(work)
    except asyncio.CancelledError:
        await _hold_on(lease, work)
        await _end(work, beats)
        with suppress(SQLAlchemyError, OSError):  # else the lease ends by itself
            async with asyncio.timeout(LETTING_GO_SECONDS):
                await lease.hand_back()
        raise
    finally:
        registry.pop(lease.claimed.id, None)
        await _end(work, beats)


async def _hold_on(lease: Lease, work: asyncio.Future[None]) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(HOLD_ON_SECONDS):
            while (lease.in_flight or lease.outcome) and not work.done():
                await asyncio.wait({work}, timeout=GLANCE_SECONDS)


async def _end(*tasks: asyncio.Future[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
