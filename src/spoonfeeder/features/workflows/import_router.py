"""`POST /api/comfyui/workflows`: a graph as JSON, or any file that has one inside."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import File, Form, Query, UploadFile
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Scope

from spoonfeeder.core.door.routes import JsonRoute
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Name, Ok, Text, failures
from spoonfeeder.db.media import Media
from spoonfeeder.features.auth.depends import RuntimeDep, WriteActor
from spoonfeeder.features.auth.once import OnceDep, once_only
from spoonfeeder.features.workflows import importing, queries, service
from spoonfeeder.features.workflows.schemas import WorkflowDetails, WorkflowInput, WorkflowOut
from spoonfeeder.work import open_work

PREFIX: dict[str, Any] = {"prefix": "/api/comfyui/workflows", "tags": ["workflows"]}
UnlessExists = Annotated[bool, Query(strict=False)]
TheFile = Annotated[UploadFile, File(description="JSON in either format, or a picture or video with a workflow inside")]


class FormRoute(APIRoute):
    """Takes only forms, so that another route of the same address may take JSON."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if not Headers(scope=scope).get("content-type", "").lower().startswith("multipart/form-data"):
            return Match.NONE, {}
        return super().matches(scope)


forms = Router(**PREFIX, route_class=FormRoute)
router = Router(**PREFIX, route_class=JsonRoute)


async def _upload(
    runtime: RuntimeDep,
    actor: WriteActor,
    response: Response,
    file: TheFile,
    profile_id: Annotated[UUID | None, Form()] = None,
    name: Annotated[Name | None, Form()] = None,
    description: Annotated[Text | None, Form()] = None,
    unless_exists: UnlessExists = False,
) -> Ok[WorkflowOut]:
    """Imports a file; its name is the workflow's unless one is given. A picture or video is kept beside it."""
    read = await importing.read_file(runtime, actor, file, profile_id)
    named = name or service.name_of_file(file.filename)
    data = WorkflowDetails(profile_id=profile_id, name=named, description=description)
    source: Media | None = None
    if not unless_exists or not await importing.is_there(runtime, actor, read):
        source = await importing.keep_source(runtime, actor, file)
    async with open_work(runtime, actor) as work:
        known = await importing.find_same(work, read) if unless_exists else None
        response.status_code = 201 if known is None else 200
        return Ok(data=await queries.show(work, known or await service.create(work, data, read, source)))


forms.post("", status_code=201, include_in_schema=False, name="import_file")(_upload)
router.post("/upload", status_code=201, name="upload_workflow", responses=failures(507))(_upload)


AS_FORM: dict[str, Any] = {
    "requestBody": {
        "content": {"multipart/form-data": {"schema": {"$ref": "#/components/schemas/Body_upload_workflow"}}}
    }
}


@router.post("", status_code=201, openapi_extra=AS_FORM)
async def import_workflow(
    runtime: RuntimeDep,
    actor: WriteActor,
    once: OnceDep,
    response: Response,
    data: WorkflowInput,
    unless_exists: UnlessExists = False,
) -> Ok[WorkflowOut]:
    """Also takes what `/upload` takes, as a form. With `unless_exists` one that has the same graph is the answer."""
    read = await importing.read_json(runtime, actor, data.workflow_json, data.profile_id)
    async with open_work(runtime, actor) as work:
        known = await importing.find_same(work, read) if unless_exists else None

        async def create() -> UUID:
            return known or await service.create(work, data, read)

        workflow_id, headers = await once_only(work, once, "workflow", create)
        response.headers.update(headers)
        response.status_code = 201 if known is None else 200
        return Ok(data=await queries.show(work, workflow_id))
