"""What the machinery needs to know of a table whose rows are work."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, literal, true

from spoonfeeder.core.settings import Settings
from spoonfeeder.realtime.events import Event

PENDING = "pending"
RUNNING = "running"
FAILED = "failed"
CANCELLED = "cancelled"

PROCESS_ID = secrets.token_hex(8)
"""Random per process, so that an owner is never mistaken for an earlier one with the same pid."""


@dataclass(frozen=True, slots=True)
class Line:
    """`table` is mapped with the life-cycle columns; `done` is its word for success, `announce` tells a row's state.

    At most `slots` rows whose column `place` is equal run at the same time; `lock_key` serialises claims of this line,
    so that this is never overrun. Rows for which `claimable` does not hold are moved by somebody else.
    """

    name: str
    table: type[Any]
    done: str
    lock_key: int
    announce: Callable[[Any], Event]
    place: Any
    slots: Callable[[Settings], int]
    claimable: ColumnElement[bool] = field(default_factory=true)

    @property
    def ended(self) -> tuple[str, str, str]:
        return self.done, FAILED, CANCELLED


def in_state(table: type[Any], status: str) -> ColumnElement[bool]:
    """`status = '…'` with the word written out, so that a generic plan still finds the partial indexes."""
    return table.status == literal(status, literal_execute=True)  # type: ignore[no-any-return]
