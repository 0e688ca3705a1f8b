"""Bodies and answers of models."""

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field

from spoonfeeder.core.schema import Answer, Input, Record, Timestamp
from spoonfeeder.core.vocabulary import Modality, Provider
from spoonfeeder.features.profiles.schemas import ModelId
from spoonfeeder.providers.base import Capability

KeepAlive = Annotated[str, Field(max_length=20, pattern=r"^-?\d+(\.\d+)?(ms|s|m|h)$")]


class ListedModel(Record):
    """`capabilities` says what can be asked of it. The fields from `is_listed` on are about models of an Ollama.

    `is_listed`: the profile lists it. `is_there`: this Ollama has it; null where it does not tell, or is none.
    `profile_id` null is the Ollama of OLLAMA_URL.
    """

    profile_id: UUID | None
    profile_name: str | None
    provider: Provider
    model_id: str
    name: str | None
    input_modalities: list[Modality]
    output_modalities: list[Modality]
    capabilities: list[Capability]
    is_listed: bool
    is_there: bool | None = None
    is_loaded: bool | None = None
    size_bytes: int | None = None
    vram_bytes: int | None = None
    family: str | None = None
    parameter_size: str | None = None
    quantization: str | None = None
    context_length: int | None = None
    expires_at: Timestamp | None = None
    modified_at: Timestamp | None = None


class Away(Record):
    """A profile whose models could not be asked for; those that it lists are shown all the same."""

    profile_id: UUID | None
    profile_name: str | None
    provider: Provider
    code: str
    message: str


class ModelList(Answer):
    success: bool = True
    data: list[ListedModel]
    unavailable: list[Away]


class LoadedModel(Record):
    """A model in the memory of an Ollama: `vram_bytes` of its `size_bytes` in that of the graphics card."""

    name: str
    size_bytes: int | None
    vram_bytes: int | None
    context_length: int | None
    expires_at: Timestamp | None


class ModelStatus(Record):
    name: str
    is_loaded: bool
    size_bytes: int | None = None
    vram_bytes: int | None = None
    context_length: int | None = None
    expires_at: Timestamp | None = None


class ShownModel(Record):
    """`details` and `capabilities` in Ollama's words; `context_length` is the longest that the model was made for."""

    name: str
    capabilities: list[str]
    context_length: int | None
    parameter_count: int | None
    details: dict[str, Any]
    parameters: str | None
    template: str | None
    system: str | None
    license: str | None


class LoadInput(Input):
    """`keep_alive`: how long it stays after its last use, as `10m`; `-1s` is for ever. Ollama's own is five minutes."""

    read_only: ClassVar[frozenset[str]] = frozenset(["name"])

    keep_alive: KeepAlive | None = None


class PullInput(Input):
    """The name as Ollama's library has it, such as `llama3.2:3b`."""

    name: Annotated[ModelId, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$")]
