"""`/api/comfyui/options` and `/api/comfyui/queue`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from spoonfeeder.core.schema import Ok, failures
from spoonfeeder.features.auth.depends import ReadActor, RuntimeDep
from spoonfeeder.features.profiles import comfyui
from spoonfeeder.features.profiles.schemas import OptionLists, QueueOut

router = APIRouter(prefix="/api/comfyui", tags=["comfyui"])
ProfileId = Annotated[UUID | None, Query()]


@router.get("/options")
async def get_options(runtime: RuntimeDep, actor: ReadActor, profile_id: ProfileId = None) -> Ok[OptionLists]:
    return Ok(data=await comfyui.read_options(runtime, actor, profile_id))


@router.get("/queue", responses=failures(502, 504))
async def get_queue(runtime: RuntimeDep, actor: ReadActor, profile_id: ProfileId = None) -> Ok[QueueOut]:
    """How busy the ComfyUI is, and where the workspace's own generations stand in its queue."""
    return Ok(data=await comfyui.read_queue(runtime, actor, profile_id))
