"""Bodies and answers of stored workflows."""

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field, JsonValue

from spoonfeeder.core.schema import Given, Input, Name, Record, Text, Timestamp

MOST_LETTERS = 8 * 1024 * 1024
GraphBody = dict[str, Any] | Annotated[str, Field(max_length=MOST_LETTERS)]
Parameters = Annotated[dict[str, JsonValue], Field(max_length=2_000)]
RowId = Annotated[UUID, Field(strict=False)]

_READ_ONLY = frozenset({"id", "extracted_parameters", "thumbnail_url", "generation_count", "created_at", "updated_at"})


class WorkflowInput(Input):
    """`workflow_json` is an API-format graph, as an object or as JSON text, which is then kept to the letter."""

    read_only: ClassVar[frozenset[str]] = _READ_ONLY

    workflow_json: GraphBody
    profile_id: RowId | None = None
    name: Name | None = None
    description: Text | None = None
    default_parameters: Parameters = Field(default_factory=dict)
    is_default: bool = False


class WorkflowPatch(Input):
    """Absent fields stay; `default_parameters` are replaced as a whole."""

    read_only: ClassVar[frozenset[str]] = _READ_ONLY

    workflow_json: Given[GraphBody] = None
    profile_id: RowId | None = None
    name: Given[Name] = None
    description: Text | None = None
    default_parameters: Given[Parameters] = None
    is_default: Given[bool] = None


class WorkflowSummary(Record):
    """`thumbnail_url` is null until one is set or a generation of the workflow has completed."""

    id: UUID
    profile_id: UUID | None
    name: str
    description: str | None
    default_parameters: dict[str, Any]
    thumbnail_url: str | None
    is_default: bool
    generation_count: int
    created_at: Timestamp
    updated_at: Timestamp


class WorkflowOut(WorkflowSummary):
    workflow_json: str
    extracted_parameters: list[dict[str, Any]]
