"""OpenAI's chat completions on the wire: what is sent, and what the pieces of an answer mean.

https://platform.openai.com/docs/api-reference/chat; the structs name what is used, all else is skipped (R28).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from spoonfeeder.core.vocabulary import FinishReason
from spoonfeeder.providers.base import ChatMessage, Delta, Embeddings, Finish, Picture, TextDelta, Usage
from spoonfeeder.providers.errors import Broken
from spoonfeeder.providers.failures import Refusal
from spoonfeeder.providers.pictures import encoded

_FINISH_REASONS = {
    "stop": FinishReason.STOP,
    "eos": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "max_tokens": FinishReason.LENGTH,
    "content_filter": FinishReason.CONTENT_FILTER,
    "refusal": FinishReason.REFUSAL,
}


class Part(msgspec.Struct):
    """Some servers send content as parts; those that are not text have none."""

    text: str | None = None


class Said(msgspec.Struct):
    """A piece of an answer, or the whole of one that was not streamed."""

    content: str | list[Part] | None = None
    refusal: str | None = None


class Choice(msgspec.Struct):
    index: int = 0
    delta: Said | None = None
    message: Said | None = None
    finish_reason: str | None = None


class Chunk(msgspec.Struct):
    choices: list[Choice] | None = None
    model: str | None = None
    usage: Any = None
    error: Any = None


class _Cached(msgspec.Struct):
    cached_tokens: int | None = None


class _Reasoned(msgspec.Struct):
    reasoning_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    prompt_tokens_details: _Cached | None = None
    completion_tokens_details: _Reasoned | None = None


class _Vector(msgspec.Struct):
    embedding: list[float]
    index: int = 0


class _Vectors(msgspec.Struct):
    data: list[_Vector]
    model: str | None = None
    usage: Any = None


def usage_of(raw: Any) -> Usage | None:
    """None where nothing is said, or nothing that can be understood."""
    try:
        told = msgspec.convert(raw, _Usage)
    except msgspec.ValidationError:
        return None
    cached, reasoned = told.prompt_tokens_details, told.completion_tokens_details
    return Usage(
        input_tokens=told.prompt_tokens,
        output_tokens=told.completion_tokens,
        total_tokens=told.total_tokens,
        cached_tokens=cached.cached_tokens if cached else None,
        reasoning_tokens=reasoned.reasoning_tokens if reasoned else None,
    )


class Answer:
    """What the chunks of one answer come to."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._usage: Usage | None = None
        self._reason: str | None = None
        self._refused = False

    @property
    def is_finished(self) -> bool:
        """The provider has said why it ended; only the usage may follow (R24)."""
        return self._reason is not None

    def deltas(self, chunk: Chunk) -> Iterator[Delta]:
        self._model = chunk.model or self._model
        for choice in chunk.choices or ():
            said = choice.delta or choice.message
            if said is not None and choice.index == 0 and (text := self._text_of(said)):
                yield TextDelta(text)
            self._reason = choice.finish_reason or self._reason
        usage = usage_of(chunk.usage) if chunk.usage is not None else None
        if usage is not None and usage != self._usage:
            self._usage = usage
            yield usage

    def finish(self) -> Finish:
        reason = _FINISH_REASONS.get(self._reason or "stop", FinishReason.OTHER)
        if self._refused and reason is FinishReason.STOP:
            reason = FinishReason.REFUSAL
        return Finish(reason, self._model)

    def _text_of(self, said: Said) -> str:
        """What is meant for the reader; a refusal is said too."""
        content = said.content or ""
        if not isinstance(content, str):
            content = "".join(part.text or "" for part in content)
        if said.refusal:
            self._refused = True
            content += said.refusal
        return content


def embeddings_of(body: bytes, model: str, count: int) -> Embeddings:
    """Raises Broken, also where there is not one vector for each text."""
    try:
        told = msgspec.json.decode(body, type=_Vectors)
    except (ValueError, RecursionError):
        raise Broken("The server's embeddings are not in OpenAI's form.") from None
    vectors = [item.embedding for item in sorted(told.data, key=lambda item: item.index)]
    if len(vectors) != count:
        raise Broken(f"The server answered with {len(vectors)} embeddings for {count} texts.")
    return Embeddings(vectors, told.model or model, usage_of(told.usage) or Usage())


def refusal_of(body: Any, status: int | None, retry_after_seconds: float | None = None) -> Refusal:
    """The error in a body: OpenAI's object below "error", vLLM's without it, or a bare sentence.

    Without a status, in the midst of a stream, the code may be one; else it is the provider's own failure.
    """
    inner = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(inner, dict):
        return Refusal(status or 500, message=str(inner or "")[:2000], retry_after_seconds=retry_after_seconds)
    code, param, nested = inner.get("code"), inner.get("param"), inner.get("innererror")
    words = (code, inner.get("type"), nested.get("code") if isinstance(nested, dict) else None)
    told = code if isinstance(code, int) and 400 <= code < 600 else 500
    return Refusal(
        status=status or told,
        codes=tuple(word for word in words if isinstance(word, str)),
        param=param if isinstance(param, str) else None,
        message=str(inner.get("message") or inner.get("detail") or "")[:2000],
        retry_after_seconds=retry_after_seconds,
    )


def messages_to(messages: Sequence[ChatMessage]) -> list[dict[str, Any]]:
    return [_message_to(message) for message in messages]


def _message_to(message: ChatMessage) -> dict[str, Any]:
    """Plain text stays a string, which every compatible server takes."""
    if all(isinstance(part, str) for part in message.parts):
        return {"role": message.role.value, "content": message.text}
    return {"role": message.role.value, "content": [_part_to(part) for part in message.parts]}


def _part_to(part: str | Picture) -> Mapping[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    return {"type": "image_url", "image_url": {"url": f"data:{part.media_type};base64,{encoded(part)}"}}
