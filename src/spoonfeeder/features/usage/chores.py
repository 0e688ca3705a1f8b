"""Calls whose process died before their end."""

from sqlalchemy import func, select, text, update

from spoonfeeder.core.vocabulary import CallStatus, TaskStatus
from spoonfeeder.db.task import Task
from spoonfeeder.db.usage import UsageCall
from spoonfeeder.work import Work

LONGEST_CALL = text("interval '45 minutes'")
"""A stream ends after 30 minutes at the latest (R25); what a provider does on its own time may take longer."""
ACTIVE = (TaskStatus.PENDING, TaskStatus.RUNNING)


async def close_lost_calls(work: Work) -> None:
    is_awaited = select(Task.id).where(Task.call_id == UsageCall.id, Task.status.in_(ACTIVE)).exists()
    lost = UsageCall.status == CallStatus.OPEN, UsageCall.started_at < func.now() - LONGEST_CALL, ~is_awaited
    await work.session.execute(update(UsageCall).where(*lost).values(status=CallStatus.UNKNOWN, ended_at=func.now()))


CHORES = (close_lost_calls,)
