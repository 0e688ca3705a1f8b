"""Bodies and answers of stored workflows."""

from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, JsonValue

from spoonfeeder.comfy.parameters import ExtractedParameter
from spoonfeeder.core.schema import Given, Input, Name, Record, Text, Timestamp

MOST_LETTERS = 8 * 1024 * 1024
Parameters = Annotated[dict[str, JsonValue], Field(max_length=2_000)]
RowId = Annotated[UUID, Field(strict=False)]


def _object_or_text(value: Any) -> Any:
    if not isinstance(value, dict | str):
        raise ValueError("must be a workflow, as an object or as JSON text")
    return value


GraphBody = Annotated[dict[str, Any] | Annotated[str, Field(max_length=MOST_LETTERS)], BeforeValidator(_object_or_text)]

_READ_ONLY = frozenset(
    {
        *("id", "thumbnail_url", "generation_count", "created_at", "updated_at"),
        *("extracted_parameters", "parameters_source", "prompt_text", "negative_prompt", "loras", "takes_loras"),
        *("version", "source_kind", "source_media_id", "has_original", "warnings", "duplicate_of", "unknown_classes"),
    }
)


class WorkflowDetails(Input):
    """What a person says of a workflow beside its graph."""

    read_only: ClassVar[frozenset[str]] = _READ_ONLY

    profile_id: RowId | None = None
    name: Name | None = None
    description: Text | None = None
    default_parameters: Parameters = Field(default_factory=dict)
    is_default: bool = False


class WorkflowInput(WorkflowDetails):
    """`workflow_json` is a graph in API or editor's format, bare or wrapped, as an object or as JSON text.

    A text is kept to the letter where nothing stands around the graph.
    """

    workflow_json: GraphBody


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
    version: int
    source_kind: str
    source_media_id: UUID | None
    created_at: Timestamp
    updated_at: Timestamp


class LoraUsed(BaseModel):
    name: str
    strength_model: float
    strength_clip: float


class NodeWarning(BaseModel):
    """What a person should look at; without `node_id` it is about the whole graph."""

    node_id: str | None
    class_type: str | None
    message: str


class NamedWorkflow(BaseModel):
    id: UUID
    name: str


class WorkflowOut(WorkflowSummary):
    """What the graph holds, before any default parameter; a prompt is null where the graph has no place for one.

    `parameters_source` says how new the options are: as ComfyUI has them now, as it last told this server, or as they
    were kept at the import. `has_original`: the graph was converted from one of the editor, which is kept beside it.
    `warnings` are those of the import. `unknown_classes` are those that this ComfyUI does not have, or, while nothing
    is known of it, those that are not ComfyUI's own. `duplicate_of` is the oldest earlier workflow with the same graph.
    """

    workflow_json: str
    extracted_parameters: list[ExtractedParameter]
    parameters_source: Literal["live", "cached", "stored"]
    prompt_text: str | None
    negative_prompt: str | None
    loras: list[LoraUsed]
    takes_loras: bool
    has_original: bool
    warnings: list[NodeWarning]
    unknown_classes: list[str]
    duplicate_of: NamedWorkflow | None
