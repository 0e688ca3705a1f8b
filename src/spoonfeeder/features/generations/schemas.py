"""Bodies and answers of generations; answers of lists are built from Core rows and only documented here."""

from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from spoonfeeder.core.schema import Given, Input, Page, Record, Text, Timestamp
from spoonfeeder.core.vocabulary import GenerationStatus
from spoonfeeder.features.generations.tag_schemas import Notes, Tags
from spoonfeeder.features.generations.verifying_schemas import FingerprintOut, Verification, VerifiedBy
from spoonfeeder.features.prompts.schemas import Variables
from spoonfeeder.features.workflows.schemas import GraphBody, LoraUsed

BigInt = int | str


class GenerateInput(Input):
    """One generation; what is absent comes from the workflow's defaults and the graph itself.

    `workflow_json` takes the place of a stored workflow; without either the session's workflow runs. `saved_prompt_id`
    is of the prompt library, with a value for each of its variables; the values of a preset are below `parameters`.
    """

    workflow_id: Annotated[UUID | None, Field(strict=False)] = None
    workflow_json: GraphBody | None = None
    profile_id: Annotated[UUID | None, Field(strict=False)] = None
    prompt_text: Text | None = None
    negative_prompt: Text | None = None
    saved_prompt_id: Annotated[UUID | None, Field(strict=False)] = None
    variables: Variables = Field(default_factory=dict)
    preset_id: Annotated[UUID | None, Field(strict=False)] = None
    parameters: dict[str, JsonValue] = Field(default_factory=dict, max_length=2_000)
    priority: Annotated[int, Field(ge=-100, le=100)] = 0

    @model_validator(mode="after")
    def _one_prompt(self) -> Self:
        if self.saved_prompt_id is not None and self.prompt_text is not None:
            raise ValueError("give either prompt_text or saved_prompt_id")
        if self.variables and self.saved_prompt_id is None:
            raise ValueError("variables go with saved_prompt_id")
        return self


class PromptInput(Input):
    """A raw graph to run as it stands, as `workflow_json` or, as ComfyUI's own route has it, `prompt`."""

    workflow_json: GraphBody | None = None
    prompt: GraphBody | None = None
    session_id: Annotated[UUID | None, Field(strict=False)] = None
    profile_id: Annotated[UUID | None, Field(strict=False)] = None
    prompt_text: Text | None = None
    negative_prompt: Text | None = None


class RerunInput(Input):
    """Where and when the same graph runs again: on one of the profile's machines, or on the one that suits best."""

    backend_id: Annotated[UUID | None, Field(strict=False)] = None
    priority: Annotated[int | None, Field(ge=-100, le=100)] = None


class GenerationOutput(BaseModel):
    """One file of a generation; `url` works without ComfyUI. `text` is there for texts: its first 10,000 characters."""

    index: int
    node_id: str | None = None
    filename: str
    subfolder: str
    type: str
    media_type: str
    url: str
    thumbnail_url: str | None = None
    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None
    bytes: int
    sha256: str
    text: str | None = None


class NodeFault(BaseModel):
    """What ComfyUI said of one node; `node_id` is null where it was about the whole graph.

    `type`, `input`, `received` and `choices` come with a refusal, `exception_type` with a node that failed at work.
    """

    node_id: str | None
    title: str | None = None
    class_type: str | None = None
    input: str | None = None
    type: str | None = None
    message: str | None = None
    received: str | None = None
    choices: list[str] | None = None
    exception_type: str | None = None


class ErrorDetails(BaseModel):
    nodes: list[NodeFault]


class GenerationOut(Record):
    """Seeds above 2^53-1 are strings of digits, so that no client loses one."""

    id: UUID
    session_id: UUID | None
    workflow_id: UUID | None
    profile_id: UUID | None
    backend_url: str | None
    prompt_id: str | None
    prompt_text: str | None
    negative_prompt: str | None
    parameters: dict[str, Any]
    warnings: list[str]
    width: int | None
    height: int | None
    steps: int | None
    cfg_scale: float | None
    seed: BigInt | None
    sampler_name: str | None
    scheduler: str | None
    batch_size: int
    checkpoint_name: str | None
    loras_used: list[LoraUsed]
    status: GenerationStatus
    progress: int = Field(ge=0, le=100)
    current_node: str | None
    waiting_reason: str | None
    outputs: list[GenerationOutput]
    error: str | None
    error_code: str | None
    error_details: ErrorDetails | None
    generation_time_seconds: float | None
    batch_id: UUID | None
    batch_index: int
    batch_coordinates: dict[str, Any] | None
    priority: int
    held_at: Timestamp | None
    ahead: bool
    favorite: bool
    tags: list[str]
    notes: str | None
    rerun_of: UUID | None
    verifies: UUID | None
    verification: Verification | None
    backend_id: UUID | None
    wanted_backend_id: UUID | None
    schedule_id: UUID | None
    workflow_version_id: UUID | None
    created_by: UUID | None
    seq: int
    cancel_requested_at: Timestamp | None
    created_at: Timestamp
    started_at: Timestamp | None
    completed_at: Timestamp | None
    updated_at: Timestamp


class GenerationPage(Page[GenerationOut]):
    """`next_cursor` leads on and is null on the last page."""

    next_cursor: str | None


class GenerationDetail(GenerationOut):
    workflow_json_snapshot: str | None
    fingerprint: FingerprintOut | None
    verified_by: VerifiedBy | None


class GenerationPatch(Input):
    """What may be changed of a generation; the rest of a row sent back is ignored."""

    read_only: ClassVar[frozenset[str]] = frozenset(GenerationDetail.model_fields) - {
        "favorite",
        "tags",
        "notes",
        "priority",
    }

    favorite: Given[bool] = None
    tags: Given[Tags] = None
    notes: Notes | None = None
    priority: Given[Annotated[int, Field(ge=-100, le=100)]] = None


class MoveInput(Input):
    """Where a waiting generation shall stand: `to`, or next to the other one with this id; exactly one of the three."""

    to: Literal["front", "back"] | None = None
    before: Annotated[UUID | None, Field(strict=False)] = None
    after: Annotated[UUID | None, Field(strict=False)] = None

    @model_validator(mode="after")
    def _one_place(self) -> "MoveInput":
        if sum(given is not None for given in (self.to, self.before, self.after)) != 1:
            raise ValueError("give exactly one of to, before and after")
        return self


class GraphNode(BaseModel):
    """A node of a graph in ComfyUI's API format."""

    model_config = ConfigDict(extra="allow")

    class_type: str
    inputs: dict[str, Any]


class GenerationWorkflow(BaseModel):
    workflow_json: dict[str, Any]
    parameters: dict[str, Any]
    prompt_text: str | None
    negative_prompt: str | None


class ActiveGeneration(BaseModel):
    """What is pending or running; of the prompt the first 200 letters."""

    kind: Literal["generation"]
    id: UUID
    session_id: UUID | None
    workflow_id: UUID | None
    profile_id: UUID | None
    prompt_text: str | None
    status: Literal["pending", "running"]
    progress: int
    current_node: str | None
    seq: int
    waiting_reason: str | None
    created_at: Timestamp
