"""The ways a run of a generation ends for us: terminal states, and the two ways back into the queue.

Each is one transaction: the fenced row, the session's counters, the outputs' rows, then event and ring.
"""

import random
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, update

from spoonfeeder.comfy.errors import Failure, Unreachable
from spoonfeeder.core.vocabulary import GenerationStatus, NotificationType
from spoonfeeder.db.comfyui import Generation, Session
from spoonfeeder.db.locks import lock_session_of
from spoonfeeder.db.media import Media
from spoonfeeder.durable.ending import end
from spoonfeeder.durable.freeing import free, free_waiting, tell_freed
from spoonfeeder.durable.lease import Lease
from spoonfeeder.features.generations.batches import progress
from spoonfeeder.features.generations.collect import Collected
from spoonfeeder.features.notifications.service import notify
from spoonfeeder.work import Work, open_work

POISON = Failure(
    "POISON",
    "Three times the worker process died, or was silent for too long, at work on this: it is not tried again.",
)
MOST_ATTEMPTS = 3
RETRY_AWAY_SECONDS = 2.0


def away_too_long(row: Generation) -> Failure:
    return Failure(
        Unreachable.code,
        f"ComfyUI at {row.backend_url} could not be reached since {row.waiting_since:%Y-%m-%d %H:%M} UTC. "
        "Start it again, then run this generation once more.",
    )


async def complete(
    lease: Lease, kept: Collected, warnings: Sequence[str], more: Mapping[str, Any] = MappingProxyType({})
) -> None:
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
            **more,
        )
        if "verification" in more:
            work.tell_change("generation", UUID(more["verification"]["verifies"]), "updated")
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
    row = await end(work, lease, status, current_node=None, **values)
    await _count(work, row)
    if status is GenerationStatus.FAILED and row.schedule_id is not None:
        await _tell_of_scheduled(work, row)
    await progress.tell(work, [row])


async def _tell_of_scheduled(work: Work, row: Row[Any]) -> None:
    """Nobody was looking when it began."""
    about: dict[str, Any] = {"subject_kind": "generation", "subject_id": row.id, "user_id": row.created_by}
    message = f"A scheduled generation failed: {row.error}"
    await notify(work, NotificationType.ERROR, "SCHEDULED_GENERATION_FAILED", message, **about)


async def _count(work: Work, row: Row[Any]) -> None:
    if row.session_id is None:
        return
    counted: dict[str, Any] = {"updated_at": func.now()}
    if row.deleted_at is None and row.status == GenerationStatus.COMPLETED:
        counted["completed_count"] = Session.completed_count + 1
    if row.deleted_at is None and row.status == GenerationStatus.FAILED:
        counted["failed_count"] = Session.failed_count + 1
    await work.session.execute(update(Session).where(Session.id == row.session_id).values(**counted))


async def wait(lease: Lease, row: Generation, reason: str) -> None:
    """Back to pending without a burnt attempt, for want of something of ours."""
    async with open_work(lease.runtime, lease.actor) as work:
        freed = await free_waiting(work, lease, RETRY_AWAY_SECONDS, reason)
        await tell_freed(work, lease, freed, is_news=row.waiting_since is None)


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
    async with open_work(lease.runtime, lease.actor) as work:
        await tell_freed(work, lease, await free(work, lease, seconds, attempt=attempt))
