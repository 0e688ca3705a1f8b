"""Tasks that ComfyUI carries out: each follows its generation, from row to row and without a worker."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Uuid, and_, bindparam, case, func, insert, literal, or_, select, text, update

from spoonfeeder.core.vocabulary import GenerationStatus, TaskStatus
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.task import Result, Task
from spoonfeeder.durable.cancel import cancel_pending
from spoonfeeder.durable.counting import count_ended
from spoonfeeder.durable.lease import Lease
from spoonfeeder.durable.line import PENDING, RUNNING, in_state
from spoonfeeder.features.generations import announce as generation_events
from spoonfeeder.features.generations.line import GENERATIONS
from spoonfeeder.features.tasks import announce
from spoonfeeder.features.tasks.line import TASKS
from spoonfeeder.features.tasks.made_by_comfyui import MISMATCH, has_wanted, mismatch_of, result_of
from spoonfeeder.features.tasks.outcomes import moved, tell_people
from spoonfeeder.realtime.events import TaskProgress
from spoonfeeder.work import Work, open_work

MOST_AT_ONCE = 200
AWAY = text("interval '10 seconds'")
"""So long may a ComfyUI be away before a fallback is asked."""
AWAY_CODE = "COMFYUI_UNREACHABLE"
MOST_MESSAGE = 255

STATUS: ColumnElement[str] = case(
    (Generation.status == GenerationStatus.COMPLETED, TaskStatus.COMPLETE.value), else_=Generation.status
)
LIVE = Generation.status.in_((PENDING, RUNNING))
MESSAGE = func.left(Generation.current_node, MOST_MESSAGE)
ACTIVE = Task.status.in_([literal(each, literal_execute=True) for each in (PENDING, RUNNING)])
HAS_FALLBACK = func.jsonb_array_length(Task.fallback) > Task.target
IS_AWAY = or_(
    and_(in_state(Generation, PENDING), Generation.waiting_since < func.now() - AWAY),
    and_(Generation.status == GenerationStatus.FAILED, Generation.error_code == AWAY_CODE),
)
MOVES_ON = and_(HAS_FALLBACK, IS_AWAY, Task.cancel_requested_at.is_(None))
IS_BEHIND = or_(
    Task.status != STATUS,
    Task.progress < Generation.progress,
    and_(in_state(Task, RUNNING), Task.message.is_distinct_from(MESSAGE)),
    and_(in_state(Task, PENDING), Task.waiting_reason.is_distinct_from(Generation.waiting_reason)),
    MOVES_ON,
)
ENDED = {
    "version": Task.version + 1,
    "message": None,
    "started_at": func.coalesce(Task.started_at, Generation.started_at),
    "completed_at": func.now(),
    "lease_until": None,
    "waiting_reason": None,
    "waiting_since": None,
}


async def follow_generations(work: Work) -> None:
    """A watch of the sweep: what of the tasks is behind its generation."""
    await _follow(work)


def then_follow(see_through: Callable[[Lease], Awaitable[None]]) -> Callable[[Lease], Awaitable[None]]:
    """The job of a generation, after which the task that follows it is told at once."""

    async def both(lease: Lease) -> None:
        await see_through(lease)
        async with open_work(lease.runtime, lease.actor) as work:
            await _follow(work, lease.claimed.id)

    return both


BEHIND = (
    select(Task.id, Task.status, Task.version, Task.waiting_reason, MOVES_ON.label("moves_on"))
    .join(Generation, Generation.id == Task.generation_id)
    .where(ACTIVE, Task.generation_id.is_not(None), IS_BEHIND)
    .order_by(Task.id)
    .limit(MOST_AT_ONCE)
    .with_for_update(of=Task, key_share=True, skip_locked=True)
)
BEHIND_ONE = BEHIND.where(Task.generation_id == bindparam("generation_id", type_=Uuid()))
"""Made once, since every generation asks for its task."""


async def _follow(work: Work, generation_id: UUID | None = None) -> None:
    """The tasks are locked, their generations are not: what changes meanwhile is met the next time."""
    if generation_id is None:
        found = (await work.session.execute(BEHIND)).all()
    else:
        found = (await work.session.execute(BEHIND_ONE, {"generation_id": generation_id})).all()
    if not found:
        return
    await _move_on(work, [row.id for row in found if row.moves_on])
    staying = [row for row in found if not row.moves_on]
    await _keep_up(work, staying)
    await _end(work, [row.id for row in staying])


async def _keep_up(work: Work, before: Sequence[Any]) -> None:
    """What waits or runs. The lease of a running one never ends, as nobody holds it."""
    is_running = Generation.status == RUNNING
    is_news = or_(Task.status != STATUS, Task.waiting_reason.is_distinct_from(Generation.waiting_reason))
    values = {
        "status": STATUS,
        "version": Task.version + case((is_news, 1), else_=0),
        "progress": func.greatest(Task.progress, Generation.progress),
        "message": MESSAGE,
        "waiting_reason": Generation.waiting_reason,
        "waiting_since": Generation.waiting_since,
        "started_at": func.coalesce(Task.started_at, Generation.started_at, case((is_running, func.now()))),
        "lease_until": case((is_running, text("'infinity'::timestamptz"))),
    }
    versions = {row.id: row.version for row in before}
    for row in await _updated(work, list(versions), LIVE, values):
        if row.version != versions[row.id]:
            work.emit(announce.of_state(row))
        elif row.status == RUNNING:
            work.emit(_progress(row))


def _progress(row: Row[Any]) -> TaskProgress:
    return TaskProgress(
        workspace_id=row.workspace_id,
        id=row.id,
        version=row.version,
        n=row.progress + 1,
        progress=row.progress,
        message=row.message,
    )


async def _end(work: Work, ids: Sequence[UUID]) -> None:
    if not ids:
        return
    ended = select(Task.id.label("task_id"), Task.type.label("wanted"), *Generation.__table__.c)
    joined = ended.join(Generation, Generation.id == Task.generation_id).where(Task.id.in_(ids), ~LIVE)
    generations = {row.task_id: row for row in await work.session.execute(joined)}
    others = {row.task_id: row for row in generations.values() if _is_something_else(row)}
    await _end_as_they_are(work, {each: row for each, row in generations.items() if each not in others})
    for task_id, row in others.items():
        told = {"error": mismatch_of(row.wanted, row), "error_code": MISMATCH, "error_details": None}
        for failed in await _updated(work, [task_id], ~LIVE, ENDED | told | {"status": TaskStatus.FAILED}):
            await _tell_end(work, failed)


def _is_something_else(row: Any) -> bool:
    return row.status == GenerationStatus.COMPLETED and not has_wanted(row.wanted, row)


async def _end_as_they_are(work: Work, generations: Mapping[UUID, Any]) -> None:
    is_complete = Generation.status == GenerationStatus.COMPLETED
    values = {
        "status": STATUS,
        "progress": case((is_complete, 100), else_=Task.progress),
        "error": Generation.error,
        "error_code": Generation.error_code,
        "error_details": Generation.error_details,
    }
    ended = await _updated(work, list(generations), ~LIVE, ENDED | values)
    results = [result_of(row, generations[row.id]) for row in ended if row.status == TaskStatus.COMPLETE]
    if results:
        await work.session.execute(insert(Result), results)
    for row in ended:
        await _tell_end(work, row)


async def _tell_end(work: Work, row: Any) -> None:
    count_ended(work, TASKS, [row])
    work.emit(announce.of_state(row))
    await tell_people(work, row)


async def _updated(
    work: Work, ids: Sequence[UUID], condition: ColumnElement[bool], values: dict[str, Any]
) -> Sequence[Row[Any]]:
    if not ids:
        return []
    statement = (
        update(Task)
        .where(Task.id.in_(ids), Generation.id == Task.generation_id, condition)
        .values(**values)
        .returning(*Task.__table__.c)
    )
    return (await work.session.execute(statement)).all()


async def _move_on(work: Work, ids: Sequence[UUID]) -> None:
    """To the next target, where the generation has failed or can still be called back."""
    if not ids:
        return
    mine = select(Task.generation_id).where(Task.id.in_(ids))
    for ended in await cancel_pending(work, GENERATIONS, Generation.id.in_(mine)):
        work.emit(generation_events.of_state(ended))
    rows = await work.session.execute(
        select(*Task.__table__.c, Generation.waiting_reason.label("reason"), Generation.error.label("cause"))
        .join(Generation, Generation.id == Task.generation_id)
        .where(Task.id.in_(ids), ~LIVE)
    )
    for row in rows.all():
        values = moved(row, AWAY_CODE, row.cause or row.waiting_reason or "ComfyUI is away.")
        back = {"status": PENDING, "generation_id": None, "message": None, "lease_until": None, "run_after": func.now()}
        statement = update(Task).where(Task.id == row.id).values(version=Task.version + 1, **values, **back)
        changed = (await work.session.execute(statement.returning(*Task.__table__.c))).one()
        work.emit(announce.of_state(changed))
        work.ring(TASKS.name)
