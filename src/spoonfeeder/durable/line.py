"""What the machinery needs to know of a table whose rows are work."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, literal

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

    `lock_key` serialises claims of this line, so that slots per backend are never overrun.
    """

    name: str
    table: type[Any]
    done: str
    lock_key: int
    announce: Callable[[Any], Event]

    @property
    def ended(self) -> tuple[str, str, str]:
        return self.done, FAILED, CANCELLED


def in_state(table: type[Any], status: str) -> ColumnElement[bool]:
    """`status = '…'` with the word written out, so that a generic plan still finds the partial indexes."""
    return table.status == literal(status, literal_execute=True)  # type: ignore[no-any-return]
