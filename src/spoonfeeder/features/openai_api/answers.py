"""An answer in OpenAI's form, whole or piece by piece."""

import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from spoonfeeder.core.error_forms import OPENAI_DOOR, formed
from spoonfeeder.core.errors import AppError
from spoonfeeder.core.server_sent_events import event
from spoonfeeder.core.vocabulary import FinishReason
from spoonfeeder.features.calls.call import Answering
from spoonfeeder.features.openai_api.schemas import AnswerMessage, Choice, Completion, UsageOut
from spoonfeeder.providers.base import Finish, TextDelta, Usage

Reason = Literal["stop", "length", "content_filter"]
_REASONS: Mapping[FinishReason, Reason] = {
    FinishReason.STOP: "stop",
    FinishReason.LENGTH: "length",
    FinishReason.CONTENT_FILTER: "content_filter",
    FinishReason.REFUSAL: "content_filter",
    FinishReason.OTHER: "stop",
}
DONE = event(b"[DONE]")


@dataclass(frozen=True)
class Telling:
    """`model` is what the client called it."""

    answering: Answering
    model: str
    created: int = field(default_factory=lambda: int(time.time()))

    @property
    def id(self) -> str:
        return f"chatcmpl-{self.answering.call.id.hex}"

    async def whole(self) -> Completion:
        """Raises ProviderError."""
        text = await self.answering.text()
        choice = Choice(message=AnswerMessage(content=text), finish_reason=reason_of(self.answering.finish))
        usage = usage_of(self.answering.usage)
        return Completion(id=self.id, created=self.created, model=self.model, choices=[choice], usage=usage)

    async def chunks(self, *, with_usage: bool) -> AsyncGenerator[bytes]:
        """Server-Sent Events; nothing comes before the model has begun to answer. Raises ProviderError."""
        more = {"usage": None} if with_usage else {}
        has_begun = False
        async with aclosing(self.answering.deltas()) as deltas:
            async for delta in deltas:
                if not has_begun:
                    has_begun = True
                    yield self._chunk([_choice({"role": "assistant", "content": ""})], more)
                if isinstance(delta, TextDelta):
                    yield self._chunk([_choice({"content": delta.text})], more)
        yield self._chunk([_choice({}, reason_of(self.answering.finish))], more)
        if with_usage:
            usage = usage_of(self.answering.usage)
            yield self._chunk([], {"usage": usage.model_dump() if usage else None})
        yield DONE

    def _chunk(self, choices: list[dict[str, Any]], more: Mapping[str, Any]) -> bytes:
        head = {"id": self.id, "object": "chat.completion.chunk", "created": self.created, "model": self.model}
        return event(orjson.dumps({**head, "choices": choices, **more}))


def _choice(delta: dict[str, str], finish_reason: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}


def reason_of(finish: Finish | None) -> Reason:
    return _REASONS[finish.reason] if finish else "stop"


def usage_of(usage: Usage) -> UsageOut | None:
    """None where the provider told only a part, since clients add these numbers up."""
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    return UsageOut(
        prompt_tokens=usage.input_tokens,
        completion_tokens=usage.output_tokens,
        total_tokens=usage.total_tokens or usage.input_tokens + usage.output_tokens,
        prompt_tokens_details={"cached_tokens": usage.cached_tokens or 0},
        completion_tokens_details={"reasoning_tokens": usage.reasoning_tokens or 0},
    )


def last_words(error: AppError) -> bytes:
    """How a stream ends that breaks off."""
    return event(orjson.dumps(formed(OPENAI_DOOR, error.envelope())[1]))
