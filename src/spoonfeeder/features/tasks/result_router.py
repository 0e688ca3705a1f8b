"""`/api/results`: what tasks have made."""

from pathlib import PurePosixPath
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request
from starlette.responses import Response

from spoonfeeder.core.json_response import Json, ok
from spoonfeeder.core.media_response import content_disposition
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Done, Ok, Pagination
from spoonfeeder.core.vocabulary import Modality
from spoonfeeder.features.auth.depends import ReadWork, WriteWork
from spoonfeeder.features.media.router import SERVED
from spoonfeeder.features.media.serving import open_media
from spoonfeeder.features.tasks import queries, results
from spoonfeeder.features.tasks.router import PlaceDep
from spoonfeeder.features.tasks.schemas import ResultOut, ResultPage

router = Router(prefix="/api/results", tags=["tasks"])
TEXT = {"text/plain": {"schema": {"type": "string"}}}
DOWNLOAD: Any = {
    **SERVED,
    "responses": {**SERVED["responses"], 200: {"content": {**SERVED["responses"][200]["content"], **TEXT}}},
}


@router.get("", response_model=ResultPage)
async def list_results(
    work: ReadWork, place: PlaceDep, kind: Annotated[Modality | None, Query(alias="type")] = None
) -> Json:
    """Newest first; of texts the beginning."""
    rows, more = await queries.result_page(work, kind, place)
    total = await queries.count_results(work, kind)
    numbers = Pagination.of(page=place.page, limit=place.limit, total=total).model_dump()
    data = queries.results(work, rows)
    return Json({"success": True, "data": data, "pagination": numbers, "next_cursor": more})


@router.get("/{result_id}", response_model=Ok[ResultOut])
async def get_result(work: ReadWork, result_id: UUID) -> Json:
    return ok(queries.results(work, [await queries.get_result(work, result_id)])[0])


@router.delete("/{result_id}")
async def delete_result(work: WriteWork, result_id: UUID) -> Done:
    """For good; its task stays, and so do the files of a generation."""
    await results.delete(work, result_id)
    return Done(message="The result was deleted.")


@router.get("/{result_id}/download", **DOWNLOAD)
async def download_result(
    work: ReadWork, request: Request, result_id: UUID, index: Annotated[int, Query(ge=0, le=10_000)] = 0
) -> Response:
    """The file `index` of it, or its text as one."""
    row = await queries.get_result(work, result_id)
    file = await results.find_file(work, row, index)
    if file is not None:
        await work.end_early()
        return await open_media(work.runtime, request, file, download=True)
    name = content_disposition(f"{PurePosixPath(row.task_name).name or 'text'}.txt", attachment=True)
    headers = {
        "Content-Disposition": name,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(row.content, media_type="text/plain; charset=utf-8", headers=headers)
