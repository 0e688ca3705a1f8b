"""`/api/comfyui/workflows`; what makes or lists their generations stands in the generations' router."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Query, Request
from pydantic import JsonValue
from starlette.responses import Response

from spoonfeeder.core.door.routes import JsonRoute
from spoonfeeder.core.pagination import MOST_ROWS, WholeList
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Done, Ok, failures
from spoonfeeder.features.auth.depends import MediaWork, ReadActor, ReadWork, RuntimeDep, WriteActor, WriteWork
from spoonfeeder.features.media.router import SERVED
from spoonfeeder.features.media.serving import open_media
from spoonfeeder.features.workflows import importing, queries, service, thumbnail
from spoonfeeder.features.workflows.schemas import WorkflowOut, WorkflowPatch, WorkflowSummary
from spoonfeeder.work import open_work

router = Router(prefix="/api/comfyui/workflows", tags=["workflows"], route_class=JsonRoute)


@router.get("")
async def list_workflows(
    work: ReadWork, profile_id: Annotated[UUID | None, Query()] = None, limit: WholeList = MOST_ROWS
) -> Ok[list[WorkflowSummary]]:
    return Ok(data=await queries.list_workflows(work, profile_id=profile_id, limit=limit))


@router.get("/{workflow_id}")
async def get_workflow(
    runtime: RuntimeDep, actor: ReadActor, workflow_id: UUID, profile_id: Annotated[UUID | None, Query()] = None
) -> Ok[WorkflowOut]:
    """Its parameters have the options of the ComfyUI of `profile_id`, else of its own profile, else of the first."""
    return Ok(data=await queries.show_live(runtime, actor, workflow_id, profile_id))


@router.put("/{workflow_id}", name="put_workflow")
@router.patch("/{workflow_id}")
async def update_workflow(
    runtime: RuntimeDep, actor: WriteActor, workflow_id: UUID, data: WorkflowPatch
) -> Ok[WorkflowOut]:
    """A change of the graph or of the default parameters makes a new version."""
    read = await importing.read_patch(runtime, actor, workflow_id, data)
    async with open_work(runtime, actor) as work:
        await service.update_workflow(work, workflow_id, data, read)
        return Ok(data=await queries.show(work, workflow_id))


@router.patch("/{workflow_id}/parameters")
@router.put("/{workflow_id}/parameters", name="put_parameters")
async def merge_parameters(
    work: WriteWork, workflow_id: UUID, data: Annotated[dict[str, JsonValue], Body(max_length=2_000)]
) -> Ok[WorkflowOut]:
    """Sets single default parameters, given bare or as `{"default_parameters": {…}}`; null takes one away."""
    await service.merge_parameters(work, workflow_id, data)
    return Ok(data=await queries.show(work, workflow_id))


@router.delete("/{workflow_id}")
async def delete_workflow(work: WriteWork, workflow_id: UUID) -> Done:
    await service.delete(work, workflow_id)
    return Done(message="The workflow is deleted; it can be restored for 7 days.")


@router.post("/{workflow_id}/restore")
async def restore_workflow(work: WriteWork, workflow_id: UUID) -> Ok[WorkflowOut]:
    await service.restore(work, workflow_id)
    return Ok(data=await queries.show(work, workflow_id))


PICTURE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.put("/{workflow_id}/thumbnail", openapi_extra=PICTURE_BODY, responses=failures(507))
async def set_workflow_thumbnail(runtime: RuntimeDep, actor: WriteActor, request: Request, workflow_id: UUID) -> Done:
    """The body is the picture itself."""
    await thumbnail.set_picture(runtime, actor, workflow_id, request.stream())
    return Done(message="The thumbnail is set.")


@router.get("/{workflow_id}/thumbnail", **SERVED)
async def get_workflow_thumbnail(work: MediaWork, request: Request, workflow_id: UUID) -> Response:
    picture = await thumbnail.find_picture(work, workflow_id)
    await work.end_early()
    return await open_media(work.runtime, request, picture, thumbnail=picture.thumbnail_key is not None)
