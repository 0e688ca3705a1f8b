"""Putting what waits in order: holding it back, releasing it, and moving it among its user's other work."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, update

from spoonfeeder.core.errors import Conflict
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.locks import lock_rows
from spoonfeeder.durable.line import PENDING, in_state
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.generations import announce, queries
from spoonfeeder.features.generations.line import GENERATIONS
from spoonfeeder.features.generations.schemas import MoveInput
from spoonfeeder.work import Work

ON_HOLD = "On hold."
LITTLE = Decimal("0.000001")
HALF = Decimal("0.5")
"""Multiplied and not divided by 2: a quotient is rounded, and there is always something between two numbers."""


class AlreadyStarted(Conflict):
    """This generation does not wait any more: it has begun, or has ended."""

    code = "ALREADY_STARTED"


class NotBeside(Conflict):
    """These two do not follow each other: only generations of one user, priority, and session or batch do."""

    code = "NOT_BESIDE"


async def hold(work: Work, locked: ColumnElement[bool]) -> None:
    """Of locked rows those that wait stay where they are until they are released."""
    free = and_(locked, Generation.held_at.is_(None))
    await _change_state(work, free, held_at=func.now(), waiting_reason=ON_HOLD)


async def release(work: Work, locked: ColumnElement[bool]) -> None:
    """Of locked rows those that are held wait again; the time in which they were held does not count as waiting."""
    held = and_(locked, Generation.held_at.is_not(None))
    await _change_state(work, held, held_at=None, waiting_reason=None, waiting_since=None)
    work.ring(GENERATIONS.name)


async def _change_state(work: Work, condition: ColumnElement[bool], **values: Any) -> None:
    changed = update(Generation).where(condition, in_state(Generation, PENDING))
    statement = changed.values(version=Generation.version + 1, **values).returning(*Generation.__table__.c)
    for row in (await work.session.execute(statement)).all():
        work.emit(announce.of_state(row))


async def hold_one(work: Work, generation_id: UUID) -> None:
    """Raises GenerationNotFound, AlreadyStarted."""
    await require_waiting(work, generation_id)
    await hold(work, Generation.id == generation_id)


async def release_one(work: Work, generation_id: UUID) -> None:
    """Raises GenerationNotFound, AlreadyStarted."""
    await require_waiting(work, generation_id)
    await release(work, Generation.id == generation_id)


async def move(work: Work, generation_id: UUID, data: MoveInput) -> None:
    """Raises GenerationNotFound, AlreadyStarted, NotBeside."""
    await _wait_for_others(work)
    neighbour_id = data.before or data.after
    both = Generation.id.in_([each for each in (generation_id, neighbour_id) if each is not None])
    await lock_rows(work.session, Generation, Generation.workspace_id == work.workspace_id, both)
    row = await require_waiting(work, generation_id)
    if neighbour_id is not None:
        place = _beside(work, row, await require_waiting(work, neighbour_id), after=data.after is not None)
    else:
        place = _in_front(work, row) if data.to == "front" else _at_the_back(work, row)
    await _write(work, generation_id, **place)


async def _write(work: Work, generation_id: UUID, **values: Any) -> None:
    await work.session.execute(update(Generation).where(Generation.id == generation_id).values(**values))
    work.ring(GENERATIONS.name)
    work.tell_change("generation", generation_id, "updated")


async def _wait_for_others(work: Work) -> None:
    """One move at a time in the workspace, so that no two rows come to the same place."""
    turn = func.pg_advisory_xact_lock(func.hashtextextended(f"order of {work.workspace_id}", 0))
    await work.session.execute(select(turn))


async def locked(work: Work, generation_id: UUID) -> Any:
    """What decides its place in the queue, kept from others until the transaction ends. Raises GenerationNotFound."""
    columns = (Generation.id, Generation.status, Generation.created_by, Generation.session_id, Generation.batch_id)
    order = (Generation.priority, Generation.ahead, Generation.queue_order)
    mine = visible(select(*columns, *order), work.actor).where(Generation.id == generation_id)
    row = (await work.session.execute(mine.with_for_update(key_share=True))).one_or_none()
    if row is None:
        raise queries.GenerationNotFound
    return row


async def require_waiting(work: Work, generation_id: UUID) -> Any:
    """`locked`, of a pending one. Raises GenerationNotFound, AlreadyStarted."""
    row = await locked(work, generation_id)
    require_pending(row)
    return row


def require_pending(row: Any) -> None:
    """Raises AlreadyStarted."""
    if row.status != PENDING:
        raise AlreadyStarted


def _in_front(work: Work, row: Any) -> dict[str, Any]:
    first = _order(work, row, func.min, Generation.ahead.is_(True))
    return {"ahead": True, "queue_order": func.coalesce(first - 1, row.queue_order)}


def _at_the_back(work: Work, row: Any) -> dict[str, Any]:
    """What is queued later comes later all the same, as its place is the time."""
    last = _order(work, row, func.max)
    return {"ahead": False, "queue_order": func.greatest(last, func.extract("epoch", func.clock_timestamp())) + LITTLE}


def _beside(work: Work, row: Any, neighbour: Any, *, after: bool) -> dict[str, Any]:
    """In the middle between the neighbour and the one on that side of it. Raises NotBeside."""
    if row.id == neighbour.id or _share(row) != _share(neighbour) or row.priority != neighbour.priority:
        raise NotBeside
    at = neighbour.queue_order
    same = and_(_in_share(row), Generation.ahead.is_(neighbour.ahead))
    if after:
        next_one = _order(work, row, func.min, same, Generation.queue_order > at)
        return {"ahead": neighbour.ahead, "queue_order": func.coalesce((next_one + at) * HALF, at + LITTLE)}
    previous = _order(work, row, func.max, same, Generation.queue_order < at)
    return {"ahead": neighbour.ahead, "queue_order": func.coalesce((previous + at) * HALF, at - 1)}


def _order(work: Work, row: Any, which: Any, *conditions: ColumnElement[bool]) -> ColumnElement[Any]:
    """The first or last place among the user's other waiting rows that meet `conditions`; null without any."""
    others = (in_state(Generation, PENDING), Generation.created_by == row.created_by, Generation.id != row.id)
    mine = select(which(Generation.queue_order)).where(Generation.workspace_id == work.workspace_id, *others)
    return mine.where(*conditions).scalar_subquery()


def _share(row: Any) -> tuple[UUID | None, UUID | None]:
    """Whose rows take turns with others as one: those of a batch, else of a session, of one user."""
    return row.created_by, row.batch_id or row.session_id


def _in_share(row: Any) -> ColumnElement[bool]:
    of_batch: ColumnElement[bool] = Generation.batch_id == row.batch_id
    return of_batch if row.batch_id is not None else and_(of_batch, Generation.session_id == row.session_id)
