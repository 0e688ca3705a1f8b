"""The tasks' job for the worker: a claimed one is seen to its end."""

import structlog
from sqlalchemy import select

from spoonfeeder.core.actor import User
from spoonfeeder.core.database_errors import as_app_error
from spoonfeeder.core.errors import AppError, Unavailable
from spoonfeeder.core.vocabulary import CallStatus, Provider
from spoonfeeder.db.locks import lock_rows
from spoonfeeder.db.task import Task
from spoonfeeder.durable.freeing import free, tell_freed
from spoonfeeder.durable.lease import Lease, LeaseLost
from spoonfeeder.durable.serving import MOST_CRASHES
from spoonfeeder.features.tasks import comfyui, outcomes
from spoonfeeder.features.tasks.asking import present_target
from spoonfeeder.features.tasks.course import Course
from spoonfeeder.features.tasks.retrying import NOBODY_KNOWS, UNKNOWN_OUTCOME
from spoonfeeder.features.usage.rows import Ending
from spoonfeeder.providers.base import Usage
from spoonfeeder.work import open_work

log = structlog.get_logger(__name__)
LOST = f"The worker process ended while the provider was at work on this. {NOBODY_KNOWS}"
BROKEN = "Something broke on our side while this ran; the log has the details."


async def see_through(lease: Lease) -> None:
    """Raises LeaseLost, and what a database that is away raises."""
    row = await _load(lease)
    if await _is_over(lease, row):
        return
    try:
        if present_target(row).provider is Provider.COMFYUI:
            await _hand_to_comfyui(lease, row)
        else:
            await Course(lease, row).run()
    except LeaseLost:
        raise
    except Exception as error:
        if isinstance(as_app_error(error), Unavailable):
            raise
        log.exception("task_broke")
        await outcomes.fail(lease, AppError.code, BROKEN)


async def _load(lease: Lease) -> Task:
    async with open_work(lease.runtime, lease.actor) as work:
        row = (await work.session.scalars(select(Task).where(Task.id == lease.claimed.id))).one()
    lease.actor = User(row.workspace_id, row.created_by)
    if row.cancel_requested_at is not None:
        lease.cancel_requested.set()
    return row


async def _is_over(lease: Lease, row: Task) -> bool:
    """What must not be tried again, by what the row says of earlier tries."""
    is_paid = present_target(row).provider is not Provider.OLLAMA
    is_lost = row.sent_at is not None and row.provider_handle is None and is_paid
    ending = _unknown(row)
    if lease.cancel_requested.is_set() and row.provider_handle is None:
        await outcomes.cancelled(lease, ending)
    elif is_lost:
        await outcomes.fail(lease, UNKNOWN_OUTCOME, LOST, ending=ending)
    elif lease.claimed.crashes >= MOST_CRASHES:
        await outcomes.fail(lease, *outcomes.POISON, ending=ending)
    else:
        return False
    return True


def _unknown(row: Task) -> Ending | None:
    """Of a call whose process died, nobody knows what it came to."""
    return Ending(row.call_id, CallStatus.UNKNOWN, 1, Usage(), None) if row.call_id else None


async def _hand_to_comfyui(lease: Lease, row: Task) -> None:
    """From then on it follows its generation, and no worker takes it."""
    try:
        async with open_work(lease.runtime, lease.actor) as work:
            # The task before what a generation locks (decision 0009).
            await lock_rows(work.session, Task, Task.id == row.id)
            generation_id = await comfyui.begin(
                work,
                prompt=row.prompt,
                options=row.options,
                profile_id=present_target(row).profile_id,
                priority=row.priority,
            )
            freed = await free(work, lease, 0, generation_id=generation_id)
            if freed.cancel_requested_at is not None:
                raise _CancelledMeanwhile
            await tell_freed(work, lease, freed)
    except _CancelledMeanwhile:
        await outcomes.cancelled(lease)
    except AppError as error:
        await outcomes.fail(lease, error.code, error.message)


class _CancelledMeanwhile(Exception):
    pass
