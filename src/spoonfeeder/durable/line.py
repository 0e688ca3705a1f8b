"""What the machinery needs to know of a table whose rows are work."""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, literal, true

from spoonfeeder.realtime.events import Event
from spoonfeeder.work import Work

PENDING = "pending"
RUNNING = "running"
FAILED = "failed"
CANCELLED = "cancelled"

PROCESS_ID = secrets.token_hex(8)
"""Random per process, so that an owner is never mistaken for an earlier one with the same pid."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What there is room for now: `values` of the parameters in `Room.takes`, and what a claim writes of the place.

    `count` is how many claims would find a row.
    """

    values: Mapping[str, Any]
    place: Callable[[UUID], Awaitable[Mapping[str, Any]]]
    count: Callable[[], Awaitable[int]]


class Room(Protocol):
    def takes(self, line: "Line") -> ColumnElement[bool]:
        """Pending rows that have room, with parameters, so that the statement around it is made once."""
        ...

    async def look(self, work: Work, line: "Line") -> Opening: ...


@dataclass(frozen=True, slots=True)
class Share:
    """Rows of one `owner` (a UUID) have a share of the line: who has least running, and waited longest, is next."""

    owner: ColumnElement[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """`table` is mapped with the life-cycle columns; `done` is its word for success, `announce` tells a row's state.

    `room` says for which due rows there is room, and where; `lock_key` serialises claims of this line, so that it is
    never overrun. `turns` is the order of rows of one priority: columns, and `Share`s between them. Rows for which
    `claimable` does not hold are moved by somebody else.
    """

    name: str
    table: type[Any]
    done: str
    lock_key: int
    announce: Callable[[Any], Event]
    room: Room
    turns: Sequence[Any]
    claimable: ColumnElement[bool] = field(default_factory=true)

    @property
    def ended(self) -> tuple[str, str, str]:
        return self.done, FAILED, CANCELLED


def due(line: Line) -> ColumnElement[bool]:
    """Pending rows whose time has come."""
    table = line.table
    return and_(in_state(table, PENDING), table.run_after <= func.now(), line.claimable)


def ownerless(line: Line) -> ColumnElement[bool]:
    """Running rows whose lease has ended: they have their room already, and are taken over first."""
    table = line.table
    return and_(in_state(table, RUNNING), table.lease_until < func.now(), line.claimable)


def in_state(table: type[Any], status: str) -> ColumnElement[bool]:
    """`status = '…'` with the word written out, so that a generic plan still finds the partial indexes."""
    return table.status == literal(status, literal_execute=True)  # type: ignore[no-any-return]


def after(seconds: Any) -> ColumnElement[Any]:
    """The database's now and `seconds` more."""
    return func.now() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)
