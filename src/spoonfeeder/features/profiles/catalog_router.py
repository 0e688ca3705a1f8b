"""`/api/profiles/{id}/models`; ids of models may hold `/` and `:`."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from spoonfeeder.core.pagination import MOST_ROWS, WholeList
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Done, Ok, failures
from spoonfeeder.features.auth.depends import ManageActor, ManageWork, ReadWork, RuntimeDep
from spoonfeeder.features.profiles import catalog, connection
from spoonfeeder.features.profiles.schemas import ModalitiesInput, ModelInput, ModelOut, ModelPatch, ModelSync

router = Router(prefix="/api/profiles/{profile_id}/models", tags=["profiles"])
ModelIdPath = Annotated[str, Path(min_length=1, max_length=255)]


@router.get("")
async def list_models(work: ReadWork, profile_id: UUID, limit: WholeList = MOST_ROWS) -> Ok[list[ModelOut]]:
    rows = await catalog.list_models(work, profile_id, limit)
    return Ok(data=[ModelOut.model_validate(row) for row in rows])


@router.post("", status_code=201)
async def add_model(work: ManageWork, profile_id: UUID, data: ModelInput) -> Ok[ModelOut]:
    return Ok(data=ModelOut.model_validate(await catalog.add(work, profile_id, data)))


@router.post("/sync", responses=failures(502, 504))
async def sync_models(runtime: RuntimeDep, actor: ManageActor, profile_id: UUID) -> Ok[ModelSync]:
    """Asks the provider which models it has, and lists those that are new."""
    return Ok(data=await connection.sync_models(runtime, actor, profile_id))


@router.put("/{model_id:path}/modalities")
async def set_modalities(
    work: ManageWork, profile_id: UUID, model_id: ModelIdPath, data: ModalitiesInput
) -> Ok[ModelOut]:
    model = await catalog.change(work, profile_id, model_id, data.model_dump(exclude_unset=True))
    return Ok(data=ModelOut.model_validate(model))


@router.put("/{model_id:path}")
async def update_model(work: ManageWork, profile_id: UUID, model_id: ModelIdPath, data: ModelPatch) -> Ok[ModelOut]:
    model = await catalog.change(work, profile_id, model_id, data.model_dump(exclude_unset=True))
    return Ok(data=ModelOut.model_validate(model))


@router.delete("/{model_id:path}")
async def remove_model(work: ManageWork, profile_id: UUID, model_id: ModelIdPath) -> Done:
    await catalog.remove(work, profile_id, model_id)
    return Done(message="The model is no longer listed.")
