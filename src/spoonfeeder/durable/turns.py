"""Turns between processes, held by a transaction; a process that is paused in the middle of its own loses it."""

from sqlalchemy import ColumnElement, func, select

from spoonfeeder.work import Work

PAUSED_SECONDS = 2
"""Less than the lock timeout of those who wait (db.session)."""


async def wait_for_turn(work: Work, key: int) -> None:
    """One at a time, until the transaction ends. Raises DBAPIError when the lock timeout passes before."""
    turn = select(func.pg_advisory_xact_lock(key), _ends_when_idle(PAUSED_SECONDS))
    await work.session.execute(turn)


async def try_turn(work: Work, group: int, key: int, *, idle_seconds: int = PAUSED_SECONDS) -> bool:
    """Whether it is our turn, until the transaction ends; while another process has it, it is not."""
    turn = select(func.pg_try_advisory_xact_lock(group, key), _ends_when_idle(idle_seconds))
    return bool((await work.session.execute(turn)).scalars().one())


def _ends_when_idle(seconds: int) -> ColumnElement[str]:
    return func.set_config("idle_in_transaction_session_timeout", f"{seconds}s", True)
