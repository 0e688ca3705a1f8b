"""Everything that answers with generations, whatever its URL."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Depends, Query
from starlette.responses import Response

from spoonfeeder.comfy.seeds import Draw, draw_seed
from spoonfeeder.core.door.routes import JsonRoute
from spoonfeeder.core.json_response import Json, ok
from spoonfeeder.core.pagination import Place, place_reader
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Ok, Pagination
from spoonfeeder.durable.idempotency import Once
from spoonfeeder.features.auth.depends import GenerateWork, ReadActor, ReadWork, RuntimeDep, WriteWork
from spoonfeeder.features.auth.once import OnceDep
from spoonfeeder.features.generations import ending, queries, service
from spoonfeeder.features.generations.detail import detail
from spoonfeeder.features.generations.export import GenerationFormat, generation_file
from spoonfeeder.features.generations.made import made_once
from spoonfeeder.features.generations.rows import COLUMNS
from spoonfeeder.features.generations.schemas import (
    GenerateInput,
    GenerationDetail,
    GenerationOut,
    GenerationPage,
    GenerationPatch,
    GenerationWorkflow,
    GraphNode,
    PromptInput,
)
from spoonfeeder.features.workflows.version_router import FILE
from spoonfeeder.work import Work

router = Router(prefix="/api", tags=["generations"], route_class=JsonRoute)
CREATED: Any = {"response_model": Ok[GenerationOut], "status_code": 201}
SHOWN: Any = {"response_model": Ok[GenerationOut]}


async def _answer(work: Work, generation_id: UUID) -> Json:
    rows = await queries.with_live(work, [await queries.get(work, generation_id)])
    return ok(rows[0])


async def _create_once(
    work: Work, once: Once, data: GenerateInput, session_id: UUID | None, draw: Draw | None = draw_seed
) -> Json:
    return await made_once(work, once, partial(service.create, work, data, session_id=session_id, draw=draw))


@router.post("/comfyui/sessions/{session_id}/generate", **CREATED)
async def generate(work: GenerateWork, once: OnceDep, session_id: UUID, data: GenerateInput) -> Json:
    return await _create_once(work, once, data, session_id)


@router.post("/comfyui/workflows/{workflow_id}/execute", **CREATED)
async def execute_workflow(work: GenerateWork, once: OnceDep, workflow_id: UUID, data: GenerateInput) -> Json:
    """Generates without a session."""
    await service.require_workflow(work, workflow_id)
    return await _create_once(work, once, data.model_copy(update={"workflow_id": workflow_id}), None)


@router.post("/comfyui/prompt", **CREATED)
async def run_prompt(work: GenerateWork, once: OnceDep, data: PromptInput) -> Json:
    """Runs a graph as it stands; its own seed is kept."""
    return await _create_once(work, once, service.as_generate(data), data.session_id, None)


@router.get("/comfyui/generations/{generation_id}", response_model=Ok[GenerationDetail])
async def get_generation(work: ReadWork, generation_id: UUID) -> Json:
    return ok(await detail(work, generation_id))


@router.get(
    "/comfyui/generations/{generation_id}/workflow", response_model=Ok[GenerationWorkflow] | dict[str, GraphNode]
)
async def get_generation_workflow(
    work: ReadWork, generation_id: UUID, download: Annotated[bool, Query(strict=False)] = False
) -> Response:
    """The exact graph; with `?download=1` the stored bytes as a file."""
    row = await queries.get(work, generation_id, snapshot=True)
    snapshot = row.workflow_json_snapshot or "{}"
    if download:
        name = f'attachment; filename="workflow-{generation_id}.json"'
        return Response(snapshot, media_type="application/json", headers={"Content-Disposition": name})
    return ok(
        {
            "workflow_json": orjson.Fragment(snapshot),
            "parameters": orjson.Fragment(row.parameters),
            "prompt_text": row.prompt_text,
            "negative_prompt": row.negative_prompt,
        }
    )


@router.get("/comfyui/generations/{generation_id}/export", **FILE)
async def get_generation_file(
    runtime: RuntimeDep,
    actor: ReadActor,
    generation_id: UUID,
    form: Annotated[GenerationFormat, Query(alias="format")] = "api",
    index: Annotated[int, Query(ge=0, le=10_000)] = 0,
) -> Response:
    """Its graph as the server took it (`api`), as the editor has it (`original`), or one of its pictures with both."""
    return await generation_file(runtime, actor, generation_id, form, index)


@router.patch("/comfyui/generations/{generation_id}", **SHOWN)
async def change_generation(work: WriteWork, generation_id: UUID, data: GenerationPatch) -> Json:
    await service.change(work, generation_id, data)
    return await _answer(work, generation_id)


@router.post("/comfyui/generations/{generation_id}/cancel", **SHOWN)
async def cancel_generation(work: WriteWork, generation_id: UUID) -> Json:
    await ending.cancel(work, generation_id)
    return await _answer(work, generation_id)


@router.delete("/comfyui/generations/{generation_id}", **SHOWN)
async def delete_generation(work: WriteWork, generation_id: UUID) -> Json:
    """Cancels a live one; hides an ended one, to be restored within 7 days."""
    rows = await queries.with_live(work, [await queries.get(work, generation_id)])
    if await ending.delete(work, generation_id):
        return ok(rows[0])
    return await _answer(work, generation_id)


@router.post("/comfyui/generations/{generation_id}/restore", **SHOWN)
async def restore_generation(work: WriteWork, generation_id: UUID) -> Json:
    await ending.restore(work, generation_id)
    return await _answer(work, generation_id)


PlaceDep = Annotated[Place, Depends(place_reader(20))]


@router.get("/comfyui/workflows/{workflow_id}/generations", response_model=GenerationPage)
async def workflow_generations(work: ReadWork, place: PlaceDep, workflow_id: UUID) -> Json:
    await service.require_workflow(work, workflow_id)
    rows, more = await queries.page(
        work, queries.OF_WORKFLOW, workflow_id, limit=place.limit, offset=place.offset, cursor=place.cursor
    )
    total = await queries.count(work, COLUMNS.workflow_id == workflow_id)
    numbers = Pagination.of(page=place.page, limit=place.limit, total=total).model_dump()
    data = await queries.with_live(work, rows)
    return Json({"success": True, "data": data, "pagination": numbers, "next_cursor": more})
