"""The orders in which generations are found, and cursors that belong to one of them."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Numeric, and_, case, literal, true, tuple_

from spoonfeeder.core.errors import Invalid, invalid_field
from spoonfeeder.core.pagination import Cursor
from spoonfeeder.core.vocabulary import GenerationStatus
from spoonfeeder.db.generation_search import SEARCHED

COLUMNS = SEARCHED.c


class Sort(StrEnum):
    CREATED_AT = "created_at"
    DURATION = "duration"
    QUEUE = "queue"


class Order(StrEnum):
    ASC = "asc"
    DESC = "desc"


@dataclass(frozen=True, slots=True)
class Key:
    """What is sorted by, which rows have it, and how a cursor's text is read back."""

    column: ColumnElement[Any]
    have_it: ColumnElement[bool]
    usual: Order
    read: Callable[[Any], Any]


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _finite(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError
    return number


def _weight(exponent: int) -> ColumnElement[Decimal]:
    return literal(Decimal(10**exponent), Numeric)


NOTHING = literal(Decimal(0), Numeric)
QUEUE_PLACE: ColumnElement[Any] = (
    COLUMNS.queue_order
    - case((COLUMNS.ahead, _weight(10)), else_=NOTHING)
    - COLUMNS.priority * _weight(11)
    + case((COLUMNS.held_at.is_not(None), _weight(14)), else_=NOTHING)
)
"""By priority, then what was put in front, then by place, a time in seconds; held rows come last. No turns in it."""

KEYS = {
    Sort.CREATED_AT: Key(COLUMNS.created_at, true(), Order.DESC, _moment),
    Sort.DURATION: Key(
        COLUMNS.generation_time_seconds, COLUMNS.generation_time_seconds.is_not(None), Order.DESC, float
    ),
    Sort.QUEUE: Key(QUEUE_PLACE, COLUMNS.status == GenerationStatus.PENDING, Order.ASC, _finite),
}


class ForeignCursor(Invalid):
    """This cursor belongs to another order of the list; begin again without it."""


@dataclass(frozen=True, slots=True)
class Sorting:
    """One order of all that is found: rows without its key (no duration, not pending) are not in it."""

    sort: Sort = Sort.CREATED_AT
    order: Order = Order.DESC

    @classmethod
    def of(cls, sort: Sort, order: Order | None) -> "Sorting":
        return cls(sort, order or KEYS[sort].usual)

    @property
    def key(self) -> ColumnElement[Any]:
        return KEYS[self.sort].column

    @property
    def have_it(self) -> ColumnElement[bool]:
        return KEYS[self.sort].have_it

    @property
    def is_of_time(self) -> bool:
        return self.sort is Sort.CREATED_AT

    @property
    def has_index(self) -> bool:
        return self.sort is not Sort.QUEUE

    def order_by(self) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        return self.order_of(self.key, COLUMNS.id)

    def order_of(
        self, key: ColumnElement[Any], row_id: ColumnElement[Any]
    ) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        """The same of columns under other names."""
        if self.order is Order.DESC:
            return key.desc(), row_id.desc()
        return key.asc(), row_id.asc()

    def after(self, place: tuple[Any, UUID]) -> ColumnElement[bool]:
        here, there = tuple_(self.key, COLUMNS.id), tuple_(*place)
        return and_(here < there if self.order is Order.DESC else here > there)

    def up_to(self, key: Any) -> ColumnElement[bool]:
        near: ColumnElement[bool] = self.key >= key if self.order is Order.DESC else self.key <= key
        return near

    def cursor(self, key: Any, row_id: UUID) -> str:
        if self == Sorting():
            return str(Cursor(key, row_id))
        written = str(key) if isinstance(key, Decimal) else key
        return base64.urlsafe_b64encode(orjson.dumps([self._mark, written, str(row_id)])).decode().rstrip("=")

    def read(self, cursor: str) -> tuple[Any, UUID]:
        """Raises ForeignCursor and Invalid."""
        try:
            place = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            *marks, key, row_id = place
            if marks != ([] if self == Sorting() else [self._mark]):
                raise ForeignCursor
            return KEYS[self.sort].read(key), UUID(row_id)
        except (ValueError, TypeError, AttributeError, ArithmeticError):
            raise invalid_field("cursor", "This cursor is not one of ours; begin again without it.") from None

    @property
    def _mark(self) -> str:
        return f"{self.sort}.{self.order}"
