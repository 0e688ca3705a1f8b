"""Room by the number of rows that run at one place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, and_, bindparam, func, or_, select, true

from spoonfeeder.core.settings import Settings
from spoonfeeder.durable.line import RUNNING, Line, Opening, due, in_state
from spoonfeeder.work import Work


@dataclass(frozen=True, slots=True, eq=False)
class Slots:
    """At most `most` rows whose column `place` is equal run at the same time; rows without a place run as they come.

    Room is given to rows where `only` holds; what runs there takes room all the same.
    """

    place: Any
    most: Callable[[Settings], int]
    only: ColumnElement[bool] = field(default_factory=true)

    def takes(self, line: Line) -> ColumnElement[bool]:
        full = (
            select(self.place)
            .where(in_state(line.table, RUNNING), line.claimable, self.place.is_not(None))
            .group_by(self.place)
            .having(func.count() >= bindparam("most", type_=Integer))
        )
        return and_(self.only, or_(self.place.is_(None), self.place.not_in(full)))

    async def look(self, work: Work, line: Line) -> Opening:
        most = self.most(work.runtime.settings)
        return Opening({"most": most}, stay, partial(self._count, work, line, most))

    async def _count(self, work: Work, line: Line, most: int) -> int:
        """Per place the due rows, at most its free slots."""
        return int((await work.session.execute(_counted(self, line), {"most": most})).scalar_one())


@cache
def _counted(slots: Slots, line: Line) -> Any:
    is_due, is_running = and_(due(line), slots.only), in_state(line.table, RUNNING)
    free = func.greatest(bindparam("most", type_=Integer) - func.count().filter(is_running), 0)
    per_place = (
        select(func.least(func.count().filter(is_due), free).label("found"))
        .where(or_(is_due, is_running), line.claimable)
        .group_by(slots.place)
        .subquery()
    )
    return select(func.coalesce(func.sum(per_place.c.found), 0))


async def stay(_: UUID) -> Mapping[str, Any]:
    """The row runs where it says."""
    return {}
