"""Bodies and answers as OpenAI defines them, as far as this server goes along."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from spoonfeeder.core.schema import Answer

ModelName = Annotated[str, Field(min_length=1, max_length=600, description="`<profile>/<model>`")]
Stop = str | Annotated[list[str], Field(max_length=100)]


class Given(BaseModel):
    """Names that are not ours go to the provider, which may refuse them."""

    model_config = ConfigDict(extra="allow", strict=True)


class ImageUrl(BaseModel):
    url: str


class Part(BaseModel):
    """A piece of a message; pictures are `data:` URLs."""

    type: Literal["text", "image_url", "refusal"]
    text: str | None = None
    image_url: ImageUrl | str | None = None
    refusal: str | None = None


class Message(Given):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None


class StreamOptions(Given):
    include_usage: bool | None = None


class CompletionInput(Given):
    model: ModelName
    messages: Annotated[list[Message], Field(min_length=1, max_length=5_000)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    stop: Stop | None = None
    seed: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    response_format: dict[str, Any] | None = None


class EmbeddingsInput(Given):
    model: ModelName
    input: Annotated[str, Field(min_length=1)] | Annotated[list[str], Field(min_length=1, max_length=2_048)]
    encoding_format: Literal["float", "base64"] | None = None
    dimensions: Annotated[int, Field(ge=1, le=100_000)] | None = None


class AnswerMessage(Answer):
    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None


class Choice(Answer):
    index: int = 0
    message: AnswerMessage
    logprobs: None = None
    finish_reason: Literal["stop", "length", "content_filter"]


class UsageOut(Answer):
    """In tokens, as the provider counted them."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: dict[str, int]
    completion_tokens_details: dict[str, int]


class Completion(Answer):
    """`usage` is null where the provider counts nothing."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: UsageOut | None


class ModelOut(Answer):
    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str


class ModelList(Answer):
    object: Literal["list"] = "list"
    data: list[ModelOut]


class EmbeddingOut(Answer):
    """`embedding` is a list of numbers, or base64 of 32-bit floats, little end first."""

    object: Literal["embedding"] = "embedding"
    index: int
    embedding: list[float] | str


class EmbeddingUsage(Answer):
    prompt_tokens: int | None
    total_tokens: int | None


class EmbeddingList(Answer):
    object: Literal["list"] = "list"
    data: list[EmbeddingOut]
    model: str
    usage: EmbeddingUsage
