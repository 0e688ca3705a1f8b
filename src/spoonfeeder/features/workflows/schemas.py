"""Bodies and answers of stored workflows."""

from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue

from spoonfeeder.comfy.parameters import ExtractedParameter
from spoonfeeder.core.schema import Given, Input, Name, Record, Text, Timestamp

MOST_LETTERS = 8 * 1024 * 1024
GraphBody = dict[str, Any] | Annotated[str, Field(max_length=MOST_LETTERS)]
Parameters = Annotated[dict[str, JsonValue], Field(max_length=2_000)]
RowId = Annotated[UUID, Field(strict=False)]

_READ_ONLY = frozenset(
    {
        *("id", "thumbnail_url", "generation_count", "created_at", "updated_at"),
        *("extracted_parameters", "parameters_source", "prompt_text", "negative_prompt", "loras", "takes_loras"),
    }
)


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


class LoraUsed(BaseModel):
    name: str
    strength_model: float
    strength_clip: float


class WorkflowOut(WorkflowSummary):
    """What the graph holds, before any default parameter; a prompt is null where the graph has no place for one.

    `parameters_source` says how new the options are: as ComfyUI has them now, as it last told this server, or as they
    were kept at the import.
    """

    workflow_json: str
    extracted_parameters: list[ExtractedParameter]
    parameters_source: Literal["live", "cached", "stored"]
    prompt_text: str | None
    negative_prompt: str | None
    loras: list[LoraUsed]
    takes_loras: bool
