"""One request or job, one transaction: rows first, then the commit, then doorbells and events."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spoonfeeder.core.actor import Actor, System, User
from spoonfeeder.realtime.doorbell import Ring
from spoonfeeder.realtime.events import Event
from spoonfeeder.runtime import Runtime

TRANSACTION_SECONDS = 7.0


class Work:
    """A transaction with what is to be told once it is committed; nothing leaves when it fails."""

    def __init__(self, runtime: Runtime, session: AsyncSession, actor: Actor) -> None:
        self.runtime = runtime
        self.session = session
        self.actor = actor
        self._rings: list[Ring] = []
        self._events: list[Event] = []

    @property
    def workspace_id(self) -> UUID:
        if isinstance(self.actor, System):
            raise LookupError(f"the system ({self.actor.reason}) has no workspace of its own")
        return self.actor.workspace_id

    def ring(self, queue: str, subject: UUID | None = None) -> None:
        """Tells the workers of `queue` that there is work, or that the row `subject` wants attention."""
        self._rings.append(Ring(queue, subject))

    def emit(self, event: Event) -> None:
        self._events.append(event)

    async def _commit(self) -> None:
        await self.session.commit()
        for ring in self._rings:
            self.runtime.dispatcher.ring(ring)
        for event in self._events:
            self.runtime.dispatcher.emit(event)


@asynccontextmanager
async def open_work(runtime: Runtime, actor: User) -> AsyncIterator[Work]:
    async with _opened(runtime, actor) as work:
        yield work


@asynccontextmanager
async def open_system_work(runtime: Runtime, reason: str) -> AsyncIterator[Work]:
    """A transaction that sees all workspaces; only for `durable/` and the command line."""
    async with _opened(runtime, System(reason)) as work:
        yield work


@asynccontextmanager
async def _opened(runtime: Runtime, actor: Actor) -> AsyncIterator[Work]:
    async with asyncio.timeout(TRANSACTION_SECONDS), runtime.sessions() as session:
        work = Work(runtime, session, actor)
        yield work
        await work._commit()
