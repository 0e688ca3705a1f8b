"""Making a batch: read, planned outside of any transaction, and written by one."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar, cast
from uuid import UUID, uuid4

from sqlalchemy import Table, func, insert, select

from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import invalid_field
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.library import Batch
from spoonfeeder.db.profile import Profile
from spoonfeeder.durable.idempotency import Once, remembered
from spoonfeeder.durable.quota import require_quota
from spoonfeeder.durable.sweep import MOST_RINGS
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.auth.once import REPLAYED, once_only
from spoonfeeder.features.generations import announce, service
from spoonfeeder.features.generations.batches.planning import Base, Planning
from spoonfeeder.features.generations.line import GENERATIONS
from spoonfeeder.features.generations.taking import count_uses
from spoonfeeder.features.generations.uploads import require_uploads
from spoonfeeder.realtime.events import BatchProgress
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_work

AT_ONCE = 100
MICROSECOND = Decimal("0.000001")
TABLE = cast(Table, Generation.__table__)
_COLUMNS = TABLE.c
TOLD = [
    *(_COLUMNS.id, _COLUMNS.workspace_id, _COLUMNS.session_id, _COLUMNS.version, _COLUMNS.status),
    *(_COLUMNS.progress, _COLUMNS.current_node, _COLUMNS.prompt_id, _COLUMNS.waiting_reason),
]
"""What an event is made of."""
Given = TypeVar("Given")


async def make_once(
    runtime: Runtime,
    actor: User,
    once: Once,
    find: Callable[[Work], Awaitable[Base]],
    plan: Callable[[Base], Planning],
) -> tuple[UUID, Mapping[str, str]]:
    """The id of the batch, all of whose generations are queued or none, and the headers of an answer given again.

    Raises what `find` and `plan` raise, QueueFull, SessionNotFound, Invalid, KeyReused, KeyInFlight.
    """
    async with open_work(runtime, actor) as work:
        known = await remembered(work, once)
        if known is not None:
            return known, REPLAYED
        base = await find(work)
    planning = await asyncio.to_thread(plan, base)
    async with open_work(runtime, actor) as work:
        return await once_only(work, once, "batch", partial(_write, work, planning))


async def _write(work: Work, planning: Planning) -> UUID:
    base, rows = planning.base, planning.rows
    await require_quota(work, GENERATIONS, len(rows))
    await _require_profile(work, base.source.profile_id)
    await require_uploads(work, planning.uploads)
    batch_id = uuid4()
    author = {"workspace_id": work.workspace_id, "created_by": work.user.user_id}
    batch = {"id": batch_id, "session_id": base.session_id, "kind": planning.kind, "axes": planning.axes}
    of_it = {"base_generation_id": base.generation_id, "total": len(rows)}
    await work.session.execute(insert(Batch).values(**batch, **of_it, **author))
    await _insert(work, rows, author | {"batch_id": batch_id})
    await service.count_in(work, base.session_id, base.source.workflow_id, base.of_session, rows=len(rows))
    if base.body is not None:
        await count_uses(work, base.body)
    for _ in range(min(len(rows), MOST_RINGS)):
        work.ring(GENERATIONS.name)
    work.tell_change("batch", batch_id, "created")
    counts = dict.fromkeys(("running", "completed", "failed", "cancelled"), 0)
    place = {"workspace_id": work.workspace_id, "id": batch_id, "session_id": base.session_id}
    work.emit(BatchProgress(**place, total=len(rows), pending=len(rows), **counts))
    return batch_id


async def _insert(work: Work, rows: Sequence[dict[str, Any]], common: Mapping[str, Any]) -> None:
    """Each a microsecond after the one before, in the queue and in lists."""
    clock = select(func.clock_timestamp(), func.extract("epoch", func.clock_timestamp()))
    moment, order = (await work.session.execute(clock)).one()
    statement = insert(TABLE).returning(*TOLD, sort_by_parameter_order=True)
    for number, chunk in enumerate(_chunks(rows)):
        whole = []
        for index, row in enumerate(chunk, number * AT_ONCE):
            generation_id = uuid4()
            when = {"created_at": moment + timedelta(microseconds=index), "queue_order": order + index * MICROSECOND}
            whole.append({**row, **common, **when, "id": generation_id, "prompt_id": str(generation_id)})
        for written in await work.session.execute(statement, whole):
            work.emit(announce.of_state(written))


def _chunks(rows: Sequence[Given]) -> Iterator[Sequence[Given]]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]


async def _require_profile(work: Work, profile_id: UUID) -> None:
    """It may have been deleted while the batch was planned."""
    if await work.session.scalar(visible(select(Profile.id), work.actor).where(Profile.id == profile_id)) is None:
        raise invalid_field("profile_id", "This is not one of your ComfyUI profiles.", code="unknown_id")
