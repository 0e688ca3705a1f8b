"""The ways a run of a generation ends for us: terminal states, and the two ways back into the queue.

Each is one transaction: the fenced row, the session's counters, the outputs' rows, then event and ring.
"""

import random
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, insert, update

from spoonfeeder.comfy.errors import Failure, Unreachable
from spoonfeeder.core.vocabulary import GenerationStatus
from spoonfeeder.db.comfyui import Generation, Session
from spoonfeeder.db.locks import lock_rows, lock_session_of
from spoonfeeder.db.media import Media
from spoonfeeder.durable.cancel import cancel_pending
from spoonfeeder.durable.lease import Lease
from spoonfeeder.durable.line import PENDING, in_state
from spoonfeeder.features.generations import announce
from spoonfeeder.features.generations.collect import Collected
from spoonfeeder.features.generations.line import GENERATIONS
from spoonfeeder.work import Work, open_work

POISON = Failure(
    "POISON",
    "The worker process died three times while it worked on this generation, so it is not tried again.",
)
MOST_ATTEMPTS = 3
RETRY_AWAY_SECONDS = 2.0


def away_too_long(row: Generation) -> Failure:
    return Failure(
        Unreachable.code,
        f"ComfyUI at {row.backend_url} could not be reached since {row.waiting_since:%Y-%m-%d %H:%M} UTC. "
        "Start it again, then run this generation once more.",
    )


async def complete(lease: Lease, kept: Collected, warnings: Sequence[str]) -> None:
    """Completed, with its kept files; `generation_time_seconds` is ComfyUI's own figure where it told one."""
    own_seconds = func.extract("epoch", func.now() - Generation.started_at)
    async with open_work(lease.runtime, lease.actor) as work:
        await _end(
            work,
            lease,
            GenerationStatus.COMPLETED,
            progress=100,
            outputs=kept.outputs,
            warnings=[*warnings, *kept.warnings],
            generation_time_seconds=own_seconds if kept.seconds is None else kept.seconds,
            started_at=func.coalesce(Generation.started_at, Generation.submitted_at),
        )
        if kept.media:
            await work.session.execute(insert(Media), kept.media)


async def fail(lease: Lease, failure: Failure, kept: Collected | None = None) -> None:
    """Failed; `kept` is what the run saved before it broke."""
    values: dict[str, Any] = {
        "error": failure.sentence,
        "error_code": failure.code[:50],
        "error_details": {"nodes": [dict(detail) for detail in failure.details]} if failure.details else None,
    }
    if kept is not None:
        values["outputs"] = kept.outputs
    async with open_work(lease.runtime, lease.actor) as work:
        await _end(work, lease, GenerationStatus.FAILED, **values)
        if kept is not None and kept.media:
            await work.session.execute(insert(Media), kept.media)


async def cancelled(lease: Lease) -> None:
    async with open_work(lease.runtime, lease.actor) as work:
        await _end(work, lease, GenerationStatus.CANCELLED)


async def _end(work: Work, lease: Lease, status: GenerationStatus, **values: Any) -> None:
    await lock_session_of(work.session, lease.claimed.id)
    row = await lease.write(
        work,
        status=status,
        completed_at=func.now(),
        lease_until=None,
        owner=None,
        current_node=None,
        waiting_reason=None,
        waiting_since=None,
        **values,
    )
    await _count(work, row)
    work.emit(announce.of_state(row))
    work.ring(GENERATIONS.name)


async def _count(work: Work, row: Row[Any]) -> None:
    if row.session_id is None:
        return
    counted: dict[str, Any] = {"updated_at": func.now()}
    if row.deleted_at is None and row.status == GenerationStatus.COMPLETED:
        counted["completed_count"] = Session.completed_count + 1
    if row.deleted_at is None and row.status == GenerationStatus.FAILED:
        counted["failed_count"] = Session.failed_count + 1
    await work.session.execute(update(Session).where(Session.id == row.session_id).values(**counted))


async def wait(lease: Lease, row: Generation, reason: str, *, whole_backend: bool) -> None:
    """Back to pending without a burnt attempt; with `whole_backend` all that waits for it waits a moment longer."""
    later = func.now() + func.make_interval(0, 0, 0, 0, 0, 0, RETRY_AWAY_SECONDS)
    waiting = {"run_after": later, "waiting_reason": reason}
    async with open_work(lease.runtime, lease.actor) as work:
        since = func.coalesce(Generation.waiting_since, func.now())
        freed = await lease.write(work, status=PENDING, owner=None, lease_until=None, waiting_since=since, **waiting)
        if whole_backend:
            same = (Generation.backend_url == row.backend_url, in_state(Generation, PENDING))
            # Those that somebody changes just now are left out: to wait for them, with a row in hand, is out of order.
            others = await lock_rows(work.session, Generation, *same, Generation.run_after < later, skip_locked=True)
            values = {**waiting, "waiting_since": since, "updated_at": Generation.updated_at}
            await work.session.execute(update(Generation).where(others).values(**values))
        await _tell_freed(work, freed, is_news=row.waiting_since is None)


async def try_again_later(lease: Lease, row: Generation, error: Exception) -> None:
    """A real failure: up to three attempts with full-jitter back-off (R10), then failed."""
    attempt = row.attempt + 1
    if attempt >= MOST_ATTEMPTS:
        failure = getattr(error, "failure", None) or Failure(
            "INTERNAL", "Something broke on our side three times while running this; the log has the details."
        )
        await fail(lease, failure)
        return
    seconds = random.uniform(0.5, 2.0**attempt)
    later = func.now() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)
    async with open_work(lease.runtime, lease.actor) as work:
        freed = await lease.write(work, status=PENDING, owner=None, lease_until=None, run_after=later, attempt=attempt)
        await _tell_freed(work, freed, is_news=True)


async def _tell_freed(work: Work, freed: Row[Any], *, is_news: bool) -> None:
    """A row that is pending again; whoever asked meanwhile to cancel it need not wait for ComfyUI."""
    if freed.cancel_requested_at is not None:
        [ended] = await cancel_pending(work, GENERATIONS, Generation.id == freed.id)
        work.emit(announce.of_state(ended))
    elif is_news:
        work.emit(announce.of_state(freed))
