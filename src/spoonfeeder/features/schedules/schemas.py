"""Bodies and answers of schedules."""

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field, JsonValue, model_validator

from spoonfeeder.core.schema import Answer, Given, Input, Name, Record, Timestamp
from spoonfeeder.core.vocabulary import MissedRuns, ScheduleKind
from spoonfeeder.features.generations.schemas import GenerateInput

Kind = Annotated[ScheduleKind, Field(strict=False)]
Missed = Annotated[MissedRuns, Field(strict=False)]
Request = Annotated[dict[str, JsonValue], Field(max_length=100)]
Cron = Annotated[str, Field(min_length=1, max_length=255)]
Zone = Annotated[str, Field(min_length=1, max_length=64)]
Moment = Annotated[datetime, Field(strict=False)]


class ScheduledGeneration(GenerateInput):
    """The `request` of a schedule that generates."""

    session_id: Annotated[UUID | None, Field(strict=False)] = None

    @model_validator(mode="after")
    def _says_what_runs(self) -> "ScheduledGeneration":
        if self.session_id is None and self.workflow_id is None and self.workflow_json is None:
            raise ValueError("give a workflow_id, a workflow_json or a session_id")
        return self


class ScheduleInput(Input):
    """`request` is what would be posted to `/api/tasks`, or to generate: then with `session_id` or `workflow_id`.

    Either `cron`, read in `time_zone`, or `at`, which is of that time zone where it names none.
    """

    name: Name
    kind: Kind
    request: Request
    cron: Cron | None = None
    at: Moment | None = None
    time_zone: Zone = "UTC"
    missed: Missed = MissedRuns.SKIP
    enabled: bool = True


class NextRun(Answer):
    """`local` is what the clock shows in the schedule's time zone."""

    at: Timestamp
    local: str


class PreviewInput(Input):
    """When a schedule would run, as in `ScheduleInput`."""

    cron: Cron | None = None
    at: Moment | None = None
    time_zone: Zone = "UTC"


class PreviewOut(Answer):
    next_runs: list[NextRun] = Field(max_length=5)


class ScheduleOut(Record):
    """Its runs are those of `created_by`: who made it, or was the last to change what it does or when.

    `next_run_at` is null when nothing is to come. `missed_count` counts runs that came while the server was away and
    were not made up for, of one absence 1,000 at most. `last_error` is gone after the next run that started.
    """

    id: UUID
    name: str
    kind: ScheduleKind
    request: dict[str, Any]
    cron: str | None
    at: Timestamp | None
    time_zone: str
    missed: MissedRuns
    enabled: bool
    next_run_at: Timestamp | None
    next_runs: list[NextRun] = Field(max_length=5)
    last_run_at: Timestamp | None
    last_error: str | None
    last_error_code: str | None
    run_count: int
    missed_count: int
    created_by: UUID | None
    created_at: Timestamp
    updated_at: Timestamp


class SchedulePatch(Input):
    """What is absent stays. A `cron` takes the place of an `at`, and the other way round."""

    read_only: ClassVar[frozenset[str]] = frozenset(ScheduleOut.model_fields) - (
        frozenset(ScheduleInput.model_fields) - {"kind"}
    )

    name: Given[Name] = None
    request: Given[Request] = None
    cron: Cron | None = None
    at: Moment | None = None
    time_zone: Given[Zone] = None
    missed: Given[Missed] = None
    enabled: Given[bool] = None


class RunOut(Record):
    """A task or generation that a schedule started; the whole of it is at its own address."""

    id: UUID
    kind: ScheduleKind
    status: str
    progress: int
    error: str | None
    error_code: str | None
    created_at: Timestamp
    started_at: Timestamp | None
    completed_at: Timestamp | None
