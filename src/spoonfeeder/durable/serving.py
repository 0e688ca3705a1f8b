"""One row of a line, from its claim to its end, whatever happens on the way."""

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import structlog
from opentelemetry.trace import SpanKind
from sqlalchemy.exc import SQLAlchemyError

from spoonfeeder.durable.claim import claim
from spoonfeeder.durable.lease import Lease, LeaseLost, held
from spoonfeeder.durable.line import Line
from spoonfeeder.runtime import Runtime

log = structlog.get_logger(__name__)
MOST_CRASHES = 3
"""So often may the worker die while it has a row in hand; then the row fails as poison (R10)."""


async def take(runtime: Runtime, line: Line) -> Lease | None:
    """One row of the line in our hands; None when there is none to be had."""
    claimed = await claim(runtime, line)
    return None if claimed is None else Lease(runtime, line, claimed)


async def serve(see_through: Callable[[Lease], Awaitable[None]], lease: Lease) -> None:
    """Never leaves a row without a way on."""
    with _watched(lease):
        try:
            await held(lease, see_through)
        except LeaseLost:
            log.warning("lease_lost")
        except (SQLAlchemyError, OSError) as error:
            log.warning("database_lost", error=type(error).__name__, detail=str(error)[:200])
            await lease.hand_back()


@contextmanager
def _watched(lease: Lease) -> Iterator[None]:
    """Whatever is logged of the row says which it is; its end has a line, and the time in our hands is a span."""
    claimed, started = lease.claimed, time.monotonic()
    names = {"line": lease.line.name, "row": str(claimed.id), "workspace": str(claimed.workspace_id)}
    known = {"spoonfeeder.line": lease.line.name, "spoonfeeder.row": str(claimed.id)}
    tracer = lease.runtime.telemetry.tracing.tracer
    with (
        structlog.contextvars.bound_contextvars(**names, fence=claimed.fence),
        tracer.start_as_current_span(
            lease.line.name,
            kind=SpanKind.CONSUMER,
            attributes=known,
            record_exception=False,
            set_status_on_exception=False,
        ) as span,
    ):
        try:
            yield
        finally:
            span.set_attribute("spoonfeeder.outcome", lease.outcome or "given_back")
            if lease.outcome:
                log.info("row_ended", outcome=lease.outcome, seconds=round(time.monotonic() - started, 3))
