"""How much one person may have waiting in a line, so that nobody fills it for all others (A47)."""

from sqlalchemy import func, literal_column, select, text

from spoonfeeder.core.errors import AppError
from spoonfeeder.db.row_security import TAKE_ROLE
from spoonfeeder.durable.line import PENDING, Line, in_state
from spoonfeeder.work import Work

RETRY_SECONDS = 30

TAKE_TURN = text("SELECT pg_advisory_xact_lock(hashtextextended(:turn, 0)), set_config('role', 'none', true)")


class QueueFull(AppError):
    """You have too much waiting already; let some of it end, or cancel some."""

    status = 429
    code = "QUEUE_FULL"


async def require_quota(work: Work, line: Line) -> None:
    """For one more pending row of the user, in whatever workspace the others wait. Raises QueueFull.

    The user's other requests wait here until this transaction ends, so the bound holds to the row. The count is a
    statement of its own, since one that waited for the lock would not see what was committed meanwhile.
    """
    user_id = work.user.user_id
    if user_id is None:
        return
    await work.session.execute(TAKE_TURN, {"turn": f"{line.name} of {user_id}"})
    table, most = line.table, work.runtime.settings.most_queued
    pending = select(func.count(table.id)).where(table.created_by == user_id, in_state(table, PENDING))
    waiting, _ = (await work.session.execute(select(pending.scalar_subquery(), literal_column(TAKE_ROLE)))).one()
    if waiting >= most:
        sentence = f"You have {most:,} {line.name} waiting already; let some of them end, or cancel some."
        raise QueueFull(sentence, headers={"Retry-After": str(RETRY_SECONDS)})
