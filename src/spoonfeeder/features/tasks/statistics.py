"""How tasks went and what they cost, by provider and type."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, true

from spoonfeeder.core.vocabulary import TaskStatus
from spoonfeeder.db.task import Task
from spoonfeeder.db.usage import UsageCall
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.tasks.schemas import TaskStatistics
from spoonfeeder.features.usage.queries import SUMS
from spoonfeeder.work import Work

GROUP = (Task.provider, Task.type)
SECONDS = func.extract("epoch", Task.completed_at - Task.started_at)
COUNTS = (
    func.count(Task.id).label("total"),
    *(func.count(Task.id).filter(Task.status == status).label(status.value) for status in TaskStatus),
    func.avg(SECONDS).filter(Task.status == TaskStatus.COMPLETE).label("mean_duration_seconds"),
)
OF_CALLS = ("calls", "unpriced_calls", "input_tokens", "output_tokens", "cost_usd")
NO_CALLS: dict[str, Any] = {"calls": 0, "unpriced_calls": 0, "input_tokens": 0, "output_tokens": 0, "cost_usd": 0}


async def statistics(work: Work, since: datetime | None, until: datetime | None) -> list[TaskStatistics]:
    """Of the tasks made from `since` until before `until`, deleted ones left out."""
    made = _made(since, until)
    counted = visible(select(*GROUP, *COUNTS), work.actor).where(*made).group_by(*GROUP).order_by(*GROUP)
    counts = (await work.session.execute(counted)).all()
    spent = await _spent(work, made)
    return [TaskStatistics(**row._mapping, **spent.get((row.provider, row.type), NO_CALLS)) for row in counts]


def _made(since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    return [
        Task.created_at >= since if since else true(),
        Task.created_at < until if until else true(),
    ]


async def _spent(work: Work, made: list[ColumnElement[bool]]) -> dict[tuple[str, str], dict[str, Any]]:
    """By provider and type of the tasks, whoever was called for them."""
    sums = select(*GROUP, *SUMS).select_from(Task).join(UsageCall, UsageCall.task_id == Task.id)
    mine = visible(sums, work.actor).where(*made).group_by(*GROUP)
    rows = (await work.session.execute(mine)).all()
    return {(row.provider, row.type): {name: getattr(row, name) for name in OF_CALLS} for row in rows}
