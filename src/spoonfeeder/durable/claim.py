"""Taking the best row of a line (R3): by compare-and-set, on the database's clock, within a place's slots."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from spoonfeeder.durable.line import PENDING, PROCESS_ID, RUNNING, Line, in_state
from spoonfeeder.durable.turns import wait_for_turn
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_system_work


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row in our hands; `fence` goes with every later write, `taken_over` says that somebody held it before."""

    id: UUID
    workspace_id: UUID
    fence: int
    crashes: int
    taken_over: bool


def claimable(line: Line, slots: int) -> ColumnElement[bool]:
    """Due rows whose place has a free slot: pending ones, and running ones whose lease has ended."""
    table, place = line.table, line.place
    full = (
        select(place)
        .where(in_state(table, RUNNING), line.claimable, table.lease_until >= func.now(), place.is_not(None))
        .group_by(place)
        .having(func.count() >= slots)
    )
    return and_(_due(line), or_(place.is_(None), place.not_in(full)))


def _due(line: Line) -> ColumnElement[bool]:
    table = line.table
    is_due = or_(
        and_(in_state(table, PENDING), table.run_after <= func.now()),
        and_(in_state(table, RUNNING), table.lease_until < func.now()),
    )
    return and_(is_due, line.claimable)


async def claim(runtime: Runtime, line: Line) -> Claimed | None:
    """The best row, now running under a lease of ours; None when nothing is due or every slot is taken."""
    settings = runtime.settings
    async with open_system_work(runtime, f"claim {line.name}") as work:
        await wait_for_turn(work, line.lock_key)
        found = await _best(work, line, line.slots(settings))
        if found is None:
            return None
        crashed = found.status == RUNNING and found.owner is not None
        table = line.table
        statement = (
            update(table)
            .where(table.id == found.id)
            .values(
                status=RUNNING,
                owner=PROCESS_ID,
                fence=table.fence + 1,
                version=table.version + 1,
                crashes=table.crashes + int(crashed),
                lease_until=func.now() + func.make_interval(0, 0, 0, 0, 0, 0, settings.lease_seconds),
                waiting_reason=None,
            )
            .returning(table.id, table.workspace_id, table.fence, table.crashes)
        )
        row = (await work.session.execute(statement)).one()
        return Claimed(row.id, row.workspace_id, row.fence, row.crashes, found.status == RUNNING)


async def _best(work: Work, line: Line, slots: int) -> Any:
    table = line.table
    statement = (
        select(table.id, table.status, table.owner)
        .where(claimable(line, slots))
        .order_by((in_state(table, RUNNING)).desc(), table.priority.desc(), table.created_at, table.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return (await work.session.execute(statement)).one_or_none()


async def count_claimable(work: Work, line: Line, slots: int) -> int:
    """How many claims would find a row now: per place the due rows, at most its free slots."""
    table = line.table
    busy = func.count().filter(and_(in_state(table, RUNNING), table.lease_until >= func.now()))
    due = func.count().filter(_due(line))
    per_place = (
        select(func.least(due, func.greatest(slots - busy, 0)).label("free"))
        .where(table.status.in_((PENDING, RUNNING)), line.claimable)
        .group_by(line.place)
        .subquery()
    )
    total = select(func.coalesce(func.sum(per_place.c.free), 0))
    return int((await work.session.execute(total)).scalar_one())
