"""API processes with sockets only, on real uvicorn and Redis; the rows that they would read are kept here."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import socketio
from starlette.types import ASGIApp, Receive, Scope, Send

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID
from spoonfeeder.core.door.proxies import TrustedProxies
from spoonfeeder.realtime.emitter import Emitter, message_of
from spoonfeeder.realtime.events import (
    Event,
    GenerationCompleted,
    GenerationProgress,
    GenerationStarted,
    TaskStarted,
)
from spoonfeeder.sockets import Sockets
from spoonfeeder.sockets.doors import LocalDoor
from spoonfeeder.sockets.limits import Limits
from spoonfeeder.sockets.subscriptions import Viewer
from tests.serving import served


class Rows:
    """What the database would say, and who may see it."""

    def __init__(self) -> None:
        self.generations: dict[UUID, Event] = {}
        self.sessions: dict[UUID, list[Event]] = {}
        self.tasks: dict[UUID, Event] = {}
        self.hidden: set[UUID] = set()
        self.broken = False
        self.refused = 0

    async def generation(self, viewer: Viewer, subject_id: UUID) -> Sequence[Event] | None:
        return self._seen(subject_id, self.generations)

    async def task(self, viewer: Viewer, subject_id: UUID) -> Sequence[Event] | None:
        return self._seen(subject_id, self.tasks)

    async def session(self, viewer: Viewer, subject_id: UUID) -> Sequence[Event] | None:
        return None if subject_id in self.hidden else self.sessions.get(subject_id)

    def _seen(self, subject_id: UUID, rows: dict[UUID, Event]) -> list[Event] | None:
        if self.broken:
            self.refused += 1
            raise ConnectionError("no database")
        if subject_id in self.hidden or subject_id not in rows:
            return None
        return [rows[subject_id]]


class Stage:
    """One or more API processes over the same rows and Redis, and the emitter of a worker."""

    def __init__(self, redis_url: str, emitter: Emitter) -> None:
        self.redis_url = redis_url
        self.emitter = emitter
        self.rows = Rows()

    @asynccontextmanager
    async def api(self, limits: Limits | None = None) -> AsyncIterator[tuple[str, Sockets]]:
        """Its base URL, once it hears Redis."""
        sockets = Sockets(limits)
        async with sockets.listening(self.redis_url, self.rows, LocalDoor()):
            async with asyncio.timeout(30):
                await sockets.wait_until_listening()
            async with served(_behind_a_proxy(socketio.ASGIApp(sockets.server))) as url:
                yield url, sockets

    def run(self, session_id: UUID | None = None) -> UUID:
        """A running generation."""
        generation_id = uuid4()
        self.rows.generations[generation_id] = GenerationStarted(
            workspace_id=DEFAULT_WORKSPACE_ID, id=generation_id, session_id=session_id, version=2
        )
        if session_id is not None:
            self.rows.sessions.setdefault(session_id, []).append(self.rows.generations[generation_id])
        return generation_id

    def start_task(self) -> UUID:
        task_id = uuid4()
        self.rows.tasks[task_id] = TaskStarted(
            workspace_id=DEFAULT_WORKSPACE_ID, id=task_id, version=2, started_at="2026-11-20T12:00:00.000Z"
        )
        return task_id

    async def progress(self, generation_id: UUID, n: int = 1, *, node: str = "3") -> None:
        address = self._address(generation_id)
        event = GenerationProgress(**address, version=2, n=n, progress=min(99, n), current_node=node)
        await self.emitter.publish(message_of(event))

    async def complete(self, generation_id: UUID, *, told: bool = True) -> None:
        """Commits the end and, when `told`, emits it."""
        event = GenerationCompleted(**self._address(generation_id), version=3, outputs=[], generation_time_seconds=1.5)
        self.rows.generations[generation_id] = event
        if told:
            await self.emitter.publish(message_of(event))

    def _address(self, generation_id: UUID) -> dict[str, UUID | None]:
        row = self.rows.generations[generation_id]
        assert isinstance(row, GenerationStarted)
        return {"workspace_id": row.workspace_id, "id": generation_id, "session_id": row.session_id}


def _behind_a_proxy(app: ASGIApp) -> ASGIApp:
    """So that a test chooses its address by X-Forwarded-For."""
    proxies = TrustedProxies(["127.0.0.1"])

    async def behind(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope if scope["type"] == "lifespan" else proxies.apply(scope), receive, send)

    return behind
