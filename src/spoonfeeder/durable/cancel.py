"""Cancel is state (R7): pending rows end at once, running ones are asked through their holder."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, update

from spoonfeeder.durable.line import CANCELLED, PENDING, RUNNING, Line, in_state
from spoonfeeder.work import Work


async def cancel_pending(work: Work, line: Line, *conditions: Any) -> list[Row[Any]]:
    """Ends the pending rows that meet `conditions`; returns them whole."""
    table = line.table
    statement = (
        update(table)
        .where(in_state(table, PENDING), *conditions)
        .values(
            status=CANCELLED,
            version=table.version + 1,
            cancel_requested_at=func.now(),
            completed_at=func.now(),
            waiting_reason=None,
        )
        .returning(*table.__table__.c)
    )
    return list((await work.session.execute(statement)).all())


async def request_cancel(work: Work, line: Line, *conditions: Any) -> list[UUID]:
    """Asks the holders of the running rows that meet `conditions`; returns the rows' ids."""
    table = line.table
    statement = (
        update(table)
        .where(in_state(table, RUNNING), *conditions)
        .values(cancel_requested_at=func.coalesce(table.cancel_requested_at, func.now()))
        .returning(table.id)
    )
    ids = list((await work.session.execute(statement)).scalars())
    for row_id in ids:
        work.ring(line.name, row_id)
    return ids
