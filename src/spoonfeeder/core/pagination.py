"""Pages of lists: numbers in the envelope, keyset cursors underneath."""

import base64
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

import orjson
from pydantic import Field

from spoonfeeder.core.errors import invalid_field

MOST_ROWS = 1_000
PageNumber = Annotated[int, Field(ge=1, le=100_000)]
PageSize = Annotated[int, Field(ge=1, le=200)]
WholeList = Annotated[int, Field(ge=1, le=MOST_ROWS)]


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place after one row in a list ordered by creation, newest first."""

    created_at: datetime
    id: UUID

    def __str__(self) -> str:
        place = orjson.dumps([self.created_at, str(self.id)])
        return base64.urlsafe_b64encode(place).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Raises Invalid for anything that is no cursor of ours."""
        try:
            place = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            moment, row_id = place
            created_at = datetime.fromisoformat(moment)
            if created_at.tzinfo is None:
                raise ValueError
            return cls(created_at, UUID(row_id))
        except (ValueError, TypeError, AttributeError, binascii.Error, orjson.JSONDecodeError):
            raise invalid_field("cursor", "This cursor is not one of ours; begin again without it.") from None


@dataclass(frozen=True, slots=True)
class Place:
    """Which part of a list is wanted: a page by its number, or what follows a cursor."""

    page: int
    limit: int
    cursor: Cursor | None

    @property
    def offset(self) -> int:
        return 0 if self.cursor else (self.page - 1) * self.limit


def place_reader(usual_limit: int) -> Callable[..., Awaitable[Place]]:
    """A dependency of routes whose lists are read by page and by cursor. It raises Invalid."""

    async def read_place(
        page: PageNumber = 1,
        limit: PageSize = usual_limit,
        cursor: Annotated[str | None, Field(max_length=200)] = None,
    ) -> Place:
        return Place(page, limit, Cursor.read(cursor) if cursor else None)

    return read_place
