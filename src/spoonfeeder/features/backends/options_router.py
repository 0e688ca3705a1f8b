"""`/api/comfyui/options`."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Ok
from spoonfeeder.features.auth.depends import ReadActor, RuntimeDep
from spoonfeeder.features.backends import offered
from spoonfeeder.features.profiles.schemas import OptionLists

router = Router(prefix="/api/comfyui", tags=["comfyui"])


@router.get("/options")
async def get_options(
    runtime: RuntimeDep, actor: ReadActor, profile_id: Annotated[UUID | None, Query()] = None
) -> Ok[OptionLists]:
    """What a form can offer: all that the machines of the profile have together."""
    return Ok(data=await offered.read_options(runtime, actor, profile_id))
