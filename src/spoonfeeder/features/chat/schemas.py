"""Bodies and answers of chats that nothing is kept of; a message's content is shared with conversations."""

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Discriminator, Field, PlainSerializer, Tag, model_validator

from spoonfeeder.core.schema import Answer, Input
from spoonfeeder.core.vocabulary import FinishReason, MessageRole, Modality, Provider
from spoonfeeder.features.calls.sources import SourceKind
from spoonfeeder.features.profiles.schemas import Options, ProviderWord
from spoonfeeder.providers.base import Capability

MOST_LETTERS = 1_000_000
MOST_MESSAGES = 1_000
MOST_PARTS = 1_000
MOST_PICTURES = 20
LONGEST_DATA_URL = 28 * 1024 * 1024
"""20 MiB in base64 and a head; the exact limit is that of the decoded picture (calls.pictures)."""

RowId = Annotated[UUID, Field(strict=False)]
MessageText = Annotated[str, Field(max_length=MOST_LETTERS)]
DataUrl = Annotated[str, Field(min_length=1, max_length=LONGEST_DATA_URL)]
ModelName = Annotated[str, Field(min_length=1, max_length=255)]


class TextPart(Input):
    type: Literal["text"]
    text: MessageText


class ImagePart(Input):
    """A picture by the id of an upload, or itself as a `data:` URL."""

    type: Literal["image"]
    upload_id: RowId | None = None
    url: DataUrl | None = None

    @model_validator(mode="after")
    def _has_one_source(self) -> "ImagePart":
        if (self.upload_id is None) == (self.url is None):
            raise ValueError("give either upload_id or url")
        return self

    @property
    def source(self) -> UUID | str:
        return self.upload_id or self.url or ""


class ImageUrl(Input):
    url: DataUrl
    detail: Literal["auto", "low", "high"] | None = None


class ImageUrlPart(Input):
    """The same as OpenAI's clients write it; `detail` is not passed on."""

    type: Literal["image_url"]
    image_url: ImageUrl

    @property
    def source(self) -> UUID | str:
        return self.image_url.url


Part = Annotated[TextPart | ImagePart | ImageUrlPart, Field(discriminator="type")]
Parts = Annotated[list[Part], Field(min_length=1, max_length=MOST_PARTS)]


def _shape_of(content: object) -> str:
    return "text" if isinstance(content, str) else "parts"


Content = Annotated[Annotated[MessageText, Tag("text")] | Annotated[Parts, Tag("parts")], Discriminator(_shape_of)]


class MessageInput(Input):
    role: Annotated[MessageRole, Field(strict=False)]
    content: Content


Messages = Annotated[list[MessageInput], Field(min_length=1, max_length=MOST_MESSAGES)]


class ChatInput(Input):
    """With `conversation_id` the last message is asked there, and what came before is what is kept there."""

    provider: ProviderWord | None = None
    profile_id: RowId | None = None
    model: ModelName | None = None
    messages: Messages
    options: Options | None = None
    stream: bool = False
    conversation_id: RowId | None = None


class TargetInput(Input):
    """One of several that are asked the same; its options stand above those for all."""

    provider: ProviderWord | None = None
    profile_id: RowId | None = None
    model: ModelName | None = None
    options: Options | None = None


class CompareInput(Input):
    """`prompt` is short for one message of the user."""

    messages: Messages | None = None
    prompt: Annotated[str, Field(min_length=1, max_length=MOST_LETTERS)] | None = None
    targets: Annotated[list[TargetInput], Field(min_length=2, max_length=8)]
    options: Options | None = None
    stream: bool = False

    @model_validator(mode="after")
    def _has_one_question(self) -> "CompareInput":
        if (self.messages is None) == (self.prompt is None):
            raise ValueError("give either messages or prompt")
        return self


class TokenCounts(Answer):
    """As the provider counted them; null is unknown."""

    input_tokens: int | None
    output_tokens: int | None
    total_tokens: int | None
    cached_tokens: int | None
    reasoning_tokens: int | None


Dollars = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]


class ChatAnswer(Answer):
    """`response` is the same as `content`; `cost_usd` null is an unknown price."""

    role: MessageRole
    content: str
    response: str
    provider: Provider
    model: str
    usage: TokenCounts
    finish_reason: FinishReason
    duration_ms: int
    cost_usd: Dollars | None
    conversation_id: UUID | None
    message_id: UUID | None


class TargetFailure(Answer):
    """The error of this target alone, as an error envelope says it."""

    error: str
    code: str
    statusCode: int  # noqa: N815 - the documented name


class TargetAnswer(Answer):
    """Either `answer` or `error`; `provider` and `model` are those that were asked."""

    index: int
    provider: Provider | None
    model: str | None
    answer: ChatAnswer | None
    error: TargetFailure | None
    duration_ms: int
    cost_usd: Dollars | None


class SourceModel(Answer):
    model_id: str
    name: str | None
    input_modalities: list[Modality]
    output_modalities: list[Modality]


class SourceOut(Answer):
    """A place to chat with. `is_default`: the one that is used where only its provider is named."""

    kind: SourceKind
    provider: Provider
    name: str
    profile_id: UUID | None
    default_model: str | None
    models: list[SourceModel]
    capabilities: list[Capability]
    is_default: bool
