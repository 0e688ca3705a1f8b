"""`/api/tasks`."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query
from sqlalchemy import ColumnElement
from starlette.responses import StreamingResponse

from spoonfeeder.core.door.routes import JsonRoute
from spoonfeeder.core.json_response import Json, ok
from spoonfeeder.core.pagination import Place, place_reader
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Ok, Pagination
from spoonfeeder.core.vocabulary import Modality, Provider, TaskStatus
from spoonfeeder.features.auth.depends import GenerateWork, ReadActor, ReadWork, RuntimeDep, WriteWork
from spoonfeeder.features.auth.once import OnceDep, once_only
from spoonfeeder.features.logs.router import From, Until
from spoonfeeder.features.tasks import ending, queries, service
from spoonfeeder.features.tasks.export import ExportFormat, export
from spoonfeeder.features.tasks.rows import task_json
from spoonfeeder.features.tasks.schemas import TaskInput, TaskOut, TaskPage, TaskPatch, TaskReport
from spoonfeeder.features.tasks.statistics import statistics
from spoonfeeder.work import Work

router = Router(prefix="/api/tasks", tags=["tasks"], route_class=JsonRoute)
CREATED: Any = {"response_model": Ok[TaskOut], "status_code": 201}
SHOWN: Any = {"response_model": Ok[TaskOut]}
FILES = {"text/csv": {"schema": {"type": "string"}}, "application/json": {"schema": {"type": "array", "items": {}}}}


async def _answer(work: Work, task_id: UUID, status: int = 200, headers: Mapping[str, str] | None = None) -> Json:
    rows = await queries.with_live(work, [await queries.get(work, task_id)])
    return ok(rows[0], status, headers)


PlaceDep = Annotated[Place, Depends(place_reader(20))]


def _wanted(
    status: Annotated[list[TaskStatus] | None, Query(max_length=len(TaskStatus))] = None,
    kind: Annotated[Modality | None, Query(alias="type")] = None,
    provider: Provider | None = None,
    q: Annotated[str | None, Query(max_length=500)] = None,
    since: From = None,
    until: Until = None,
    schedule_id: UUID | None = None,
) -> ColumnElement[bool]:
    """`status` may be given more than once."""
    return queries.tasks_where(
        statuses=status,
        kind=kind,
        provider=provider,
        words=q,
        since=since,
        until=until,
        schedule_id=schedule_id,
    )


WantedDep = Annotated[ColumnElement[bool], Depends(_wanted)]


@router.post("", **CREATED)
async def create_task(work: GenerateWork, once: OnceDep, data: TaskInput) -> Json:
    task_id, headers = await once_only(work, once, "task", partial(service.create, work, data))
    return await _answer(work, task_id, 201, headers)


@router.get("", response_model=TaskPage)
async def list_tasks(work: ReadWork, place: PlaceDep, where: WantedDep) -> Json:
    """Newest first; `q` stands in the name or the prompt."""
    return await _page(work, place, where)


@router.get("/history", response_model=TaskPage)
async def list_task_history(work: ReadWork, place: PlaceDep, where: WantedDep) -> Json:
    """The same of those that have ended."""
    return await _page(work, place, where & queries.has_ended())


@router.get("/history/export", response_class=StreamingResponse, responses={200: {"content": FILES}})
async def export_task_history(
    runtime: RuntimeDep,
    actor: ReadActor,
    where: WantedDep,
    form: Annotated[ExportFormat, Query(alias="format")] = "csv",
) -> StreamingResponse:
    """As a file, with whole prompts and texts."""
    return export(runtime, actor, where & queries.has_ended(), form)


@router.get("/stats")
async def get_task_stats(work: ReadWork, since: From = None, until: Until = None) -> Ok[TaskReport]:
    """Of the tasks made from `from` until before `to`, by provider and type."""
    groups = await statistics(work, since, until)
    return Ok(data=TaskReport(since=since, until=until, groups=groups))


@router.get("/{task_id}", **SHOWN)
async def get_task(work: ReadWork, task_id: UUID) -> Json:
    return await _answer(work, task_id)


@router.patch("/{task_id}", **SHOWN)
async def update_task(work: WriteWork, task_id: UUID, data: TaskPatch) -> Json:
    """The name; of a pending one also `priority` and `run_after`."""
    await service.change(work, task_id, data)
    return await _answer(work, task_id)


@router.post("/{task_id}/cancel", **SHOWN)
async def cancel_task(work: WriteWork, task_id: UUID) -> Json:
    await ending.cancel(work, task_id)
    return await _answer(work, task_id)


@router.post("/{task_id}/retry", **SHOWN)
async def retry_task(work: GenerateWork, task_id: UUID) -> Json:
    """The same row once more, from the first who was asked; its `run` rises."""
    await service.retry(work, task_id)
    return await _answer(work, task_id)


@router.delete("/{task_id}", **SHOWN)
async def delete_task(work: WriteWork, task_id: UUID) -> Json:
    """Cancels a live one; hides an ended one, to be restored within 7 days."""
    row = await queries.get(work, task_id)
    if await ending.delete(work, task_id):
        return ok(task_json(row._fields, row, work.runtime.signed_urls))
    return await _answer(work, task_id)


@router.post("/{task_id}/restore", **SHOWN)
async def restore_task(work: WriteWork, task_id: UUID) -> Json:
    await ending.restore(work, task_id)
    return await _answer(work, task_id)


async def _page(work: Work, place: Place, where: ColumnElement[bool]) -> Json:
    rows, more = await queries.page(work, where, place)
    numbers = Pagination.of(page=place.page, limit=place.limit, total=await queries.count(work, where)).model_dump()
    data = await queries.with_live(work, rows)
    return Json({"success": True, "data": data, "pagination": numbers, "next_cursor": more})
