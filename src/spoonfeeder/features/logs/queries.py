"""Reading the two logs, newest first, at a cost that does not grow with what they hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, tuple_

from spoonfeeder.core.errors import invalid_field
from spoonfeeder.core.pagination import Cursor, Place
from spoonfeeder.db.account import User, Workspace
from spoonfeeder.db.logs import ApiCall, AuditEntry
from spoonfeeder.work import Work

MOST_COUNTED = 10_000
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Found:
    """`total` ends at MOST_COUNTED."""

    rows: Sequence[Any]
    total: int
    next_cursor: str | None


async def audit_entries(work: Work, conditions: Sequence[ColumnElement[bool]], place: Place) -> Found:
    shown = _with_names(AuditEntry, Workspace.name.label("workspace_name"))
    return await _find(
        work, AuditEntry, shown.outerjoin(Workspace, Workspace.id == AuditEntry.workspace_id), conditions, place
    )


async def api_calls(work: Work, conditions: Sequence[ColumnElement[bool]], place: Place) -> Found:
    return await _find(work, ApiCall, _with_names(ApiCall), conditions, place)


def _with_names(table: type[Any], *more: Any) -> Select[Any]:
    names = (User.name.label("user_name"), User.email.label("user_email"))
    return select(*table.__table__.c, *names, *more).select_from(table).outerjoin(User, User.id == table.user_id)


async def _find(
    work: Work, table: type[Any], shown: Select[Any], conditions: Sequence[ColumnElement[bool]], place: Place
) -> Found:
    """Raises Invalid for a page beyond what is counted."""
    if place.offset >= MOST_COUNTED:
        raise invalid_field("page", "Pages end at entry 10,000; go on with the cursor, or narrow the time.")
    statement = shown.where(*conditions).order_by(table.at.desc(), table.id.desc()).limit(place.limit + 1)
    if place.cursor is not None:
        after = tuple_(place.cursor.created_at, min(place.cursor.id.int, LARGEST_ID))
        statement = statement.where(tuple_(table.at, table.id) < after)
    found = (await work.session.execute(statement.offset(place.offset))).all()
    rows = found[: place.limit]
    more = str(Cursor(rows[-1].at, UUID(int=rows[-1].id))) if len(found) > place.limit else None
    return Found(rows, await _count(work, table, conditions), more)


async def _count(work: Work, table: type[Any], conditions: Sequence[ColumnElement[bool]]) -> int:
    some = select(table.id).where(*conditions).limit(MOST_COUNTED).subquery()
    return int((await work.session.execute(select(func.count()).select_from(some))).scalar_one())
