"""How much one person may have waiting in a line, so that nobody fills it for all others (A47)."""

from uuid import UUID

from sqlalchemy import BigInteger, func, select

from spoonfeeder.core.errors import AppError
from spoonfeeder.durable.line import Line
from spoonfeeder.work import Work

RETRY_SECONDS = 30
MARGIN = 100
"""More transactions than this do not count at the same time: each process has a pool of 10 connections."""


class QueueFull(AppError):
    """You have too much waiting already; let some of it end, or cancel some."""

    status = 429
    code = "QUEUE_FULL"


async def require_quota(work: Work, line: Line, rows: int = 1) -> None:
    """For `rows` more pending ones of the user, in whatever workspace the others wait. Raises QueueFull.

    Near the bound, and for many rows, the user's other requests wait here until this transaction ends, so that the
    bound holds to the row. Only single ones counted at the very moment of many may pass it, by less than MARGIN.
    """
    user_id, most = work.user.user_id, work.runtime.settings.most_queued
    if user_id is None:
        return
    if rows == 1 and await _count(work, line, user_id) < most - MARGIN:
        return
    turn = func.pg_advisory_xact_lock(func.hashtextextended(f"{line.name} of {user_id}", 0))
    await work.session.execute(select(turn))
    waiting = await _count(work, line, user_id)
    if waiting + rows > most:
        room = f"there is room for {most - waiting:,} and not for {rows:,} more" if waiting < most else ""
        told = "; ".join(filter(None, (f"You have {waiting:,} {line.name} waiting already", room)))
        sentence = f"{told}; let some of them end, or cancel some."
        raise QueueFull(sentence, headers={"Retry-After": str(RETRY_SECONDS)})


async def _count(work: Work, line: Line, user_id: UUID) -> int:
    """Of all workspaces, by a function that the tables' owner runs; the transaction itself sees only one."""
    counted = select(func.count_pending(line.table.__tablename__, user_id, type_=BigInteger))
    return int((await work.session.execute(counted)).scalar_one())
