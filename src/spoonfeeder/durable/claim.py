"""Taking the next row of a line (R3): by compare-and-set, on the database's clock, where there is room, in turns."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Double, Integer, Table, Uuid, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from spoonfeeder.db.backend import LineTurn
from spoonfeeder.durable.line import PROCESS_ID, RUNNING, Line, Share, after, due, in_state, ownerless
from spoonfeeder.durable.turns import wait_for_turn
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_system_work

TURNS_KEPT = text("interval '7 days'")
TURNS = cast(Table, LineTurn.__table__)
TRIED = 16
"""So many of the next rows are tried; those that somebody else changes at this moment are left out."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row in our hands; `fence` goes with every later write, `taken_over` says that somebody held it before."""

    id: UUID
    workspace_id: UUID
    fence: int
    crashes: int
    taken_over: bool


async def claim(runtime: Runtime, line: Line) -> Claimed | None:
    """The next row, now running under a lease of ours; None when nothing is due or there is no room."""
    async with open_system_work(runtime, f"claim {line.name}") as work:
        await wait_for_turn(work, line.lock_key)
        abandoned = (await work.session.execute(_abandoned(line))).one_or_none()
        if abandoned is not None:
            return await _take(work, line, abandoned.id, crashed=abandoned.owner is not None, taken_over=True)
        opening = await line.room.look(work, line)
        for row_id in await work.session.scalars(_next(line), opening.values):
            if await work.session.scalar(_locked(line), {"row_id": row_id}) is not None:
                return await _take(work, line, row_id, **await opening.place(row_id))
        return None


@cache
def _abandoned(line: Line) -> Any:
    table = line.table
    return (
        select(table.id, table.owner)
        .where(ownerless(line))
        .order_by(table.priority.desc(), table.created_at, table.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


@cache
def _next(line: Line) -> Any:
    """The first due rows, by priority, then in turns; made once, since to put it together costs more than to run it."""
    table = line.table
    statement: Any = select(table.id).where(due(line), line.room.takes(line)).order_by(table.priority.desc())
    levels = count()
    for turn in line.turns:
        if isinstance(turn, Share):
            level = next(levels)
            running = _running(line, turn, f"running_{level}")
            served = select(LineTurn.share, LineTurn.served_at).where(LineTurn.line == _turns_of(line, level))
            last = served.subquery(f"served_{level}")
            statement = statement.outerjoin(running, running.c.owner == turn.owner)
            statement = statement.outerjoin(last, last.c.share == turn.owner)
            statement = statement.order_by(func.coalesce(running.c.number, 0), last.c.served_at.nulls_first())
        else:
            statement = statement.order_by(turn)
    return statement.order_by(table.id).limit(TRIED)


def _running(line: Line, share: Share, name: str) -> Any:
    counted = select(share.owner.label("owner"), func.count().label("number"))
    return counted.where(in_state(line.table, RUNNING), line.claimable).group_by(share.owner).subquery(name)


@cache
def _locked(line: Line) -> Any:
    is_it = line.table.id == bindparam("row_id", type_=Uuid())
    return select(line.table.id).where(is_it, due(line)).with_for_update(skip_locked=True)


def _turns_of(line: Line, level: int) -> str:
    """Each level of shares has turns of its own: what is served at one may stand for something else at another."""
    return f"{line.name} {level}" if level else line.name


async def _take(
    work: Work, line: Line, row_id: UUID, *, crashed: bool = False, taken_over: bool = False, **place: Any
) -> Claimed:
    lease_seconds = work.runtime.settings.lease_seconds
    values = {"row_id": row_id, "crashed": int(crashed), "lease_seconds": lease_seconds}
    values |= {f"its_{name}": value for name, value in place.items()}
    row = (await work.session.execute(_taken(line, frozenset(place)), values)).one()
    if not taken_over:
        owners = row[-len(list(_shares(line))) :]
        await work.session.execute(_served(line), {f"owner_{level}": owner for level, owner in enumerate(owners)})
    return Claimed(row.id, row.workspace_id, row.fence, row.crashes, taken_over)


@cache
def _taken(line: Line, place: frozenset[str]) -> Any:
    table = line.table
    return (
        update(table)
        .where(table.id == bindparam("row_id", type_=Uuid()))
        .values(
            status=RUNNING,
            owner=PROCESS_ID,
            fence=table.fence + 1,
            version=table.version + 1,
            crashes=table.crashes + bindparam("crashed", type_=Integer()),
            lease_until=after(bindparam("lease_seconds", type_=Double())),
            waiting_reason=None,
            **{name: bindparam(f"its_{name}", type_=getattr(table, name).type) for name in place},
        )
        .returning(table.id, table.workspace_id, table.fence, table.crashes, *_shares(line))
    )


def _shares(line: Line) -> Iterator[ColumnElement[Any]]:
    return (turn.owner for turn in line.turns if isinstance(turn, Share))


@cache
def _served(line: Line) -> Any:
    rows = [
        {"line": _turns_of(line, level), "share": bindparam(f"owner_{level}", type_=Uuid())}
        for level, _ in enumerate(_shares(line))
    ]
    again = {"served_at": func.clock_timestamp()}
    return insert(TURNS).values(rows).on_conflict_do_update(index_elements=["line", "share"], set_=again)


async def purge_turns(work: Work) -> None:
    """Who was not served for a week comes first anyway."""
    await work.session.execute(delete(LineTurn).where(LineTurn.served_at < func.now() - TURNS_KEPT))


async def count_claimable(work: Work, line: Line) -> int:
    """How many claims would find a row now."""
    opening = await line.room.look(work, line)
    return int((await work.session.execute(_abandoned_number(line))).scalar_one()) + await opening.count()


@cache
def _abandoned_number(line: Line) -> Any:
    return select(func.count()).select_from(line.table).where(ownerless(line))
