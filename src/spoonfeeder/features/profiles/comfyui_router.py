"""`/api/comfyui/queue`."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Ok, failures
from spoonfeeder.features.auth.depends import ReadActor, RuntimeDep
from spoonfeeder.features.profiles import comfyui
from spoonfeeder.features.profiles.schemas import QueueOut

router = Router(prefix="/api/comfyui", tags=["comfyui"])
ProfileId = Annotated[UUID | None, Query()]


@router.get("/queue", responses=failures(502, 504))
async def get_queue(runtime: RuntimeDep, actor: ReadActor, profile_id: ProfileId = None) -> Ok[QueueOut]:
    """How busy the ComfyUI is, and where the workspace's own generations stand in its queue."""
    return Ok(data=await comfyui.read_queue(runtime, actor, profile_id))
