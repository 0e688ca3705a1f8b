"""One row of a line, from its claim to its end, whatever happens on the way."""

from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

from spoonfeeder.durable.claim import claim
from spoonfeeder.durable.lease import Lease, LeaseLost, held
from spoonfeeder.durable.line import Line
from spoonfeeder.runtime import Runtime

log = structlog.get_logger(__name__)
MOST_CRASHES = 3
"""So often may the worker die while it has a row in hand; then the row fails as poison (R10)."""


async def serve(runtime: Runtime, line: Line, see_through: Callable[[Lease], Awaitable[None]]) -> None:
    """Returns at once when nothing is due. Never leaves a row without a way on."""
    claimed = await claim(runtime, line)
    if claimed is None:
        return
    lease = Lease(runtime, line, claimed)
    with structlog.contextvars.bound_contextvars(line=line.name, row=str(claimed.id), fence=claimed.fence):
        try:
            await held(lease, see_through)
        except LeaseLost:
            log.warning("lease_lost")
        except (SQLAlchemyError, OSError) as error:
            log.warning("database_lost", error=type(error).__name__, detail=str(error)[:200])
            await lease.hand_back()
