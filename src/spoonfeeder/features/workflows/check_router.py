"""`POST /api/comfyui/workflows/{id}/check`."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from spoonfeeder.core.door.routes import JsonRoute
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Ok
from spoonfeeder.features.auth.depends import ReadActor, RuntimeDep
from spoonfeeder.features.workflows.check import check
from spoonfeeder.features.workflows.check_schemas import CheckInput, CheckOut

router = Router(prefix="/api/comfyui/workflows", tags=["workflows"], route_class=JsonRoute)


@router.post("/{workflow_id}/check")
async def check_workflow(
    runtime: RuntimeDep,
    actor: ReadActor,
    workflow_id: UUID,
    data: CheckInput,
    profile_id: Annotated[UUID | None, Query()] = None,
) -> Ok[CheckOut]:
    """What would be refused if it were run now with these parameters, per input and in words; nothing is run."""
    return Ok(data=await check(runtime, actor, workflow_id, profile_id, data))
