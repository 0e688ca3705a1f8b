"""`/api/schedules`"""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from spoonfeeder.core.pagination import PageNumber, PageSize, Place
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Done, Ok, Page, Pagination
from spoonfeeder.core.vocabulary import ScheduleKind
from spoonfeeder.db.task import Schedule
from spoonfeeder.features.auth.depends import GenerateWork, ReadWork, WriteWork
from spoonfeeder.features.auth.once import OnceDep, once_only
from spoonfeeder.features.schedules import queries, service
from spoonfeeder.features.schedules.schemas import (
    PreviewInput,
    PreviewOut,
    RunOut,
    ScheduleInput,
    ScheduleOut,
    SchedulePatch,
)
from spoonfeeder.work import Work

router = Router(prefix="/api/schedules", tags=["schedules"])


async def _answer(work: Work, schedule_id: UUID) -> Ok[ScheduleOut]:
    return Ok(data=queries.shown(await queries.get(work, schedule_id)))


@router.get("")
async def list_schedules(
    work: ReadWork,
    page: PageNumber = 1,
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
    kind: ScheduleKind | None = None,
    enabled: bool | None = None,
) -> Page[ScheduleOut]:
    """Newest first."""
    wanted = {"kind": kind, "enabled": enabled}
    conditions = [getattr(Schedule, name) == value for name, value in wanted.items() if value is not None]
    rows, total = await queries.page(work, Place(page, limit, None), *conditions)
    data = await asyncio.to_thread(_all_shown, rows)  # a rare one, "the fifth Monday of February", takes milliseconds
    return Page(data=data, pagination=Pagination.of(page=page, limit=limit, total=total))


def _all_shown(rows: Sequence[Schedule]) -> list[ScheduleOut]:
    return [queries.shown(row) for row in rows]


@router.post("", status_code=201)
async def create_schedule(work: WriteWork, once: OnceDep, response: Response, data: ScheduleInput) -> Ok[ScheduleOut]:
    """Its runs are yours: ordinary tasks or generations."""
    schedule_id, headers = await once_only(work, once, "schedule", partial(service.create, work, data))
    response.headers.update(headers)
    return await _answer(work, schedule_id)


@router.post("/preview")
async def preview_schedule(work: ReadWork, data: PreviewInput) -> Ok[PreviewOut]:
    """The next five times of a schedule that is not made yet; nothing is kept."""
    return Ok(data=PreviewOut.model_validate({"next_runs": await service.preview(work, data)}))


@router.get("/{schedule_id}")
async def get_schedule(work: ReadWork, schedule_id: UUID) -> Ok[ScheduleOut]:
    return await _answer(work, schedule_id)


@router.put("/{schedule_id}")
async def put_schedule(work: WriteWork, schedule_id: UUID, data: SchedulePatch) -> Ok[ScheduleOut]:
    """As PATCH: what is absent stays."""
    return await update_schedule(work, schedule_id, data)


@router.patch("/{schedule_id}")
async def update_schedule(work: WriteWork, schedule_id: UUID, data: SchedulePatch) -> Ok[ScheduleOut]:
    """Who changes what it does or when, in their name it runs from then on."""
    await service.change(work, schedule_id, data)
    return await _answer(work, schedule_id)


@router.delete("/{schedule_id}")
async def delete_schedule(work: WriteWork, schedule_id: UUID) -> Done:
    """What it has started stays, and keeps its `schedule_id`."""
    await service.remove(work, schedule_id)
    return Done(message="The schedule is removed.")


@router.post("/{schedule_id}/pause")
async def pause_schedule(work: WriteWork, schedule_id: UUID) -> Ok[ScheduleOut]:
    await service.set_enabled(work, schedule_id, False)
    return await _answer(work, schedule_id)


@router.post("/{schedule_id}/resume")
async def resume_schedule(work: WriteWork, schedule_id: UUID) -> Ok[ScheduleOut]:
    """With its next time from now; what came meanwhile is neither made up for nor counted."""
    await service.set_enabled(work, schedule_id, True)
    return await _answer(work, schedule_id)


@router.post("/{schedule_id}/run", status_code=201)
async def run_schedule(work: GenerateWork, once: OnceDep, response: Response, schedule_id: UUID) -> Ok[RunOut]:
    """Once more, at once, beside the runs that come by themselves; works while it is paused too."""
    run_id, headers = await once_only(work, once, "run", partial(service.run_now, work, schedule_id))
    response.headers.update(headers)
    return Ok(data=await _run(work, schedule_id, run_id))


async def _run(work: Work, schedule_id: UUID, run_id: UUID) -> RunOut:
    row: Any = await queries.run(work, await queries.get(work, schedule_id), run_id)
    return RunOut.model_validate(row)


@router.get("/{schedule_id}/runs")
async def list_schedule_runs(
    work: ReadWork, schedule_id: UUID, page: PageNumber = 1, limit: PageSize = 20
) -> Page[RunOut]:
    """What it has started, newest first."""
    row = await queries.get(work, schedule_id)
    rows, total = await queries.runs(work, row, Place(page, limit, None))
    data = [RunOut.model_validate(each) for each in rows]
    return Page(data=data, pagination=Pagination.of(page=page, limit=limit, total=total))
