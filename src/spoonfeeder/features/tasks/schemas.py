"""Bodies and answers of tasks; answers are built from Core rows and only documented here."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, JsonValue

from spoonfeeder.core.schema import Given, Input, Name, Page, Record, Timestamp
from spoonfeeder.core.vocabulary import Modality, Provider, TaskStatus

MOST_INPUTS = 20
MOST_FALLBACKS = 5

KindWord = Annotated[Modality, Field(strict=False)]
ProviderWord = Annotated[Provider, Field(strict=False)]
Reference = Annotated[UUID, Field(strict=False)]
Model = Annotated[str, Field(min_length=1, max_length=255)]
Prompt = Annotated[str, Field(max_length=1_000_000)]
Priority = Annotated[int, Field(ge=-100, le=100)]
Moment = Annotated[AwareDatetime, Field(strict=False)]
Inputs = Annotated[list[Reference], Field(max_length=MOST_INPUTS)]


class Chosen(StrEnum):
    """Somebody by name, or whoever can."""

    OLLAMA = "ollama"
    OPENAI = "openai"
    GEMINI = "gemini"
    CLAUDE = "claude"
    COMFYUI = "comfyui"
    AUTO = "auto"

    @property
    def provider(self) -> Provider | None:
        return None if self is Chosen.AUTO else Provider(self.value)


class TargetInput(Input):
    """Somebody who is asked when those before do not get it done for the moment."""

    provider: ProviderWord | None = None
    profile_id: Reference | None = None
    model: Model | None = None


class TaskInput(Input):
    """`provider` "auto" is the first in the workspace's order who can do it.

    `inputs` are ids of kept files. `options` are the provider's own names, and for a ComfyUI `workflow_id` or
    `workflow_json`, `parameters`, `negative_prompt`, `session_id`. Without a `name` it is the beginning of the prompt.
    """

    name: Name | None = None
    type: KindWord
    provider: Annotated[Chosen, Field(strict=False)] = Chosen.AUTO
    profile_id: Reference | None = None
    model: Model | None = None
    prompt: Prompt = ""
    options: Annotated[dict[str, JsonValue], Field(max_length=200)] | None = None
    inputs: Inputs = Field(default_factory=list)
    fallback: Annotated[list[TargetInput], Field(max_length=MOST_FALLBACKS)] = Field(default_factory=list)
    priority: Priority = 0
    run_after: Moment | None = None
    max_attempts: Annotated[int, Field(ge=1, le=10)] = 3


class TargetOut(BaseModel):
    """`profile_id` null is what the settings or the environment have of this provider."""

    provider: Provider
    profile_id: UUID | None
    model: str | None


class Tried(BaseModel):
    """Somebody with whom it did not work."""

    provider: Provider
    profile_id: UUID | None = None
    model: str | None = None
    code: str | None = None
    error: str | None = None
    at: Timestamp | None = None


class ResultOutput(BaseModel):
    """One file of a result; `text` is there for texts: the beginning."""

    index: int
    media_id: UUID | None = None
    filename: str
    media_type: str
    url: str
    thumbnail_url: str | None = None
    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None
    bytes: int
    sha256: str
    text: str | None = None


class TaskResult(BaseModel):
    """`content` is the text, or the address of the first file; in lists its first 1,000 letters.

    `metadata`: model, provider, profile_id, tokens, input_tokens, output_tokens, duration_ms, finish_reason, cost_usd.
    """

    id: UUID
    type: Modality
    content: str
    metadata: dict[str, Any] | None
    outputs: list[ResultOutput]
    created_at: Timestamp
    updated_at: Timestamp


class ResultOut(TaskResult):
    task_id: UUID
    task_name: str


class TaskOut(Record):
    """`provider`, `profile_id` and `model` are the first who are asked; after them come those of `fallback`.

    `target` counts along them: 0 is the first. In lists `prompt` ends after 1,000 letters.
    """

    id: UUID
    name: str
    type: Modality
    provider: Provider
    profile_id: UUID | None
    model: str | None
    prompt: str
    options: dict[str, Any] | None
    inputs: list[UUID]
    fallback: list[TargetOut]
    target: int
    tried: list[Tried]
    status: TaskStatus
    progress: int = Field(ge=0, le=100)
    message: str | None
    waiting_reason: str | None
    error: str | None
    error_code: str | None
    error_details: dict[str, Any] | None
    attempt: int
    max_attempts: int
    run: int
    priority: int
    run_after: Timestamp
    generation_id: UUID | None
    schedule_id: UUID | None
    created_by: UUID | None
    seq: int
    cancel_requested_at: Timestamp | None
    created_at: Timestamp
    started_at: Timestamp | None
    completed_at: Timestamp | None
    updated_at: Timestamp
    result: TaskResult | None


class TaskPage(Page[TaskOut]):
    """`next_cursor` leads on and is null on the last page."""

    next_cursor: str | None


class ResultPage(Page[ResultOut]):
    """`next_cursor` leads on and is null on the last page."""

    next_cursor: str | None


class TaskPatch(Input):
    """`priority` and `run_after` of a pending task only; the rest of a row sent back is ignored."""

    read_only: ClassVar[frozenset[str]] = frozenset(TaskOut.model_fields) - {"name", "priority", "run_after"}

    name: Given[Name] = None
    priority: Given[Priority] = None
    run_after: Given[Moment] = None


class TaskStatistics(Record):
    """Of one provider and type; seconds from the start to the end of those that are complete.

    `provider` is the first who was asked; what calls cost another one is here too.
    """

    provider: Provider
    type: Modality
    total: int
    pending: int
    running: int
    complete: int
    failed: int
    cancelled: int
    mean_duration_seconds: float | None
    calls: int
    unpriced_calls: int
    input_tokens: int
    output_tokens: int
    cost_usd: float | None


class TaskReport(Record):
    since: Timestamp | None
    until: Timestamp | None
    groups: list[TaskStatistics]


class ActiveTask(BaseModel):
    """What is pending or running; of the prompt the first 200 letters."""

    kind: Literal["task"]
    id: UUID
    name: str
    type: Modality
    provider: Provider
    profile_id: UUID | None
    model: str | None
    generation_id: UUID | None
    prompt: str
    status: Literal["pending", "running"]
    progress: int
    message: str | None
    seq: int
    waiting_reason: str | None
    created_at: Timestamp
