"""Cancel is state (R7): pending rows end at once, running ones are asked through their holder."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, inspect, update

from spoonfeeder.durable.counting import count_ended
from spoonfeeder.durable.line import CANCELLED, PENDING, RUNNING, Line, in_state
from spoonfeeder.work import Work


async def cancel_pending(work: Work, line: Line, *conditions: Any) -> list[Row[Any]]:
    """Ends the pending rows that meet `conditions`; returns them without their deferred columns."""
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
        .returning(*_shown(table))
    )
    rows = list((await work.session.execute(statement)).all())
    count_ended(work, line, rows)
    return rows


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


def _shown(table: type[Any]) -> list[Any]:
    """A thousand graphs would be many megabytes, and nobody asks for them."""
    return [table.__table__.c[column.key] for column in inspect(table).column_attrs if not column.deferred]
