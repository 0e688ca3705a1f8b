"""What every adapter speaks: who is asked, what is asked, and what comes back piece by piece."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Protocol

import httpx2

from spoonfeeder.core.vocabulary import FinishReason, MessageRole, Modality, Provider

FIRST_BYTE_SECONDS = 120.0
"""Local models load first (R25); a profile may say otherwise."""


class Capability(StrEnum):
    TEXT = "text"
    VISION = "vision"
    EMBEDDINGS = "embeddings"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    MODEL_MANAGEMENT = "model_management"


@dataclass(frozen=True, slots=True)
class Connection:
    """`url` None is the vendor's own address."""

    provider: Provider
    url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    first_byte_seconds: float = FIRST_BYTE_SECONDS


@dataclass(frozen=True, slots=True)
class Answered:
    """What a reachable provider told of itself; None where it has no such thing."""

    message: str
    version: str | None = None
    queue_running: int | None = None
    queue_pending: int | None = None
    devices: tuple[str, ...] = ()
    models: int | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that a model is shown."""

    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChatMessage:
    role: MessageRole
    parts: tuple[str | Picture, ...]

    @property
    def text(self) -> str:
        return "".join(part for part in self.parts if isinstance(part, str))


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """`options` are the provider's own names, and the common ones of docs/api.md ("chat")."""

    model: str
    messages: tuple[ChatMessage, ...]
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counted them; None is unknown. A later one of the same stream replaces the earlier."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    total_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """The provider's own end of the answer (R24); `model` is the one that really answered."""

    reason: FinishReason
    model: str


Delta = TextDelta | Usage | Finish


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model that a provider offers; `details` is what else it tells of it."""

    id: str
    name: str | None = None
    input_modalities: tuple[Modality, ...] = (Modality.TEXT,)
    output_modalities: tuple[Modality, ...] = (Modality.TEXT,)
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Embeddings:
    vectors: list[list[float]]
    model: str
    usage: Usage


class Adapter(Protocol):
    """One provider; cheap to make, keeps nothing open but the given client. Every method raises ProviderError."""

    capabilities: ClassVar[frozenset[Capability]]

    def __init__(self, connection: Connection, http: httpx2.AsyncClient) -> None: ...

    async def test(self) -> Answered:
        """A cheap call that needs the key."""
        ...

    async def models(self) -> list[ModelInfo]: ...

    def chat(self, request: ChatRequest) -> AsyncGenerator[Delta]:
        """Ends with exactly one Finish, or raises; closing it closes the connection to the provider.

        Raises OptionNotSupported before anything is sent, StreamTruncated where the provider's end is missing.
        """
        ...

    async def embed(self, model: str, texts: Sequence[str], options: Mapping[str, Any]) -> Embeddings:
        """One vector for each text, in their order. Raises NotSupported where the provider has none."""
        ...
