"""A run of a schedule: an ordinary task or generation that says which schedule started it."""

from typing import Any
from uuid import UUID

from pydantic import ValidationError

from spoonfeeder.core.errors import AppError, Invalid, invalid_field
from spoonfeeder.core.validation import validation_failure
from spoonfeeder.core.vocabulary import ScheduleKind
from spoonfeeder.db.task import Schedule
from spoonfeeder.durable.quota import QueueFull
from spoonfeeder.features.generations import service as generations
from spoonfeeder.features.schedules.schemas import ScheduledGeneration
from spoonfeeder.features.sessions.service import SessionNotFound
from spoonfeeder.features.tasks import service as tasks
from spoonfeeder.features.tasks.schemas import TaskInput
from spoonfeeder.work import Work

REQUESTS: dict[ScheduleKind, type[TaskInput | ScheduledGeneration]] = {
    ScheduleKind.TASK: TaskInput,
    ScheduleKind.GENERATION: ScheduledGeneration,
}


class WouldRun(Exception):
    """Ends the savepoint in which a run was tried."""


def read_request(kind: str, request: dict[str, Any]) -> TaskInput | ScheduledGeneration:
    """Raises Invalid."""
    try:
        return REQUESTS[ScheduleKind(kind)].model_validate(request)
    except ValidationError as error:
        told = error.errors(include_url=False, include_context=False, include_input=False)
        raise validation_failure({**each, "loc": ("request", *each["loc"])} for each in told) from None


def storable(kind: str, request: dict[str, Any]) -> dict[str, Any]:
    """As it is kept, in our own names. Raises Invalid."""
    kept = read_request(kind, request).model_dump(mode="json", exclude_unset=True)
    if kept.get("run_after") is not None:
        raise invalid_field("request.run_after", "The schedule says when it runs; leave this out.")
    return kept


async def rehearse(work: Work, kind: str, request: dict[str, Any]) -> None:
    """Begins a run as `start` does, and undoes it: no row stays, and nobody is told. A full queue is of the moment.

    Raises Invalid, PriorityTooHigh and what else the services refuse, with details below `request`.
    """
    untold = Work(work.runtime, work.session, work.actor)
    try:
        async with work.session.begin_nested():
            await start(untold, Schedule(kind=kind, request=request))
            raise WouldRun
    except (WouldRun, QueueFull):
        return
    except SessionNotFound as error:
        place = "request.options.session_id" if kind == ScheduleKind.TASK else "request.session_id"
        raise invalid_field(place, error.message, code="unknown_id") from None
    except AppError as error:
        if error.status == Invalid.status and error.details:
            error.details = [{**each, "loc": f"request.{each['loc']}"} for each in error.details]
        raise


async def start(work: Work, row: Schedule) -> UUID:
    """The id of the new row, which belongs to who acts. Raises Invalid and what the services raise."""
    data = read_request(row.kind, row.request)
    if isinstance(data, TaskInput):
        return await tasks.create(work, data, schedule_id=row.id)
    generation_id: UUID = (await generations.create(work, data, session_id=data.session_id, schedule_id=row.id)).id
    return generation_id
