"""Rows that were deleted: out of sight at once, brought back within 7 days, then gone for good."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, text, update

from spoonfeeder.core.errors import Conflict
from spoonfeeder.work import Work

UNDO = text("interval '7 days'")
LAST_MOMENT = text("interval '30 seconds'")
"""Longer than any transaction: whoever brings a row back in its last moment keeps it."""


class NothingToRestore(Conflict):
    """This was not deleted in the last 7 days; there is nothing to restore."""

    code = "NOTHING_TO_RESTORE"


async def hide(work: Work, table: type[Any], row_id: UUID) -> None:
    """What is hidden already stays as it is."""
    mine = (table.id == row_id, table.workspace_id == work.workspace_id, table.deleted_at.is_(None))
    hidden = {"deleted_at": func.now(), "updated_at": table.updated_at}
    await work.session.execute(update(table).where(*mine).values(**hidden))


async def show_again(work: Work, table: type[Any], row_id: UUID, *conditions: ColumnElement[bool]) -> None:
    """Raises NothingToRestore."""
    mine = (table.id == row_id, table.workspace_id == work.workspace_id, *conditions)
    recent = update(table).where(*mine, table.deleted_at > func.now() - UNDO)
    statement = recent.values(deleted_at=None, updated_at=table.updated_at)
    if (await work.session.execute(statement.returning(table.id))).one_or_none() is None:
        raise NothingToRestore


def long_deleted(table: type[Any]) -> ColumnElement[bool]:
    """Nobody can bring it back any more."""
    return table.deleted_at < func.now() - UNDO - LAST_MOMENT  # type: ignore[no-any-return]
