"""Bodies and answers of ComfyUI sessions."""

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field, JsonValue

from spoonfeeder.core.schema import Input, Name, Record, Timestamp

_COUNTS = {"generation_count", "completed_count", "failed_count", "total_generations"}
_READ_ONLY = frozenset({"id", "workflow_name", "created_at", "updated_at", "generations", "next_cursor"} | _COUNTS)


class SessionInput(Input):
    """`workflow_id` and `current_workflow_id` are the same; existing clients send either."""

    read_only: ClassVar[frozenset[str]] = _READ_ONLY

    profile_id: Annotated[UUID | None, Field(strict=False)] = None
    project_id: Annotated[UUID | None, Field(strict=False)] = None
    title: Name | None = None
    workflow_id: Annotated[UUID | None, Field(strict=False)] = None
    current_workflow_id: Annotated[UUID | None, Field(strict=False)] = None
    last_parameters: dict[str, JsonValue] = Field(default_factory=dict, max_length=2_000)


class SessionPatch(Input):
    read_only: ClassVar[frozenset[str]] = _READ_ONLY

    profile_id: Annotated[UUID | None, Field(strict=False)] = None
    project_id: Annotated[UUID | None, Field(strict=False)] = None
    title: Name | None = None
    workflow_id: Annotated[UUID | None, Field(strict=False)] = None
    current_workflow_id: Annotated[UUID | None, Field(strict=False)] = None
    last_parameters: Annotated[dict[str, JsonValue] | None, Field(max_length=2_000)] = None


class SessionOut(Record):
    id: UUID
    profile_id: UUID | None
    project_id: UUID | None
    title: str
    current_workflow_id: UUID | None
    workflow_name: str | None
    last_parameters: dict[str, Any]
    generation_count: int
    completed_count: int
    failed_count: int
    created_at: Timestamp
    updated_at: Timestamp
