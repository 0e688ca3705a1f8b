"""How many generations of a batch stand where."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.sql.selectable import LateralFromClause

from spoonfeeder.core.vocabulary import GenerationStatus
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.durable.line import PENDING

STATUSES = tuple(status.value for status in GenerationStatus)


def counts_of(batch_id: Any) -> LateralFromClause:
    """By status, and as `held` those of the pending ones that are; to be joined with the batches."""
    by_status = [func.count().filter(Generation.status == status).label(status) for status in STATUSES]
    held = func.count().filter(Generation.status == PENDING, Generation.held_at.is_not(None)).label("held")
    return select(*by_status, held).where(Generation.batch_id == batch_id).lateral()
