"""Giving a claimed row back to its queue, to be taken again later."""

from typing import Any

from sqlalchemy import ColumnElement, Row, func, update

from spoonfeeder.db.locks import lock_rows
from spoonfeeder.durable.cancel import cancel_pending
from spoonfeeder.durable.lease import Lease
from spoonfeeder.durable.line import PENDING, Line, in_state
from spoonfeeder.work import Work


def after(seconds: float) -> ColumnElement[Any]:
    """The database's now and `seconds` more."""
    return func.now() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)


async def free(work: Work, lease: Lease, seconds: float, **values: Any) -> Row[Any]:
    """Pending again, due in `seconds`; returns the whole row. Raises LeaseLost."""
    return await lease.write(work, status=PENDING, owner=None, lease_until=None, run_after=after(seconds), **values)


async def free_waiting(
    work: Work, lease: Lease, seconds: float, reason: str, *, place: str | None = None, **values: Any
) -> Row[Any]:
    """The same for want of something outside; with `place` all that waits for it waits as long. Raises LeaseLost."""
    table = lease.line.table
    waiting = {"waiting_reason": reason, "waiting_since": func.coalesce(table.waiting_since, func.now())}
    freed = await free(work, lease, seconds, **{**values, **waiting})
    if place is not None:
        await put_off(work, lease.line, place, seconds, **waiting)
    return freed


async def put_off(work: Work, line: Line, place: str, seconds: float, **values: Any) -> None:
    """What is pending for `place` is not due before `seconds` are over."""
    table, later = line.table, after(seconds)
    same = (line.place == place, line.claimable, in_state(table, PENDING), table.run_after < later)
    # Those that somebody changes just now are left out: to wait for them, with a row in hand, is out of order.
    others = await lock_rows(work.session, table, *same, skip_locked=True)
    kept = {**values, "run_after": later, "updated_at": table.updated_at}
    await work.session.execute(update(table).where(others).values(**kept))


async def tell_freed(work: Work, lease: Lease, freed: Row[Any], *, is_news: bool = True) -> None:
    """Whoever asked meanwhile to cancel the row need not wait for its next turn."""
    line = lease.line
    if freed.cancel_requested_at is not None:
        [ended] = await cancel_pending(work, line, line.table.id == freed.id)
        work.emit(line.announce(ended))
    elif is_news:
        work.emit(line.announce(freed))
