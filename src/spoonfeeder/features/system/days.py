"""What was made on each day, and how long it took."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, cast, func, select

from spoonfeeder.core.errors import invalid_field
from spoonfeeder.core.vocabulary import GenerationStatus, TaskStatus
from spoonfeeder.db import Generation, Task
from spoonfeeder.features.auth.access import visible_rows
from spoonfeeder.features.system.schemas import DayReport, DayStats, GenerationCounts, TaskCounts
from spoonfeeder.work import Work

USUAL_DAYS = timedelta(days=29)
MOST_DAYS = 366
SECONDS: Mapping[Any, Any] = {
    Generation: Generation.generation_time_seconds,
    Task: func.extract("epoch", Task.completed_at - Task.started_at),
}
Made = Mapping[date, Mapping[str, Any]]
"""By day and status: the row with `count` and `seconds`."""


async def report(work: Work, since: datetime | None, until: datetime | None) -> DayReport:
    """Every day (UTC) from that of `since`, 29 days earlier, until before `until`, now. Raises Invalid for too many."""
    end = until or datetime.now(UTC)
    begin = since or max(end, datetime.min.replace(tzinfo=UTC) + USUAL_DAYS) - USUAL_DAYS
    begin = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    if end - begin > timedelta(days=MOST_DAYS):
        raise invalid_field("from", f"A report covers at most {MOST_DAYS} days.")
    generations = await _made(work, Generation, begin, end)
    tasks = await _made(work, Task, begin, end)
    days = [begin.date() + timedelta(days=number) for number in range(-((begin - end) // timedelta(days=1)))]
    return DayReport(since=begin, until=end, days=[_day(day, generations, tasks) for day in days])


def _day(day: date, generations: Made, tasks: Made) -> DayStats:
    drawn, asked = generations.get(day, {}), tasks.get(day, {})
    return DayStats(
        day=day.isoformat(),
        generations=GenerationCounts(**{status: row.count_ for status, row in drawn.items()}),
        generation_seconds=_seconds(drawn.get(GenerationStatus.COMPLETED)),
        tasks=TaskCounts(**{status: row.count_ for status, row in asked.items()}),
        task_seconds=_seconds(asked.get(TaskStatus.COMPLETE)),
    )


def _seconds(row: Any) -> float:
    return float(row.seconds) if row is not None else 0.0


async def _made(work: Work, table: type[Any], begin: datetime, end: datetime) -> Made:
    day = cast(func.timezone("UTC", table.created_at), Date).label("day")
    seconds = func.coalesce(func.sum(SECONDS[table]), 0).label("seconds")
    counted = select(day, table.status, func.count(table.id).label("count_"), seconds)
    mine = visible_rows(counted.group_by(day, table.status), table, work.actor)
    mine = mine.where(table.created_at >= begin, table.created_at < end)
    made: dict[date, dict[str, Any]] = {}
    for row in await work.session.execute(mine):
        made.setdefault(row.day, {})[row.status] = row
    return made
