"""Running the graph of a generation once more, to the letter."""

from functools import partial
from typing import Any
from uuid import UUID

from spoonfeeder.core.door.routes import JsonRoute
from spoonfeeder.core.json_response import Json
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Ok
from spoonfeeder.features.auth.depends import GenerateWork
from spoonfeeder.features.auth.once import OnceDep
from spoonfeeder.features.generations import service, verifying
from spoonfeeder.features.generations.made import made_once
from spoonfeeder.features.generations.schemas import GenerationOut, RerunInput

router = Router(prefix="/api/comfyui/generations/{generation_id}", tags=["generations"], route_class=JsonRoute)
CREATED: Any = {"response_model": Ok[GenerationOut], "status_code": 201}


@router.post("/rerun", **CREATED)
async def rerun_generation(
    work: GenerateWork, once: OnceDep, generation_id: UUID, data: RerunInput | None = None
) -> Json:
    """A new row with the same graph; the body may name a machine and a priority."""
    return await made_once(work, once, partial(service.rerun, work, generation_id, data or RerunInput()))


@router.post("/verify", **CREATED)
async def verify_generation(
    work: GenerateWork, once: OnceDep, generation_id: UUID, data: RerunInput | None = None
) -> Json:
    """The same, and its outputs are compared with those of this one, as its `verification` tells in the end."""
    return await made_once(work, once, partial(verifying.verify, work, generation_id, data or RerunInput()))
