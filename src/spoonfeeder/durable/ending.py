"""The last write to a claimed row; a result that cannot be had again gets it through a short outage of the database."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

import structlog
from sqlalchemy import Row, func
from sqlalchemy.exc import SQLAlchemyError

from spoonfeeder.core.database_errors import as_app_error
from spoonfeeder.core.errors import Unavailable
from spoonfeeder.durable.counting import count_ended
from spoonfeeder.durable.lease import Lease, LeaseLost
from spoonfeeder.work import Work, open_work

log = structlog.get_logger(__name__)
AGAIN_SECONDS = 30.0
PAUSE_SECONDS = 0.5
Told = TypeVar("Told")


async def end(work: Work, lease: Lease, status: str, **values: Any) -> Row[Any]:
    """Ends the row for good and tells of it; returns it whole. Raises LeaseLost."""
    row = await lease.write(
        work,
        status=status,
        completed_at=func.now(),
        lease_until=None,
        owner=None,
        waiting_reason=None,
        waiting_since=None,
        **values,
    )
    _tell(work, lease, row)
    return row


def _tell(work: Work, lease: Lease, row: Row[Any]) -> None:
    """That the row is no longer ours, and of its end if that is what it came to."""
    work.emit(lease.line.announce(row))
    work.ring(lease.line.name)
    if row.status in lease.line.ended:
        count_ended(work, lease.line, [row])
        work.afterwards(partial(setattr, lease, "outcome", row.status))


async def until_written(lease: Lease, step: Callable[[Work], Awaitable[Told]]) -> Told | None:
    """A transaction with a fenced write in it, again and again while the database is away, for half a minute (R14).

    None: an earlier try was committed after all, although its answer was lost. Raises LeaseLost, and what the database
    raises when the time is over.
    """
    ends_at, tries = asyncio.get_running_loop().time() + AGAIN_SECONDS, 0
    while True:
        tries += 1
        try:
            async with open_work(lease.runtime, lease.actor) as work:
                return await step(work)
        except LeaseLost:
            if tries > 1 and await _was_committed(lease):
                return None
            raise
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            if not isinstance(as_app_error(error), Unavailable) or asyncio.get_running_loop().time() > ends_at:
                raise
            log.warning("written_again", error=type(error).__name__, tries=tries)
            await asyncio.sleep(PAUSE_SECONDS)


async def _was_committed(lease: Lease) -> bool:
    """Whether the row left our hands by our own write; then it is told of here, as the commit's teller was not."""
    async with open_work(lease.runtime, lease.actor) as work:
        row = await lease.left(work)
        if row is None:
            return False
        _tell(work, lease, row)
        return True
