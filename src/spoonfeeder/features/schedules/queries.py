"""Reading schedules, and the rows that they started."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, select

from spoonfeeder.core.errors import NotFound
from spoonfeeder.core.pagination import Place
from spoonfeeder.core.vocabulary import ScheduleKind
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.task import Schedule, Task
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.schedules.schemas import ScheduleOut
from spoonfeeder.features.schedules.timing import next_runs
from spoonfeeder.work import Work


class ScheduleNotFound(NotFound):
    """This schedule does not exist."""

    code = "SCHEDULE_NOT_FOUND"


class RunNotFound(NotFound):
    """This run is not there any more."""

    code = "RUN_NOT_FOUND"


async def get(work: Work, schedule_id: UUID, *, for_update: bool = False) -> Schedule:
    """Raises ScheduleNotFound."""
    statement = visible(select(Schedule), work.actor).where(Schedule.id == schedule_id)
    row = await work.session.scalar(statement.with_for_update(key_share=True) if for_update else statement)
    if row is None:
        raise ScheduleNotFound
    return row


def shown(row: Schedule) -> ScheduleOut:
    columns = {column.key: getattr(row, column.key) for column in Schedule.__table__.c}
    return ScheduleOut.model_validate(columns | {"next_runs": next_runs(row)})


async def page(work: Work, place: Place, *conditions: ColumnElement[bool]) -> tuple[Sequence[Schedule], int]:
    """Newest first, and how many there are."""
    statement = visible(select(Schedule), work.actor).where(*conditions)
    ordered = statement.order_by(Schedule.created_at.desc(), Schedule.id.desc())
    rows = (await work.session.scalars(ordered.limit(place.limit).offset(place.offset))).all()
    return rows, await _count(work, statement)


async def runs(work: Work, row: Schedule, place: Place) -> tuple[Sequence[Any], int]:
    """Newest first, and how many there are."""
    table, statement = _runs_of(work, row)
    ordered = statement.order_by(table.created_at.desc(), table.id.desc())
    rows = (await work.session.execute(ordered.limit(place.limit).offset(place.offset))).all()
    return rows, await _count(work, statement)


async def run(work: Work, row: Schedule, run_id: UUID) -> Any:
    """Raises RunNotFound."""
    table, statement = _runs_of(work, row)
    found = (await work.session.execute(statement.where(table.id == run_id))).one_or_none()
    if found is None:
        raise RunNotFound
    return found


def _runs_of(work: Work, row: Schedule) -> tuple[type[Task] | type[Generation], Select[Any]]:
    table = Task if row.kind == ScheduleKind.TASK else Generation
    names = ("id", "status", "progress", "error", "error_code", "created_at", "started_at", "completed_at")
    columns = select(*(getattr(table, name) for name in names), literal(row.kind).label("kind"))
    return table, visible(columns, work.actor).where(table.schedule_id == row.id)


async def _count(work: Work, statement: Select[Any]) -> int:
    counted = select(func.count()).select_from(statement.order_by(None).subquery())
    return int((await work.session.execute(counted)).scalar_one())
