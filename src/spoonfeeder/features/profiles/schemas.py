"""Bodies and answers of profiles and their models."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field, JsonValue, SecretStr

from spoonfeeder.core.schema import Given, Input, Name, Record, Text, Timestamp
from spoonfeeder.core.vocabulary import GenerationStatus, Modality, Provider

ModalityWord = Annotated[Modality, Field(strict=False)]
ProviderWord = Annotated[Provider, Field(strict=False)]
Modalities = Annotated[list[ModalityWord], Field(min_length=1, max_length=len(Modality))]
Outputs = Annotated[list[ModalityWord], Field(max_length=len(Modality))]
"""Of a model; none where it only gives embeddings."""
ModelId = Annotated[str, Field(min_length=1, max_length=255)]
ApiKey = Annotated[SecretStr, Field(max_length=4_000)]
Url = Annotated[str, Field(max_length=500)]
Options = Annotated[dict[str, JsonValue], Field(max_length=200)]
Patience = Annotated[int, Field(ge=1, le=1_800)]
"""Seconds until the first piece of an answer: a model on one's own machine is loaded first (R25)."""
Position = Annotated[int, Field(ge=0, le=1_000_000)]
"""In the workspace's order; those without come after, the oldest first."""

_READ_ONLY = frozenset(["id", "has_api_key", "is_demo", "created_at", "updated_at"])


class ProfileInput(Input):
    """`type` and the modalities follow from the provider when absent; ComfyUI and Ollama have a default `url`."""

    read_only: ClassVar[frozenset[str]] = _READ_ONLY

    name: Name
    provider: ProviderWord
    type: ModalityWord | None = None
    description: Text | None = None
    api_key: ApiKey | None = None
    url: Url | None = None
    options: Options | None = None
    prompt_template: Text | None = None
    first_byte_timeout_seconds: Patience | None = None
    position: Position | None = None
    input_modalities: Modalities | None = None
    output_modalities: Modalities | None = None


class ProfilePatch(Input):
    """Absent fields stay. `api_key`: `""` or the shown mask leaves it, null removes it."""

    read_only: ClassVar[frozenset[str]] = _READ_ONLY

    name: Given[Name] = None
    provider: Given[ProviderWord] = None
    type: Given[ModalityWord] = None
    description: Text | None = None
    api_key: ApiKey | None = None
    url: Url | None = None
    options: Options | None = None
    prompt_template: Text | None = None
    first_byte_timeout_seconds: Patience | None = None
    position: Position | None = None
    input_modalities: Given[Modalities] = None
    output_modalities: Given[Modalities] = None


class ProfileOut(Record):
    """`api_key` is masked; the key itself never leaves the server. `is_demo`: the bundled simulator."""

    id: UUID
    name: str
    description: str | None
    type: Modality
    provider: Provider
    has_api_key: bool
    api_key: str | None
    url: str | None
    options: dict[str, Any] | None
    prompt_template: str | None
    first_byte_timeout_seconds: int | None
    position: int | None
    input_modalities: list[str]
    output_modalities: list[str]
    is_demo: bool
    created_at: Timestamp
    updated_at: Timestamp


class ModelInput(Input):
    read_only: ClassVar[frozenset[str]] = frozenset(["id", "profile_id", "created_at"])

    model_id: ModelId
    name: Name | None = None
    input_modalities: Modalities = Field(default_factory=lambda: [Modality.TEXT])
    output_modalities: Outputs = Field(default_factory=lambda: [Modality.TEXT])


class ModelPatch(Input):
    read_only: ClassVar[frozenset[str]] = frozenset(["id", "profile_id", "model_id", "created_at"])

    name: Name | None = None
    input_modalities: Given[Modalities] = None
    output_modalities: Given[Outputs] = None


class ModalitiesInput(Input):
    input_modalities: Given[Modalities] = None
    output_modalities: Given[Outputs] = None


class ModelOut(Record):
    id: UUID
    profile_id: UUID
    model_id: str
    name: str | None
    input_modalities: list[str]
    output_modalities: list[str]
    created_at: Timestamp


class ModelSync(Record):
    """`added` counts what was new; what the profile already listed is left as it is.

    `gone` are the ids of listed models that the provider does not name any more.
    """

    added: int
    gone: list[str]
    models: list[ModelOut]


class ConnectionInput(Input):
    """A connection to try; nothing of it is saved."""

    read_only: ClassVar[frozenset[str]] = _READ_ONLY | frozenset(
        [
            "name",
            "description",
            "type",
            "options",
            "prompt_template",
            "first_byte_timeout_seconds",
            "position",
            "input_modalities",
            "output_modalities",
        ]
    )

    provider: ProviderWord
    url: Url | None = None
    api_key: ApiKey | None = None


class ConnectionReport(Record):
    """How a connection test went: `ok` false comes with `code` and `message` says what to do about it."""

    ok: bool
    code: str | None = None
    message: str
    latency_ms: int
    version: str | None = None
    models: int | None = None
    queue_running: int | None = None
    queue_pending: int | None = None
    devices: list[str] = Field(default_factory=list)


class QueuedGeneration(Record):
    """A generation of ours in ComfyUI's queue; `position` 0 is the first at work."""

    generation_id: UUID
    session_id: UUID | None
    status: GenerationStatus
    position: int


class QueueOut(Record):
    """`running` and `pending` count everybody's prompts, `generations` are only the workspace's own."""

    running: int
    pending: int
    generations: list[QueuedGeneration]


class OptionSource(StrEnum):
    LIVE = "live"
    CACHED = "cached"
    BUILTIN = "builtin"


class Dimension(Record):
    width: int
    height: int
    label: str


class Dimensions(Record):
    common: list[int]
    sdxl_optimal: list[Dimension]


class OptionLists(Record):
    """`source`: read from ComfyUI now, read from it earlier, or the documented lists."""

    source: OptionSource
    samplers: list[str]
    schedulers: list[str]
    checkpoints: list[str]
    loras: list[str]
    vaes: list[str]
    unets: list[str]
    clips: list[str]
    controlnets: list[str]
    upscale_models: list[str]
    dimensions: Dimensions
