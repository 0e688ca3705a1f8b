"""Schedules that are due start their rows, each exactly once, however many processes look (docs/decisions/0015).

The row of the schedule is locked, and its next time is set in the transaction that creates the task or generation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy import func, select

from spoonfeeder.core.actor import User
from spoonfeeder.core.database_errors import as_app_error
from spoonfeeder.core.errors import AppError, Unavailable
from spoonfeeder.core.vocabulary import NotificationType
from spoonfeeder.db.task import Schedule
from spoonfeeder.durable.errands import Errand
from spoonfeeder.features.auth.standing import acting
from spoonfeeder.features.notifications.service import notify
from spoonfeeder.features.schedules import service
from spoonfeeder.features.schedules.starting import start
from spoonfeeder.features.schedules.times import WrongCron, WrongZone
from spoonfeeder.features.schedules.timing import Turn, turn_of
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_work

AT_ONCE = 500
"""So many, of all workspaces, may come at nine o'clock and none is late."""
LEFT = "Whoever made it may not start work in this workspace any more; somebody who may can resume it as their own."

log = structlog.get_logger(__name__)


class Paused(AppError):
    """The schedule cannot go on and is paused."""

    code = "SCHEDULE_PAUSED"


@dataclass(frozen=True, slots=True)
class Due:
    """A schedule whose time `at` has come; `actor` None where nobody is left to run it for."""

    id: UUID
    workspace_id: UUID
    at: datetime
    actor: User | None


async def find_due(work: Work) -> Sequence[Errand]:
    """What is due in all workspaces, the longest first."""
    columns = (Schedule.id, Schedule.workspace_id, Schedule.created_by, Schedule.next_run_at)
    due = select(*columns).where(Schedule.enabled, Schedule.next_run_at <= func.now())
    rows = (await work.session.execute(due.order_by(Schedule.next_run_at, Schedule.id).limit(AT_ONCE))).all()
    actors = await acting(work, {(row.created_by, row.workspace_id) for row in rows if row.created_by})
    return [
        partial(
            fire,
            work.runtime,
            Due(row.id, row.workspace_id, row.next_run_at, actors.get((row.created_by, row.workspace_id))),
        )
        for row in rows
    ]


async def fire(runtime: Runtime, due: Due) -> None:
    """Raises what the database does when it is away: then nothing has happened, and it is tried again."""
    try:
        if due.actor is None:
            raise Paused(LEFT)
        async with open_work(runtime, due.actor) as work:
            await _take_turn(work, due, starts=True)
    except Exception as error:  # noqa: BLE001 - whatever it is, the schedule says it and goes on
        await _fail(runtime, due, _meaning(error))


def _meaning(error: Exception) -> AppError:
    """Raises the error again where the database is away."""
    if isinstance(error, WrongCron | WrongZone):
        return Paused(str(error))
    meaning = error if isinstance(error, AppError) else as_app_error(error)
    if isinstance(meaning, Unavailable):
        raise error
    if meaning is None:
        log.error("schedule_broke", exc_info=error)
    return meaning or AppError()


async def _take_turn(work: Work, due: Due, *, starts: bool) -> Schedule | None:
    """None where another process has taken it, or somebody has changed it meanwhile."""
    row = await _lock(work, due)
    if row is None:
        return None
    moment = await service.now(work)
    turn = turn_of(row, due.at, moment)
    if starts and turn.starts:
        await start(work, row)
        service.count_run(row, moment)
    row.next_run_at = turn.next_run_at
    row.missed_count += turn.missed
    await _tell(work, row, due, turn)
    return row


async def _lock(work: Work, due: Due) -> Schedule | None:
    still = (Schedule.id == due.id, Schedule.enabled, Schedule.next_run_at == due.at)
    mine = select(Schedule).where(Schedule.workspace_id == due.workspace_id, *still)
    return await work.session.scalar(mine.with_for_update(key_share=True, skip_locked=True))


async def _tell(work: Work, row: Schedule, due: Due, turn: Turn) -> None:
    await work.session.flush()
    work.tell_change("schedule", row.id, "updated")
    if turn.missed:
        message = f"“{row.name}” missed its run of {due.at:%Y-%m-%d %H:%M} UTC, since the server was away"
        message += f", and {turn.missed - 1:,} after it." if turn.missed > 1 else "."
        await _notify(work, row, NotificationType.WARNING, "SCHEDULE_MISSED", message, row.created_by)


async def _fail(runtime: Runtime, due: Due, error: AppError) -> None:
    async with open_work(runtime, due.actor or User(due.workspace_id)) as work:
        if isinstance(error, Paused):
            await _pause(work, due, error)
            return
        row = await _take_turn(work, due, starts=False)
        if row is not None:
            row.last_error, row.last_error_code = error.message, error.code[:50]
            await work.session.flush()
            message = f"“{row.name}” could not start: {error.message}"
            await _notify(work, row, NotificationType.ERROR, "SCHEDULE_FAILED", message, row.created_by)


async def _pause(work: Work, due: Due, error: Paused) -> None:
    row = await _lock(work, due)
    if row is None:
        return
    row.enabled, row.next_run_at = False, None
    row.last_error, row.last_error_code = error.message, error.code
    await work.session.flush()
    work.tell_change("schedule", row.id, "updated")
    message = f"“{row.name}” is paused. {error.message}"
    await _notify(work, row, NotificationType.ERROR, Paused.code, message)


async def _notify(
    work: Work, row: Schedule, kind: NotificationType, code: str, message: str, user_id: UUID | None = None
) -> None:
    await notify(work, kind, code, message, subject_kind="schedule", subject_id=row.id, user_id=user_id)
