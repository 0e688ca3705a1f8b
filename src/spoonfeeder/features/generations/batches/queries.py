"""Reading batches; one is there as long as one of its generations is."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true, tuple_

from spoonfeeder.core.errors import NotFound
from spoonfeeder.core.pagination import Cursor, Place
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.library import Batch
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.generations.batches.counting import counts_of
from spoonfeeder.features.generations.batches.schemas import BatchOut
from spoonfeeder.work import Work

HAS_ROWS: ColumnElement[bool] = (
    select(Generation.id).where(Generation.batch_id == Batch.id, Generation.deleted_at.is_(None)).exists()
)


class BatchNotFound(NotFound):
    """This batch does not exist."""

    code = "BATCH_NOT_FOUND"


async def get(work: Work, batch_id: UUID) -> Batch:
    """Raises BatchNotFound."""
    row = await work.session.scalar(visible(select(Batch), work.actor).where(Batch.id == batch_id, HAS_ROWS))
    if row is None:
        raise BatchNotFound
    return row


async def show(work: Work, batch_id: UUID) -> BatchOut:
    """Raises BatchNotFound."""
    rows = await _counted(work, visible(select(Batch), work.actor).where(Batch.id == batch_id, HAS_ROWS))
    if not rows:
        raise BatchNotFound
    return _shown(rows[0])


async def page(work: Work, place: Place, session_id: UUID | None) -> tuple[list[BatchOut], int, str | None]:
    """Newest first; how many there are in all, and the cursor of what follows, if anything does."""
    statement = visible(select(Batch), work.actor).where(HAS_ROWS)
    if session_id is not None:
        statement = statement.where(Batch.session_id == session_id)
    total = await work.session.scalar(select(func.count()).select_from(statement.subquery()))
    statement = statement.order_by(Batch.created_at.desc(), Batch.id.desc()).limit(place.limit + 1)
    if place.cursor is not None:
        after = tuple_(place.cursor.created_at, place.cursor.id)
        statement = statement.where(tuple_(Batch.created_at, Batch.id) < after)
    elif place.offset:
        statement = statement.offset(place.offset)
    rows = await _counted(work, statement)
    shown = [_shown(row) for row in rows[: place.limit]]
    more = str(Cursor(shown[-1].created_at, shown[-1].id)) if len(rows) > place.limit else None
    return shown, total or 0, more


async def _counted(work: Work, statement: Select[Any]) -> Sequence[Any]:
    """The batches with their counts, which are made for these alone."""
    batch = statement.subquery()
    counts = counts_of(batch.c.id)
    counted = select(*batch.c, *counts.c).join_from(batch, counts, true())
    ordered = counted.order_by(batch.c.created_at.desc(), batch.c.id.desc())
    return (await work.session.execute(ordered)).all()


def _shown(row: Any) -> BatchOut:
    live = row.pending + row.running
    progress = (row.total - live) * 100 // row.total
    return BatchOut.model_validate({**row._mapping, "progress": progress, "done": live == 0})
