"""What a workflow was, and what it is elsewhere: its versions, and files of it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from spoonfeeder.core.pagination import MOST_ROWS, WholeList
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Ok
from spoonfeeder.features.auth.depends import ReadActor, ReadWork, RuntimeDep, WriteWork
from spoonfeeder.features.workflows import export, queries, versions
from spoonfeeder.features.workflows.export import WorkflowFormat
from spoonfeeder.features.workflows.schemas import WorkflowOut
from spoonfeeder.features.workflows.version_schemas import Difference, VersionOut, VersionSummary

router = Router(prefix="/api/comfyui/workflows/{workflow_id}", tags=["workflows"])

MOST = 2**31 - 1
Number = Annotated[int, Path(ge=1, le=MOST)]
FILE: dict[str, Any] = {
    "response_class": Response,
    "responses": {200: {"content": {"application/json": {}, "image/*": {"schema": {"type": "string"}}}}},
}


@router.get("/versions")
async def list_workflow_versions(
    work: ReadWork, workflow_id: UUID, limit: WholeList = MOST_ROWS
) -> Ok[list[VersionSummary]]:
    """The newest first."""
    return Ok(data=await versions.list_versions(work, workflow_id, limit))


@router.get("/versions/{number}")
async def get_workflow_version(work: ReadWork, workflow_id: UUID, number: Number) -> Ok[VersionOut]:
    return Ok(data=await versions.show(work, workflow_id, number))


@router.post("/versions/{number}/restore")
async def return_to_workflow_version(work: WriteWork, workflow_id: UUID, number: Number) -> Ok[WorkflowOut]:
    """That content becomes the newest version; those between stay."""
    await versions.return_to(work, workflow_id, number)
    return Ok(data=await queries.show(work, workflow_id))


@router.get("/diff")
async def get_workflow_difference(
    work: ReadWork,
    workflow_id: UUID,
    before: Annotated[int | None, Query(alias="from", ge=1, le=MOST)] = None,
    after: Annotated[int | None, Query(alias="to", ge=1, le=MOST)] = None,
) -> Ok[Difference]:
    """To the newest version, and from the one before it, unless told otherwise."""
    return Ok(data=await versions.compare(work, workflow_id, before, after))


@router.get("/export", **FILE)
async def get_workflow_file(
    runtime: RuntimeDep,
    actor: ReadActor,
    workflow_id: UUID,
    form: Annotated[WorkflowFormat, Query(alias="format")] = "api",
) -> Response:
    """As ComfyUI's server takes it (`api`), as its editor had it (`original`), or a picture with both inside."""
    return await export.workflow_file(runtime, actor, workflow_id, form)
