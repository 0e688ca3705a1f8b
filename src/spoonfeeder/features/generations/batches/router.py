"""Making, showing, holding and ending batches."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Response

from spoonfeeder.core.door.routes import JsonRoute
from spoonfeeder.core.pagination import Place, place_reader
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Done, Ok, Pagination
from spoonfeeder.features.auth.depends import GenerateActor, ReadWork, RuntimeDep, WriteWork
from spoonfeeder.features.auth.once import OnceDep
from spoonfeeder.features.generations import ending
from spoonfeeder.features.generations.batches import bases, holding, queries
from spoonfeeder.features.generations.batches.making import make_once
from spoonfeeder.features.generations.batches.planning import Base
from spoonfeeder.features.generations.batches.schemas import BatchOut, BatchPage, SweepInput, VariationsInput
from spoonfeeder.features.generations.batches.sweeps import plan_sweep
from spoonfeeder.features.generations.batches.variations import plan_variations
from spoonfeeder.work import Work, open_work

router = Router(prefix="/api/comfyui", tags=["batches"], route_class=JsonRoute)
CREATED: Any = {"status_code": 201}
PlaceDep = Annotated[Place, Depends(place_reader(20))]


@router.post("/generations/{generation_id}/variations", **CREATED)
async def make_variations(
    runtime: RuntimeDep,
    actor: GenerateActor,
    once: OnceDep,
    response: Response,
    generation_id: UUID,
    data: VariationsInput,
) -> Ok[BatchOut]:
    """The same graph with other seeds."""

    async def find(work: Work) -> Base:
        return await bases.of_generation(work, generation_id)

    batch_id, headers = await make_once(runtime, actor, once, find, partial(plan_variations, data=data))
    response.headers.update(headers)
    async with open_work(runtime, actor) as work:
        return Ok(data=await queries.show(work, batch_id))


@router.post("/sessions/{session_id}/sweep", **CREATED)
async def make_sweep(
    runtime: RuntimeDep, actor: GenerateActor, once: OnceDep, response: Response, session_id: UUID, data: SweepInput
) -> Ok[BatchOut]:
    """A generation for each point that the axes span."""

    async def find(work: Work) -> Base:
        return await bases.of_sweep(work, session_id, data)

    batch_id, headers = await make_once(runtime, actor, once, find, partial(plan_sweep, data=data))
    response.headers.update(headers)
    async with open_work(runtime, actor) as work:
        return Ok(data=await queries.show(work, batch_id))


@router.get("/batches")
async def list_batches(
    work: ReadWork, place: PlaceDep, session_id: Annotated[UUID | None, Query()] = None
) -> BatchPage:
    """Newest first."""
    rows, total, more = await queries.page(work, place, session_id)
    numbers = Pagination.of(page=place.page, limit=place.limit, total=total)
    return BatchPage(data=rows, pagination=numbers, next_cursor=more)


@router.get("/batches/{batch_id}")
async def get_batch(work: ReadWork, batch_id: UUID) -> Ok[BatchOut]:
    return Ok(data=await queries.show(work, batch_id))


@router.post("/batches/{batch_id}/cancel")
async def cancel_batch(work: WriteWork, batch_id: UUID) -> Ok[BatchOut]:
    """All that waits or runs; twice is once."""
    await ending.cancel_batch(work, batch_id)
    return Ok(data=await queries.show(work, batch_id))


@router.post("/batches/{batch_id}/hold")
async def hold_batch(work: WriteWork, batch_id: UUID) -> Ok[BatchOut]:
    """What of it waits is not begun until it is released."""
    await holding.hold(work, batch_id)
    return Ok(data=await queries.show(work, batch_id))


@router.post("/batches/{batch_id}/release")
async def release_batch(work: WriteWork, batch_id: UUID) -> Ok[BatchOut]:
    await holding.release(work, batch_id)
    return Ok(data=await queries.show(work, batch_id))


@router.delete("/batches/{batch_id}")
async def delete_batch(work: WriteWork, batch_id: UUID) -> Done:
    """Cancels what waits or runs, and hides all; can be restored for 7 days."""
    await ending.delete_batch(work, batch_id)
    return Done(message="The batch was deleted; it can be restored for 7 days.")


@router.post("/batches/{batch_id}/restore")
async def restore_batch(work: WriteWork, batch_id: UUID) -> Ok[BatchOut]:
    await ending.restore_batch(work, batch_id)
    return Ok(data=await queries.show(work, batch_id))
