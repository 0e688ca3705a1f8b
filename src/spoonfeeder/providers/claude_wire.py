"""What goes over the wire to Claude and comes back, and how it is read (https://docs.claude.com/en/api/messages)."""

import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any, Final

import msgspec
import orjson
from anthropic.types.message_create_params import MessageCreateParamsBase

from spoonfeeder.core.vocabulary import FinishReason, MessageRole, Modality
from spoonfeeder.providers.base import ChatMessage, ChatRequest, ModelInfo, Picture, Usage
from spoonfeeder.providers.errors import Rejected, option_not_supported
from spoonfeeder.providers.failures import Refusal
from spoonfeeder.providers.pictures import encoded, made_beside
from spoonfeeder.providers.reserved import RESERVED_OPTIONS

DEFAULT_MAX_TOKENS: Final = 8192
"""Claude wants a number, and every model of today can answer that much (docs/api.md, "chat")."""

_TAKEN: Final = frozenset(MessageCreateParamsBase.__annotations__) - RESERVED_OPTIONS - {"system"}
_FINISH_REASONS: Final = {
    "end_turn": FinishReason.STOP,
    "stop_sequence": FinishReason.STOP,
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    "refusal": FinishReason.REFUSAL,
}


_BROADER: Final = {"not_found_error": "model_not_found", "request_too_large": "context_length_exceeded"}
_CASES: Final = (
    (re.compile(r"credit balance|spend_limit_reached", re.IGNORECASE), "billing_error"),
    (re.compile(r"content filter", re.IGNORECASE), "content_filter"),
)
"""What `failures` calls the cases that Anthropic tells only in words."""
_PARAMETER: Final = re.compile(r"([a-z][a-z0-9_]{0,40})[.:]")


class OutputDetails(msgspec.Struct):
    thinking_tokens: int | None = None


class Tokens(msgspec.Struct):
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    output_tokens_details: OutputDetails | None = None


class Message(msgspec.Struct):
    model: str | None = None
    usage: Tokens | None = None


class Piece(msgspec.Struct):
    """A delta, or the block that deltas will follow."""

    type: str = ""
    text: str | None = None
    stop_reason: str | None = None


class ErrorDetails(msgspec.Struct):
    error_code: str | None = None


class ErrorObject(msgspec.Struct):
    type: str = ""
    message: str = ""
    details: ErrorDetails | None = None


class Event(msgspec.Struct):
    """Any event of the stream; which fields are there depends on its type."""

    type: str = ""
    message: Message | None = None
    content_block: Piece | None = None
    delta: Piece | None = None
    usage: Tokens | None = None
    error: ErrorObject | None = None

    @property
    def text(self) -> str | None:
        """Without the model's thoughts."""
        if self.type == "content_block_delta" and self.delta and self.delta.type == "text_delta":
            return self.delta.text
        if self.type == "content_block_start" and self.content_block and self.content_block.type == "text":
            return self.content_block.text
        return None


class Supported(msgspec.Struct):
    supported: bool = False


class ModelCapabilities(msgspec.Struct):
    image_input: Supported | None = None


class Model(msgspec.Struct):
    id: str
    display_name: str | None = None
    created_at: str | None = None
    lifecycle: str | None = None
    max_input_tokens: int | None = None
    max_tokens: int | None = None
    capabilities: ModelCapabilities | None = None


class ModelsPage(msgspec.Struct):
    data: list[Model]
    has_more: bool | None = None
    last_id: str | None = None


EVENT_TYPES: Final = frozenset(
    {"message_start", "content_block_start", "content_block_delta", "message_delta", "message_stop", "error"}
)


async def body_of(request: ChatRequest) -> bytes:
    """What is posted; many MiB of pictures are put into it beside the loop. Raises Invalid (422), Rejected."""
    options = _options(request.options)
    return await made_beside(request.messages, lambda: _body(request, options))


def _body(request: ChatRequest, options: dict[str, Any]) -> bytes:
    system = [message.text for message in request.messages if message.role is MessageRole.SYSTEM and message.text]
    body: dict[str, Any] = {"max_tokens": DEFAULT_MAX_TOKENS, **options}
    if system:
        body["system"] = "\n\n".join(system)
    try:
        return orjson.dumps({**body, "model": request.model, "stream": True, "messages": _messages(request.messages)})
    except TypeError:
        raise Rejected("One of the options holds what JSON cannot hold.") from None


def _options(options: Mapping[str, Any]) -> dict[str, Any]:
    taken: dict[str, Any] = {}
    for name, value in options.items():
        if name == "stop":
            taken["stop_sequences"] = [value] if isinstance(value, str) else value
        elif name in _TAKEN:
            taken[name] = value
        else:
            raise option_not_supported(name, "Claude")
    return {name: value for name, value in taken.items() if value is not None}


def _messages(messages: Iterable[ChatMessage]) -> list[dict[str, Any]]:
    """Turns alternate, and none is empty: Claude refuses empty blocks."""
    turns = [(str(message.role), _blocks(message)) for message in messages if message.role is not MessageRole.SYSTEM]
    alternating = groupby((turn for turn in turns if turn[1]), key=lambda turn: turn[0])
    return [{"role": role, "content": [block for _, blocks in same for block in blocks]} for role, same in alternating]


def _blocks(message: ChatMessage) -> list[dict[str, Any]]:
    return [_block(part) for part in message.parts if part]


def _block(part: str | Picture) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    return {"type": "image", "source": {"type": "base64", "media_type": part.media_type, "data": encoded(part)}}


def usage_of(start: Tokens, end: Tokens) -> Usage:
    """The later counts stand where both have them; Claude counts what its cache held apart from the other input.

    Of the output only the end tells how much there was.
    """
    cached = _later(start.cache_read_input_tokens, end.cache_read_input_tokens)
    written = _later(start.cache_creation_input_tokens, end.cache_creation_input_tokens)
    fresh = _later(start.input_tokens, end.input_tokens)
    output, details = end.output_tokens, end.output_tokens_details
    read = None if fresh is None else fresh + (cached or 0) + (written or 0)
    total = None if read is None or output is None else read + output
    return Usage(read, output, total, cached, details.thinking_tokens if details else None)


def _later(first: int | None, second: int | None) -> int | None:
    return first if second is None else second


def finish_reason(stop_reason: str | None) -> FinishReason:
    return _FINISH_REASONS.get(stop_reason or "", FinishReason.OTHER)


def error_in(body: Any) -> ErrorObject | None:
    """What an answer with an error status says."""
    try:
        return msgspec.convert(body, Event).error
    except msgspec.ValidationError:
        return None


def refusal_of(told: ErrorObject | None, status: int, retry_after_seconds: float | None = None) -> Refusal:
    error = told or ErrorObject()
    code = (error.details and error.details.error_code) or ""
    return Refusal(
        400 if error.type == "invalid_request_error" else status,
        codes=(_BROADER.get(error.type, error.type), *_plain_words(f"{code} {error.message}")),
        param=found[1] if (found := _PARAMETER.match(error.message)) else None,
        message=error.message,
        retry_after_seconds=retry_after_seconds,
    )


def _plain_words(text: str) -> list[str]:
    return [name for pattern, name in _CASES if pattern.search(text)]


def model_info(model: Model) -> ModelInfo:
    """An older server tells no capabilities; every model of Claude's that it may have sees images."""
    told = model.capabilities.image_input if model.capabilities else None
    sees = told is None or told.supported
    details = {
        name: value
        for name in ("created_at", "lifecycle", "max_input_tokens", "max_tokens")
        if (value := getattr(model, name)) is not None
    }
    modalities = (Modality.TEXT, Modality.IMAGE) if sees else (Modality.TEXT,)
    return ModelInfo(model.id, model.display_name, modalities, details=details)
