"""A row and its machine: whether it fits there, and where it goes when that machine is away (decision 0019)."""

import asyncio
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from spoonfeeder.comfy.backends import Backend
from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.needs import lacking, needs_of
from spoonfeeder.core.vocabulary import BackendStatus
from spoonfeeder.db.backend import ComfyBackend, Misfit
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.durable.freeing import free, free_waiting, tell_freed
from spoonfeeder.durable.lease import Lease
from spoonfeeder.features.backends import state
from spoonfeeder.features.generations.machines import DOES_NOT_FIT, TAKES_WORK
from spoonfeeder.work import Work, open_work

AWAY_AGAIN_SECONDS = 2.0


async def may_pass_on(work: Work, lease: Lease, row: Generation) -> bool:
    """Whether another machine might run what this one cannot."""
    if row.backend_id is None or lease.claimed.taken_over:
        return False
    return await _has_another(work, row, even_down=True)


async def passes_on(lease: Lease, row: Generation, graph: Graph, backend: Backend) -> bool:
    """Whether the row went back to the queue, since this machine cannot run it; only for one that may pass on."""
    objects = await backend.live_objects(is_needed=True)
    told = await asyncio.to_thread(lacking, needs_of(graph), objects) if objects else []
    if not told:
        return False
    async with open_work(lease.runtime, lease.actor) as work:
        freed = await free(work, lease, 0)
        await _remember(work, row, told)
        await tell_freed(work, lease, freed, is_news=False)
        work.ring(lease.line.name)
    return True


async def _remember(work: Work, row: Generation, told: list[str]) -> None:
    known = {"backend_id": row.backend_id, "needs_sha256": row.needs_sha256, "workspace_id": row.workspace_id}
    added = insert(Misfit).values(**known, lacking=told)
    renewed = {"lacking": added.excluded.lacking, "created_at": func.now()}
    again = added.on_conflict_do_update(index_elements=["backend_id", "needs_sha256"], set_=renewed)
    await work.session.execute(again)


async def wait(lease: Lease, row: Generation, reason: str) -> None:
    """Its machine is away: to another one at once, else all of the profile waits a moment. No attempt is burnt."""
    async with open_work(lease.runtime, lease.actor) as work:
        # The row before its machine (decision 0009).
        if await _has_another(work, row):
            freed = await free(work, lease, 0, waiting_reason=None, waiting_since=None)
            work.ring(lease.line.name)
        else:
            freed = await free_waiting(work, lease, AWAY_AGAIN_SECONDS, reason, others=_beside(row))
        if row.backend_id is not None:
            await state.mark_down(work, row.backend_id, reason)
        await tell_freed(work, lease, freed, is_news=row.waiting_since is None)


def _beside(row: Generation) -> ColumnElement[bool]:
    """What waits for the same machines, and could not go to another one that this row cannot go to."""
    if row.profile_id is None:
        return Generation.backend_url == row.backend_url
    if row.wanted_backend_id is not None:
        return Generation.wanted_backend_id == row.wanted_backend_id
    standing = _others(row).where(ComfyBackend.status != BackendStatus.DOWN)
    is_alike = or_(Generation.needs_sha256.is_not_distinct_from(row.needs_sha256), ~standing.exists())
    return and_(Generation.profile_id == row.profile_id, Generation.wanted_backend_id.is_(None), is_alike)


def _others(row: Generation) -> Select[Any]:
    """The other machines of its profile that take new work."""
    return select(ComfyBackend.id).where(
        ComfyBackend.profile_id == row.profile_id,
        ComfyBackend.id.is_distinct_from(row.backend_id),
        TAKES_WORK,
    )


async def _has_another(work: Work, row: Generation, *, even_down: bool = False) -> bool:
    """A machine of the same profile that may take it; with `even_down` also one that is away."""
    if row.profile_id is None or row.wanted_backend_id is not None:
        return False
    misfit = select(Misfit.backend_id).where(DOES_NOT_FIT, Misfit.needs_sha256 == row.needs_sha256)
    others = _others(row).where(~misfit.exists())
    if not even_down:
        others = others.where(ComfyBackend.status != BackendStatus.DOWN)
    return await work.session.scalar(others.limit(1)) is not None
