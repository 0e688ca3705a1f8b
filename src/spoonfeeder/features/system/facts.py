"""What the database knows of the whole installation, for the metrics: read together, and at most every few seconds."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import structlog
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from spoonfeeder.core.metrics import Told
from spoonfeeder.db.backend import ComfyBackend
from spoonfeeder.db.profile import Profile
from spoonfeeder.durable.line import PENDING, RUNNING, Line, due, in_state, ownerless
from spoonfeeder.durable.workers import told_by_alive
from spoonfeeder.features.generations.line import GENERATIONS
from spoonfeeder.features.tasks.line import TASKS
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_system_work

log = structlog.get_logger(__name__)
FRESH_SECONDS = 5.0
READ_SECONDS = 3.0
LINES = (GENERATIONS, TASKS)


class Facts(NamedTuple):
    """By line: how many of its rows `pending`, `running` and so on; machines by status; workers by their key."""

    lines: Mapping[str, Mapping[str, float]]
    machines: Mapping[str, int]
    workers: Mapping[str, Told]


class FactFinder:
    """Whoever asks while somebody else does gets the same answer."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._turn = asyncio.Lock()
        self._facts: Facts | None = None
        self._read_at = float("-inf")

    async def find(self) -> Facts | None:
        """None while the database does not answer in time."""
        async with self._turn:
            if time.monotonic() - self._read_at > FRESH_SECONDS:
                self._facts = await self._read()
                self._read_at = time.monotonic()
            return self._facts

    async def _read(self) -> Facts | None:
        try:
            async with asyncio.timeout(READ_SECONDS), open_system_work(self._runtime, "metrics") as work:
                lines = {line.name: await _line(work, line) for line in LINES}
                return Facts(lines, await _machines(work), await told_by_alive(work.session))
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.warning("metrics_without_database", error=type(error).__name__)
            return None


async def _line(work: Work, line: Line) -> Mapping[str, float]:
    """`waits_seconds`: how long the row has waited that waits longest, by its due time or for something outside."""
    table = line.table
    pending, running = in_state(table, PENDING), in_state(table, RUNNING)
    waits = or_(due(line), and_(pending, line.claimable, table.waiting_since.is_not(None)))
    since = func.min(func.coalesce(table.waiting_since, table.run_after)).filter(waits)
    numbers = {
        "pending": _count(pending),
        "running": _count(running),
        "waiting": _count(and_(pending, table.waiting_reason.is_not(None))),
        "expired": _count(ownerless(line)),
        "waits_seconds": func.coalesce(func.extract("epoch", func.now() - since), 0.0),
    }
    statement = select(*(number.label(name) for name, number in numbers.items())).where(or_(pending, running))
    row = (await work.session.execute(statement)).one()
    return {name: float(value) for name, value in row._mapping.items()}


def _count(condition: ColumnElement[bool]) -> Any:
    return func.count().filter(condition)


async def _machines(work: Work) -> Mapping[str, int]:
    in_use = (ComfyBackend.enabled, Profile.deleted_at.is_(None))
    statement = select(ComfyBackend.status, func.count()).join(Profile, Profile.id == ComfyBackend.profile_id)
    rows = await work.session.execute(statement.where(*in_use).group_by(ComfyBackend.status))
    return {row[0]: row[1] for row in rows}
