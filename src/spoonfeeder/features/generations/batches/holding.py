"""Holding back what of a batch waits, and releasing it."""

from uuid import UUID

from sqlalchemy import ColumnElement

from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.locks import lock_rows
from spoonfeeder.durable.line import PENDING, in_state
from spoonfeeder.features.generations import ordering
from spoonfeeder.features.generations.batches import queries
from spoonfeeder.work import Work


async def hold(work: Work, batch_id: UUID) -> None:
    """Raises BatchNotFound."""
    await ordering.hold(work, await _waiting(work, batch_id))
    work.tell_change("batch", batch_id, "updated")


async def release(work: Work, batch_id: UUID) -> None:
    """Raises BatchNotFound."""
    await ordering.release(work, await _waiting(work, batch_id))
    work.tell_change("batch", batch_id, "updated")


async def _waiting(work: Work, batch_id: UUID) -> ColumnElement[bool]:
    await queries.get(work, batch_id)
    of_it = (Generation.workspace_id == work.workspace_id, Generation.batch_id == batch_id)
    return await lock_rows(work.session, Generation, *of_it, in_state(Generation, PENDING))
