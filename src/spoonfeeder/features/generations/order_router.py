"""Putting a waiting generation where it shall stand in the queue."""

from typing import Any
from uuid import UUID

from spoonfeeder.core.door.routes import JsonRoute
from spoonfeeder.core.json_response import Json, ok
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Ok
from spoonfeeder.features.auth.depends import WriteWork
from spoonfeeder.features.generations import ordering, queries
from spoonfeeder.features.generations.schemas import GenerationOut, MoveInput
from spoonfeeder.work import Work

router = Router(prefix="/api", tags=["generations"], route_class=JsonRoute)
SHOWN: Any = {"response_model": Ok[GenerationOut]}


@router.post("/comfyui/generations/{generation_id}/hold", **SHOWN)
async def hold_generation(work: WriteWork, generation_id: UUID) -> Json:
    """It waits until it is released."""
    await ordering.hold_one(work, generation_id)
    return await _answer(work, generation_id)


@router.post("/comfyui/generations/{generation_id}/release", **SHOWN)
async def release_generation(work: WriteWork, generation_id: UUID) -> Json:
    await ordering.release_one(work, generation_id)
    return await _answer(work, generation_id)


@router.post("/comfyui/generations/{generation_id}/move", **SHOWN)
async def move_generation(work: WriteWork, generation_id: UUID, data: MoveInput) -> Json:
    """To the front or the back, or beside another of its session or batch."""
    await ordering.move(work, generation_id, data)
    return await _answer(work, generation_id)


async def _answer(work: Work, generation_id: UUID) -> Json:
    [row] = await queries.with_live(work, [await queries.get(work, generation_id)])
    return ok(row)
