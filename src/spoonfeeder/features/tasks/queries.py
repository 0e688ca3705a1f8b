"""Reading tasks and results: one, a page, and what has not ended."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, select, true, tuple_

from spoonfeeder.core.errors import NotFound
from spoonfeeder.core.pagination import Cursor, Place
from spoonfeeder.core.vocabulary import Modality, Provider, TaskStatus
from spoonfeeder.db.task import Result, Task
from spoonfeeder.durable.line import PENDING, RUNNING, in_state
from spoonfeeder.features.auth.access import visible, visible_rows
from spoonfeeder.features.tasks import announce
from spoonfeeder.features.tasks.rows import (
    RESULT_COLUMNS,
    SHOWN_RESULTS,
    SHOWN_TASKS,
    TASK_COLUMNS,
    WHOLE_RESULTS,
    WHOLE_TASKS,
    merged,
    result_json,
    seq_of_row,
    task_json,
)
from spoonfeeder.features.tasks.service import TaskNotFound
from spoonfeeder.realtime.events import TaskEvent
from spoonfeeder.work import Work

ACTIVE_LETTERS = 200


class ResultNotFound(NotFound):
    """This result does not exist."""

    code = "RESULT_NOT_FOUND"


def tasks_where(
    *,
    statuses: Sequence[TaskStatus] | None = None,
    kind: Modality | None = None,
    provider: Provider | None = None,
    words: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    schedule_id: UUID | None = None,
) -> ColumnElement[bool]:
    """`words` stand together in the name or the prompt, in whatever case."""
    wanted: Mapping[Any, Any] = {
        TASK_COLUMNS.type: kind,
        TASK_COLUMNS.provider: provider,
        TASK_COLUMNS.schedule_id: schedule_id,
    }
    conditions = [column == value for column, value in wanted.items() if value is not None]
    if statuses:
        conditions.append(TASK_COLUMNS.status.in_(statuses))
    if words and words.strip():
        said = words.strip()
        conditions.append(
            TASK_COLUMNS.name.icontains(said, autoescape=True) | TASK_COLUMNS.prompt.icontains(said, autoescape=True)
        )
    if since is not None:
        conditions.append(TASK_COLUMNS.created_at >= since)
    if until is not None:
        conditions.append(TASK_COLUMNS.created_at < until)
    return and_(true(), *conditions)


def has_ended() -> ColumnElement[bool]:
    return TASK_COLUMNS.status.in_((TaskStatus.COMPLETE, TaskStatus.FAILED, TaskStatus.CANCELLED))


async def get(work: Work, task_id: UUID) -> Any:
    """The whole row with its result. Raises TaskNotFound."""
    row = (
        await work.session.execute(
            visible_rows(WHOLE_TASKS, TASK_COLUMNS, work.actor).where(TASK_COLUMNS.id == task_id)
        )
    ).first()
    if row is None:
        raise TaskNotFound
    return row


async def present_state(work: Work, task_id: UUID) -> TaskEvent:
    """What a subscriber is told first. Raises TaskNotFound."""
    mine = visible_rows(select(*TASK_COLUMNS), TASK_COLUMNS, work.actor).where(TASK_COLUMNS.id == task_id)
    row = (await work.session.execute(mine)).first()
    if row is None:
        raise TaskNotFound
    return announce.of_state(row)


async def page(
    work: Work, where: ColumnElement[bool], place: Place, *, whole: bool = False
) -> tuple[Sequence[Any], str | None]:
    """Newest first, and the cursor of what follows, if anything does."""
    shown = WHOLE_TASKS if whole else SHOWN_TASKS
    return await _page(work, visible_rows(shown, TASK_COLUMNS, work.actor).where(where), TASK_COLUMNS, place)


async def count(work: Work, where: ColumnElement[bool]) -> int:
    """From an index alone, as long as no words are looked for."""
    counted = visible_rows(select(func.count()).select_from(Task).where(where), TASK_COLUMNS, work.actor)
    return int((await work.session.execute(counted)).scalar_one())


async def get_result(work: Work, result_id: UUID) -> Any:
    """Raises ResultNotFound."""
    mine = visible_rows(WHOLE_RESULTS, RESULT_COLUMNS, work.actor).where(RESULT_COLUMNS.id == result_id)
    row = (await work.session.execute(mine)).first()
    if row is None:
        raise ResultNotFound
    return row


async def result_page(work: Work, kind: Modality | None, place: Place) -> tuple[Sequence[Any], str | None]:
    """Newest first, and the cursor of what follows, if anything does."""
    mine = visible_rows(SHOWN_RESULTS, RESULT_COLUMNS, work.actor).where(_of_kind(kind))
    return await _page(work, mine, RESULT_COLUMNS, place)


async def count_results(work: Work, kind: Modality | None) -> int:
    """Less those of deleted tasks, which are few: a join with all the others takes ten times as long."""
    hidden = exists().where(TASK_COLUMNS.id == RESULT_COLUMNS.task_id, TASK_COLUMNS.deleted_at.is_not(None))
    counted = select(func.count()).select_from(Result).where(~hidden)
    mine = visible_rows(counted, RESULT_COLUMNS, work.actor).where(_of_kind(kind))
    return int((await work.session.execute(mine)).scalar_one())


def _of_kind(kind: Modality | None) -> ColumnElement[bool]:
    return true() if kind is None else RESULT_COLUMNS.type == kind


async def _page(work: Work, statement: Select[Any], columns: Any, place: Place) -> tuple[Sequence[Any], str | None]:
    """Of the rows before a page only the keys are read, not their texts."""
    order = (columns.created_at.desc(), columns.id.desc())
    if place.cursor is not None:
        after = tuple_(place.cursor.created_at, place.cursor.id)
        statement = statement.where(tuple_(columns.created_at, columns.id) < after)
    if place.offset:
        before = statement.with_only_columns(columns.id).order_by(*order).offset(place.offset)
        statement = statement.where(columns.id.in_(before.limit(place.limit + 1).correlate(None)))
    found = (await work.session.execute(statement.order_by(*order).limit(place.limit + 1))).all()
    rows = found[: place.limit]
    more = str(Cursor(rows[-1].created_at, rows[-1].id)) if len(found) > place.limit else None
    return rows, more


async def with_live(work: Work, rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Answers of rows of tasks, with the newest progress of the running ones."""
    listed = list(rows)
    newest = await work.runtime.live.get_progress([row.id for row in listed if row.status == RUNNING])
    names = listed[0]._fields if listed else ()
    return [task_json(names, row, work.runtime.signed_urls, newest.get(row.id)) for row in listed]


def results(work: Work, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Answers of rows of results."""
    names = rows[0]._fields if rows else ()
    return [result_json(names, row, work.runtime.signed_urls) for row in rows]


async def active(work: Work) -> list[dict[str, Any]]:
    """All that is pending or running, oldest first; cheap enough to be polled."""
    statement = select(
        Task.id,
        Task.name,
        Task.type,
        Task.provider,
        Task.profile_id,
        Task.model,
        Task.generation_id,
        func.left(Task.prompt, ACTIVE_LETTERS).label("prompt"),
        Task.status,
        Task.progress,
        Task.message,
        Task.version,
        Task.waiting_reason,
        Task.created_at,
    ).where(in_state(Task, PENDING) | in_state(Task, RUNNING))
    ordered = visible(statement, work.actor).order_by(Task.created_at, Task.id).limit(1_000)
    rows = (await work.session.execute(ordered)).all()
    newest = await work.runtime.live.get_progress([row.id for row in rows if row.status == RUNNING])
    return [merged(_active(row), newest.get(row.id)) for row in rows]


def _active(row: Any) -> dict[str, Any]:
    item = {"kind": "task", **row._mapping}
    item["seq"] = seq_of_row(row.status, item.pop("version"), row.generation_id, row.progress)
    return item
