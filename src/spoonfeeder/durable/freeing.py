"""Giving a claimed row back to its queue, to be taken again later."""

from typing import Any

from sqlalchemy import ColumnElement, Row, func, update

from spoonfeeder.db.locks import lock_rows
from spoonfeeder.durable.cancel import cancel_pending
from spoonfeeder.durable.lease import Lease
from spoonfeeder.durable.line import PENDING, Line, after, in_state
from spoonfeeder.work import Work


async def free(work: Work, lease: Lease, seconds: float, **values: Any) -> Row[Any]:
    """Pending again, due in `seconds`; returns the whole row. Raises LeaseLost."""
    return await lease.write(work, status=PENDING, owner=None, lease_until=None, run_after=after(seconds), **values)


async def free_waiting(
    work: Work,
    lease: Lease,
    seconds: float,
    reason: str,
    *,
    others: ColumnElement[bool] | None = None,
    **values: Any,
) -> Row[Any]:
    """The same for want of something outside; the `others` that wait for it wait as long. Raises LeaseLost."""
    table = lease.line.table
    waiting = {"waiting_reason": reason, "waiting_since": func.coalesce(table.waiting_since, func.now())}
    freed = await free(work, lease, seconds, **{**values, **waiting})
    if others is not None:
        await put_off(work, lease.line, others, seconds, **waiting)
    return freed


async def put_off(work: Work, line: Line, others: ColumnElement[bool], seconds: float, **values: Any) -> None:
    """What is pending of them is not due before `seconds` are over."""
    table, later = line.table, after(seconds)
    same = (others, line.claimable, in_state(table, PENDING), table.run_after < later)
    # Those that somebody changes just now are left out: to wait for them, with a row in hand, is out of order.
    locked = await lock_rows(work.session, table, *same, skip_locked=True)
    kept = {**values, "run_after": later, "updated_at": table.updated_at}
    await work.session.execute(update(table).where(locked).values(**kept))


async def tell_freed(work: Work, lease: Lease, freed: Row[Any], *, is_news: bool = True) -> None:
    """Whoever asked meanwhile to cancel the row need not wait for its next turn."""
    line = lease.line
    if freed.cancel_requested_at is not None:
        [ended] = await cancel_pending(work, line, line.table.id == freed.id)
        work.emit(line.announce(ended))
    elif is_news:
        work.emit(line.announce(freed))
