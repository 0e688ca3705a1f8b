"""Calls whose process died before their end."""

from sqlalchemy import func, text, update

from spoonfeeder.core.vocabulary import CallStatus
from spoonfeeder.db.usage import UsageCall
from spoonfeeder.work import Work

LONGEST_CALL = text("interval '45 minutes'")
"""A stream ends after 30 minutes at the latest (R25)."""


async def close_lost_calls(work: Work) -> None:
    lost = UsageCall.status == CallStatus.OPEN, UsageCall.started_at < func.now() - LONGEST_CALL
    await work.session.execute(update(UsageCall).where(*lost).values(status=CallStatus.UNKNOWN, ended_at=func.now()))


CHORES = (close_lost_calls,)
