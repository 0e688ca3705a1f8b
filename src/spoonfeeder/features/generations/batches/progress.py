"""How far a batch is, told to whoever looks at it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, true

from spoonfeeder.db.library import Batch
from spoonfeeder.features.generations.batches.counting import STATUSES, counts_of
from spoonfeeder.realtime.events import BatchProgress
from spoonfeeder.work import Work


async def tell(work: Work, rows: Iterable[Any]) -> None:
    """Of the batches of these rows, which have just changed their state; the last step of a transaction.

    Two that end at the same moment do not see each other, so that none of them would tell the end. They wait here for
    each other until the transaction ends; whoever has its turn locks nothing more (decision 0009).
    """
    for batch_id in sorted({row.batch_id for row in rows if row.batch_id is not None}):
        turn = func.pg_advisory_xact_lock(func.hashtextextended(f"batch {batch_id}", 0))
        await work.session.execute(select(turn))
        await _emit(work, batch_id)


async def _emit(work: Work, batch_id: UUID) -> None:
    counts = counts_of(Batch.id)
    told = (Batch.workspace_id, Batch.id, Batch.session_id, Batch.total, *(counts.c[status] for status in STATUSES))
    counted = select(*told).join_from(Batch, counts, true()).where(Batch.id == batch_id)
    row = (await work.session.execute(counted)).one_or_none()
    if row is not None:
        work.emit(BatchProgress(**row._mapping))
