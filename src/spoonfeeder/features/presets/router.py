"""`/api/presets`."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from spoonfeeder.core.door.routes import JsonRoute
from spoonfeeder.core.pagination import MOST_ROWS, WholeList
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Done, Ok
from spoonfeeder.features.auth.depends import ReadWork, WriteWork
from spoonfeeder.features.auth.once import OnceDep, once_only
from spoonfeeder.features.presets import queries, service
from spoonfeeder.features.presets.schemas import PresetInput, PresetOut, PresetPatch
from spoonfeeder.work import Work

router = Router(prefix="/api/presets", tags=["presets"], route_class=JsonRoute)


async def _answer(work: Work, preset_id: UUID) -> Ok[PresetOut]:
    return Ok(data=PresetOut.model_validate(await queries.get(work, preset_id)))


@router.get("")
async def list_presets(
    work: ReadWork, workflow_id: Annotated[UUID | None, Query()] = None, limit: WholeList = MOST_ROWS
) -> Ok[list[PresetOut]]:
    """By name; of a workflow with those for any."""
    rows = await queries.list_presets(work, workflow_id=workflow_id, limit=limit)
    return Ok(data=[PresetOut.model_validate(row) for row in rows])


@router.post("", status_code=201)
async def create_preset(work: WriteWork, once: OnceDep, response: Response, data: PresetInput) -> Ok[PresetOut]:
    preset_id, headers = await once_only(work, once, "preset", partial(service.create, work, data))
    response.headers.update(headers)
    return await _answer(work, preset_id)


@router.get("/{preset_id}")
async def get_preset(work: ReadWork, preset_id: UUID) -> Ok[PresetOut]:
    return await _answer(work, preset_id)


@router.put("/{preset_id}", name="put_preset")
@router.patch("/{preset_id}")
async def update_preset(work: WriteWork, preset_id: UUID, data: PresetPatch) -> Ok[PresetOut]:
    await service.change(work, preset_id, data)
    return await _answer(work, preset_id)


@router.delete("/{preset_id}")
async def delete_preset(work: WriteWork, preset_id: UUID) -> Done:
    """Can be restored for 7 days."""
    await service.remove(work, preset_id)
    return Done(message="The preset was deleted; it can be restored for 7 days.")


@router.post("/{preset_id}/restore")
async def restore_preset(work: WriteWork, preset_id: UUID) -> Ok[PresetOut]:
    await service.restore(work, preset_id)
    return await _answer(work, preset_id)
