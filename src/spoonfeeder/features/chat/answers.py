"""The answer of a model: whole, or as events while it comes."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import asdict
from typing import Any

import orjson

from spoonfeeder.core.server_sent_events import event
from spoonfeeder.core.vocabulary import FinishReason, MessageRole
from spoonfeeder.features.calls.call import Answering
from spoonfeeder.features.chat.schemas import ChatAnswer, TokenCounts
from spoonfeeder.providers.base import TextDelta


def answer_of(answering: Answering, text: str) -> ChatAnswer:
    """To be asked for when it has ended."""
    call, finish = answering.call, answering.finish
    return ChatAnswer(
        role=MessageRole.ASSISTANT,
        content=text,
        response=text,
        provider=call.source.provider,
        model=finish.model if finish else call.request.model,
        usage=TokenCounts(**asdict(answering.usage)),
        finish_reason=finish.reason if finish else FinishReason.OTHER,
        duration_ms=answering.duration_ms,
        cost_usd=answering.cost_usd,
        conversation_id=None,
        message_id=None,
    )


async def whole_answer(answering: Answering) -> ChatAnswer:
    """Raises ProviderError, Invalid."""
    text = await answering.text()
    return answer_of(answering, text)


async def events_of(answering: Answering, **more: Any) -> AsyncGenerator[bytes]:
    """`delta` for every piece of text, then `usage` and `done`; `more` stands in each. Raises ProviderError."""
    offset = 0
    async with aclosing(answering.deltas()) as deltas:
        async for delta in deltas:
            if isinstance(delta, TextDelta) and delta.text:
                offset += len(delta.text)
                told = orjson.dumps({"text": delta.text, **more})
                yield b"event: delta\nid: %d\ndata: %b\n\n" % (offset, told)
    for name, data in endings(answer_of(answering, "")):
        yield event(orjson.dumps({**data, **more}), name=name)


def endings(answer: ChatAnswer) -> list[tuple[str, dict[str, Any]]]:
    """What the last two events say: `usage`, and as `done` all of the answer but its text."""
    data = answer.model_dump(mode="json", exclude={"content", "response"})
    return [("usage", data["usage"]), ("done", data)]
