"""Finding generations among a million: a page in any order, and how many there are.

What is common soon turns up among the next rows of the order; what is rare is soon gathered whole by its index.
PostgreSQL would choose by how common a value is in all, and walk through everything where it is common, but long ago.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Select, and_, func, literal_column, select, text, true
from sqlalchemy.exc import DBAPIError

from spoonfeeder.core.database_errors import sqlstate_of
from spoonfeeder.core.errors import Invalid
from spoonfeeder.db.generation_search import SEARCHED
from spoonfeeder.features.generations.filters import Wanted
from spoonfeeder.features.generations.rows import COLUMNS as ALL
from spoonfeeder.features.generations.rows import IS_THERE, SHOWN
from spoonfeeder.features.generations.sorting import Sorting
from spoonfeeder.work import Work

MOST_COUNTED = 500
MOST_LISTED = 10_000
"""Counted in an index alone, where nothing is filtered."""
NEXT_ROWS = (2_500, 10_000)
COMMON = 200
"""So many matches among the first of these promise that the further ones are all that is counted."""
MOST_SECONDS = 5.0
"""Of one statement."""
QUERY_CANCELED = "57014"
COLUMNS = SEARCHED.c
PREPARE = text(
    """
    SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true),
        set_config('random_page_cost', '1.1', true), set_config('work_mem', '16MB', true),
        set_config('statement_timeout', :milliseconds, true)
    """
)
PLANS = text(
    """
    SELECT set_config('enable_bitmapscan', :bitmaps, true), set_config('enable_indexscan', :scans, true),
        set_config('enable_seqscan', :tables, true)
    """
)
IN_ORDER = {"bitmaps": "off", "scans": "on", "tables": "off"}
"""Rows are met one by one: what all of a common word would be is not gathered for the sake of the next ones."""
GATHERED = {"bitmaps": "on", "scans": "off", "tables": "off"}
AS_USUAL = {"bitmaps": "on", "scans": "on", "tables": "on"}


class SearchTooSlow(Invalid):
    """Too many generations would have to be looked at for this; narrow it down, by a span of time for instance."""

    code = "SEARCH_TOO_SLOW"


@dataclass(frozen=True, slots=True)
class Part:
    """Which of what is found: `offset` rows in, or after the place of a cursor."""

    limit: int
    offset: int = 0
    after: tuple[Any, UUID] | None = None

    @property
    def end(self) -> int:
        """One more than is shown, which tells whether anything follows."""
        return self.offset + self.limit + 1


@dataclass(frozen=True, slots=True)
class Found:
    """`ids` in order, and the cursor of what follows, if anything does; a total that `is_capped` is the least it is."""

    ids: Sequence[UUID]
    more: str | None
    total: int
    is_capped: bool


@asynccontextmanager
async def prepared(work: Work) -> AsyncIterator[None]:
    """Until the transaction ends the planner looks at the values that are asked for: a common word is no rare one.

    Raises SearchTooSlow.
    """
    await work.session.execute(PREPARE, {"milliseconds": str(round(MOST_SECONDS * 1000))})
    try:
        yield
    except DBAPIError as error:
        if sqlstate_of(error) == QUERY_CANCELED:
            raise SearchTooSlow from error
        raise


async def find(work: Work, wanted: Wanted, sorting: Sorting, part: Part) -> Found:
    """One part of what is wanted, within `prepared`."""
    return await _Search(work, wanted, sorting, part).find()


async def show(work: Work, ids: Sequence[UUID]) -> list[Any]:
    """Rows as lists show them, in this order."""
    shown = SHOWN.where(ALL.workspace_id == work.workspace_id, IS_THERE, ALL.id.in_(ids))
    rows = {row.id: row for row in await work.session.execute(shown)} if ids else {}
    return [rows[row_id] for row_id in ids if row_id in rows]


class _Search:
    def __init__(self, work: Work, wanted: Wanted, sorting: Sorting, part: Part) -> None:
        self._session = work.session
        self._sorting, self._part = sorting, part
        self._where = wanted.where & sorting.have_it
        self._is_listed = wanted.is_whole if sorting.is_of_time else wanted.is_all or not sorting.has_index
        self._within = (wanted.within if sorting.is_of_time else true()) & sorting.have_it
        self._sessions = wanted.sessions if sorting.is_of_time else None
        self._most = MOST_LISTED if wanted.is_all else MOST_COUNTED
        self._total: int | None = None
        self._plans: Mapping[str, str] = AS_USUAL

    async def find(self) -> Found:
        found = await self._find()
        await self._plan(AS_USUAL)
        return found

    async def _find(self) -> Found:
        part = self._part
        if self._is_listed or part.end > MOST_COUNTED:
            rows = await self._rows(self._ordered(self._where).offset(part.offset).limit(part.limit + 1))
        else:
            rows = (await self._look() or await self._gather())[part.offset : part.end]
        page, has_more = rows[: part.limit], len(rows) > part.limit
        more = self._sorting.cursor(page[-1].key, page[-1].id) if has_more else None
        seen = part.offset + len(page) if page else 0
        if not has_more and part.after is None and (page or not part.offset):
            self._total = seen
        total = await self._count() if self._total is None else self._total
        is_capped = total > self._most
        return Found(
            [row.id for row in page], more, max(self._most, seen + has_more) if is_capped else total, is_capped
        )

    async def _look(self) -> Sequence[Any]:
        """The next rows where they fill the page or are all; else none."""
        plans = IN_ORDER
        for size in NEXT_ROWS:
            await self._plan(plans)
            edge = await self._edge(size)
            near = self._where if edge is None else and_(self._where, self._sorting.up_to(edge))
            rows = await self._rows(self._ordered(near).limit(max(self._part.end, MOST_COUNTED + 1)))
            if len(rows) > MOST_COUNTED:
                self._total = len(rows)
            is_full = len(rows) >= self._part.end
            if edge is None or self._total is not None or (is_full and len(rows) < COMMON):
                return rows
            if len(rows) * NEXT_ROWS[-1] < self._part.end * size:
                break
            plans = IN_ORDER if len(rows) >= COMMON else AS_USUAL
        return rows if is_full else []

    async def _edge(self, rows: int) -> Any | None:
        """The key of the row so far behind the place, None where there are not so many."""
        return await self._session.scalar(
            self._ordered(self._within).offset(rows).limit(1).with_only_columns(self._sorting.key)
        )

    async def _gather(self) -> Sequence[Any]:
        """All that indexes find; it is counted on the way. Of sessions no more than the first rows of each."""
        if self._sessions is not None:
            await self._plan(IN_ORDER)
            return await self._rows(self._merged(self._sessions))
        counted = func.count().over().label("total")
        await self._plan(GATHERED)
        rows = await self._rows(self._ordered(self._where).add_columns(counted).limit(self._part.end))
        if rows and self._part.after is None:
            self._total = rows[0].total
        return rows

    async def _count(self) -> int:
        """Not beyond one more than is told: to count a million takes longer than to show a page."""
        some: Select[Any] = select(literal_column("1").label("one")).select_from(SEARCHED).where(self._where)
        if self._is_listed and self._sorting.has_index:
            ordered = some.order_by(*self._sorting.order_by())
        else:
            ordered = select(_all_of(some))
        first = ordered.limit(self._most + 1).subquery()
        await self._plan(AS_USUAL if self._is_listed else GATHERED)
        return int((await self._session.execute(select(func.count()).select_from(first))).scalar_one())

    async def _plan(self, plans: Mapping[str, str]) -> None:
        """For the next statements; a round trip only where they are not planned so already."""
        if plans is not self._plans:
            await self._session.execute(PLANS, plans)
            self._plans = plans

    def _ordered(self, where: ColumnElement[bool]) -> Select[Any]:
        statement = select(COLUMNS.id, self._sorting.key.label("key")).where(where)
        if self._part.after is not None:
            statement = statement.where(self._sorting.after(self._part.after))
        return statement.order_by(*self._sorting.order_by())

    def _merged(self, sessions: Select[UUID]) -> Select[Any]:
        """An index holds the rows of one session in order of time."""
        each = sessions.subquery()
        of_one = self._ordered(and_(self._within, COLUMNS.session_id == each.c.id))
        first = of_one.limit(self._part.end).lateral()
        merged = select(first.c.id, first.c.key).select_from(each.join(first, true()))
        return merged.order_by(*self._sorting.order_of(first.c.key, first.c.id)).limit(self._part.end)

    async def _rows(self, statement: Select[Any]) -> Sequence[Any]:
        rows: Sequence[Any] = (await self._session.execute(statement)).all()
        return rows


def _all_of(statement: Select[Any]) -> CTE:
    """Planned as if all rows were wanted, so that indexes are combined, and yet read no further than is asked."""
    return statement.cte("found").prefix_with("MATERIALIZED")
