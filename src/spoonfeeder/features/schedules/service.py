"""Schedules as people make, change, pause and remove them."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from spoonfeeder.core.errors import Conflict
from spoonfeeder.db.task import Schedule
from spoonfeeder.features.audit.record import Action, record
from spoonfeeder.features.schedules import timing
from spoonfeeder.features.schedules.queries import get
from spoonfeeder.features.schedules.schemas import PreviewInput, ScheduleInput, SchedulePatch
from spoonfeeder.features.schedules.starting import rehearse, start, storable
from spoonfeeder.work import Work

MOST_SCHEDULES = 200
WHEN = ("cron", "at", "time_zone", "enabled")


class TooManySchedules(Conflict):
    """This workspace has 200 schedules, which is the most; remove one first."""

    code = "TOO_MANY_SCHEDULES"


async def create(work: Work, data: ScheduleInput) -> UUID:
    """Raises TooManySchedules, and what `storable`, `first_run` and `rehearse` raise."""
    values = data.model_dump() | {"request": storable(data.kind, data.request)}
    if data.at is not None:
        values["at"] = timing.moment_of(data.at, data.time_zone)
    row = Schedule(**values, workspace_id=work.workspace_id, created_by=work.user.user_id)
    row.next_run_at = timing.first_run(row, await now(work), is_new=True)
    await rehearse(work, data.kind, values["request"])
    await _require_room(work)
    work.session.add(row)
    await work.session.flush()
    await record(work, Action.SCHEDULE_CREATED, "schedule", row.id, name=row.name)
    work.tell_change("schedule", row.id, "created")
    return row.id


async def _require_room(work: Work) -> None:
    """Those who make one at the same time wait here, so that the bound holds to the row."""
    turn = func.pg_advisory_xact_lock(func.hashtextextended(f"schedules of {work.workspace_id}", 0))
    await work.session.execute(select(turn))
    mine = select(func.count(Schedule.id)).where(Schedule.workspace_id == work.workspace_id)
    if (await work.session.execute(mine)).scalar_one() >= MOST_SCHEDULES:
        raise TooManySchedules


async def change(work: Work, schedule_id: UUID, data: SchedulePatch) -> None:
    """Raises ScheduleNotFound, Invalid, and for another request what `rehearse` raises."""
    row = await get(work, schedule_id, for_update=True)
    given = _as_columns(row, data.model_dump(exclude_unset=True))
    changed = {name: value for name, value in given.items() if getattr(row, name) != value}
    if not changed:
        return
    if "request" in changed:
        await rehearse(work, row.kind, changed["request"])
    for name, value in changed.items():
        setattr(row, name, value)
    if changed.keys() & set(WHEN):
        is_new = changed.get("at") is not None or bool(changed.get("enabled"))
        row.next_run_at = timing.first_run(row, await now(work), is_new=is_new)
    if changed.keys() & {*WHEN, "request"} and row.enabled:
        row.created_by = work.user.user_id
    await _keep(work, row)


def _as_columns(row: Schedule, given: dict[str, Any]) -> dict[str, Any]:
    if "request" in given:
        given["request"] = storable(row.kind, given["request"])
    if given.get("at") is not None:
        given["at"] = timing.moment_of(given["at"], given.get("time_zone", row.time_zone))
        given.setdefault("cron", None)
    elif given.get("cron") is not None:
        given.setdefault("at", None)
    return given


async def preview(work: Work, data: PreviewInput) -> list[dict[str, Any]]:
    """When a schedule like this would run next. Raises Invalid."""
    moment = await now(work)
    return await asyncio.to_thread(_first_five, data, moment)


def _first_five(data: PreviewInput, moment: datetime) -> list[dict[str, Any]]:
    at = data.at and timing.moment_of(data.at, data.time_zone)
    row = Schedule(cron=data.cron, at=at, time_zone=data.time_zone, enabled=True)
    row.next_run_at = timing.first_run(row, moment, is_new=True)
    return timing.next_runs(row)


async def set_enabled(work: Work, schedule_id: UUID, enabled: bool) -> None:
    """Raises ScheduleNotFound, and Invalid where its one time has passed."""
    await change(work, schedule_id, SchedulePatch(enabled=enabled))


async def _keep(work: Work, row: Schedule) -> None:
    await work.session.flush()
    await record(work, Action.SCHEDULE_CHANGED, "schedule", row.id, name=row.name)
    work.tell_change("schedule", row.id, "updated")


async def run_now(work: Work, schedule_id: UUID) -> UUID:
    """A run beside those that come by themselves, of who asks for it. Raises ScheduleNotFound and as `start`."""
    row = await get(work, schedule_id, for_update=True)
    run_id = await start(work, row)
    count_run(row, await now(work))
    await work.session.flush()
    work.tell_change("schedule", row.id, "updated")
    return run_id


def count_run(row: Schedule, moment: datetime) -> None:
    row.run_count += 1
    row.last_run_at = moment
    row.last_error = row.last_error_code = None


async def remove(work: Work, schedule_id: UUID) -> None:
    """What it has started stays, and keeps its id. Raises ScheduleNotFound."""
    row = await get(work, schedule_id, for_update=True)
    await record(work, Action.SCHEDULE_DELETED, "schedule", row.id, name=row.name)
    await work.session.delete(row)
    await work.session.flush()
    work.tell_change("schedule", schedule_id, "deleted")


async def now(work: Work) -> datetime:
    """By the database's clock."""
    moment: datetime = (await work.session.execute(select(func.now()))).scalar_one()
    return moment
