"""One request or job, one transaction: rows first, then the commit, then doorbells and events."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spoonfeeder.core.actor import Actor, System, User
from spoonfeeder.db.row_security import restrict
from spoonfeeder.realtime.doorbell import Ring
from spoonfeeder.realtime.events import Change, Event, ResourceChanged, ResourceKind
from spoonfeeder.runtime import Runtime

TRANSACTION_SECONDS = 7.0

Opening = Callable[[AsyncSession], Awaitable[Actor]]
"""The first statement of a transaction: says who acts, and sets what the transaction may see."""


class Work:
    """A transaction with what is to be told once it is committed; nothing leaves when it fails."""

    def __init__(self, runtime: Runtime, session: AsyncSession, actor: Actor) -> None:
        self.runtime = runtime
        self.session = session
        self.actor = actor
        self._rings: list[Ring] = []
        self._events: list[Event] = []
        self._steps: list[Callable[[], None]] = []

    @property
    def workspace_id(self) -> UUID:
        return self.user.workspace_id

    @property
    def user(self) -> User:
        if isinstance(self.actor, System):
            raise LookupError(f"the system ({self.actor.reason}) is nobody and has no workspace of its own")
        return self.actor

    def ring(self, queue: str, subject: UUID | None = None) -> None:
        """Tells the workers of `queue` that there is work, or that the row `subject` wants attention."""
        self._rings.append(Ring(queue, subject))

    def emit(self, event: Event) -> None:
        self._events.append(event)

    def afterwards(self, step: Callable[[], None]) -> None:
        """To be done in this process once the transaction is committed."""
        self._steps.append(step)

    def tell_change(self, kind: ResourceKind, row_id: UUID, change: Change) -> None:
        """Tells all windows of the workspace, once, that there is something to read again."""
        event = ResourceChanged(workspace_id=self.workspace_id, kind=kind, id=row_id, change=change)
        if event not in self._events:
            self.emit(event)

    async def end_early(self) -> None:
        """Commits and gives the connection back before what takes long elsewhere; nothing is to be read after it."""
        await self.session.commit()

    async def _commit(self) -> None:
        await self.session.commit()
        for step in self._steps:
            step()
        for ring in self._rings:
            self.runtime.dispatcher.ring(ring)
        for event in self._events:
            self.runtime.dispatcher.emit(event)


@asynccontextmanager
async def open_work(runtime: Runtime, actor: User) -> AsyncIterator[Work]:
    """Sees the rows of the actor's workspace, and no others even where a filter is forgotten (db.row_security)."""

    async def opening(session: AsyncSession) -> User:
        await restrict(session, actor.workspace_id)
        return actor

    async with open_by(runtime, opening) as work:
        yield work


@asynccontextmanager
async def open_account_work(runtime: Runtime, actor: User) -> AsyncIterator[Work]:
    """Sees users, workspaces, keys and logs, which no workspace owns; only for `features/auth` and what shows them."""

    async def opening(_: AsyncSession) -> User:
        return actor

    async with open_by(runtime, opening) as work:
        yield work


@asynccontextmanager
async def open_system_work(runtime: Runtime, reason: str) -> AsyncIterator[Work]:
    """A transaction that sees all workspaces; only for `durable/`, the command line (`operation/`) and the metrics."""

    async def opening(_: AsyncSession) -> System:
        return System(reason)

    async with open_by(runtime, opening) as work:
        yield work


@asynccontextmanager
async def open_by(runtime: Runtime, opening: Opening) -> AsyncIterator[Work]:
    """For `features/auth`, whose opening also finds out who acts."""
    async with asyncio.timeout(TRANSACTION_SECONDS), runtime.sessions() as session:
        work = Work(runtime, session, await opening(session))
        yield work
        await work._commit()
