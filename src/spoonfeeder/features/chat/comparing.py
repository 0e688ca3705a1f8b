"""Several models asked the same at once; what goes wrong with one is told as its answer."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import orjson

from spoonfeeder.core.errors import AppError
from spoonfeeder.core.server_sent_events import event, meaning_of
from spoonfeeder.core.vocabulary import MessageRole, Purpose
from spoonfeeder.core.waiting_events import WaitingEvents
from spoonfeeder.features.calls.call import Answering
from spoonfeeder.features.chat.answers import answer_of, events_of
from spoonfeeder.features.chat.asking import ready_call
from spoonfeeder.features.chat.parts import spoken
from spoonfeeder.features.chat.schemas import CompareInput, MessageInput, TargetAnswer, TargetFailure, TargetInput
from spoonfeeder.providers.base import ChatMessage
from spoonfeeder.work import Work


@dataclass(frozen=True, slots=True)
class Contestant:
    """Who is asked, or why it cannot be."""

    index: int
    target: TargetInput
    asked: Answering | AppError


async def line_up(work: Work, data: CompareInput) -> list[Contestant]:
    """Raises Invalid about the messages only."""
    question = data.messages or [MessageInput(role=MessageRole.USER, content=data.prompt or "")]
    messages = await spoken(work, question)
    return [
        Contestant(index, target, await _asked(work, target, messages, data.options or {}))
        for index, target in enumerate(data.targets)
    ]


async def _asked(
    work: Work, target: TargetInput, messages: Sequence[ChatMessage], options: dict[str, Any]
) -> Answering | AppError:
    try:
        async with work.session.begin_nested():
            call = await ready_call(work, target, messages, Purpose.COMPARE, general_options=options)
    except AppError as refusal:
        return refusal
    return Answering(work.runtime, work.user, call)


async def all_answers(contestants: Sequence[Contestant]) -> list[TargetAnswer]:
    """In the order of the targets. Cancelled, it ends all calls."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_answer(contestant)) for contestant in contestants]
    return [task.result() for task in tasks]


async def _answer(contestant: Contestant) -> TargetAnswer:
    asked = contestant.asked
    if isinstance(asked, AppError):
        return _shown(contestant, asked)
    try:
        text = await asked.text()
    except Exception as error:  # noqa: BLE001 - one failure is not to end the others
        return _shown(contestant, meaning_of(error))
    return _shown(contestant, None, text)


def _shown(contestant: Contestant, error: AppError | None, text: str = "") -> TargetAnswer:
    asked, target = contestant.asked, contestant.target
    call = None if isinstance(asked, AppError) else asked.call
    return TargetAnswer(
        index=contestant.index,
        provider=call.source.provider if call else target.provider,
        model=call.request.model if call else target.model,
        answer=None if isinstance(asked, AppError) or error else answer_of(asked, text),
        error=TargetFailure(error=error.message, code=error.code, statusCode=error.status) if error else None,
        duration_ms=0 if isinstance(asked, AppError) else asked.duration_ms,
        cost_usd=None if isinstance(asked, AppError) else asked.cost_usd,
    )


async def all_events(contestants: Sequence[Contestant]) -> AsyncGenerator[bytes]:
    """Those of each with its `index`, an `error` in the place of what failed; at the end a `done` of all."""
    waiting = WaitingEvents()
    tasks = [asyncio.create_task(_tell(contestant, waiting)) for contestant in contestants]
    ending = asyncio.gather(*tasks)
    ending.add_done_callback(lambda _: waiting.end())
    try:
        while events := await waiting.take():
            yield events
        failed = ending.result().count(False)
    finally:
        ending.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    counted = {"index": None, "answered": len(contestants) - failed, "failed": failed}
    yield event(orjson.dumps(counted), name="done")


async def _tell(contestant: Contestant, waiting: WaitingEvents) -> bool:
    """False where it failed."""
    index, asked = contestant.index, contestant.asked
    try:
        if isinstance(asked, AppError):
            raise asked
        async with aclosing(events_of(asked, index=index)) as events:
            async for one in events:
                await waiting.put(one)
    except Exception as error:  # noqa: BLE001 - one failure is not to end the others
        await waiting.put(event(orjson.dumps({**meaning_of(error).envelope(), "index": index}), name="error"))
        return False
    return True
