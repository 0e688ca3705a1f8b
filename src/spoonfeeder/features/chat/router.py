"""Chats of which nothing is kept here but what they cost."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from fastapi import Request
from starlette.responses import Response

from spoonfeeder.core.door.routes import JsonRoute
from spoonfeeder.core.late_answers import Later
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Ok, failures
from spoonfeeder.core.server_sent_events import EventStream
from spoonfeeder.core.vocabulary import Purpose
from spoonfeeder.features.auth.depends import ChatWork, ReadWork
from spoonfeeder.features.calls.call import Answering
from spoonfeeder.features.chat import comparing, places
from spoonfeeder.features.chat.answers import events_of, whole_answer
from spoonfeeder.features.chat.asking import ready_call
from spoonfeeder.features.chat.conversations.depends import AnswersDep
from spoonfeeder.features.chat.conversations.following import follow_asked
from spoonfeeder.features.chat.in_conversation import answer_there, ask_there
from spoonfeeder.features.chat.parts import spoken
from spoonfeeder.features.chat.schemas import ChatAnswer, ChatInput, CompareInput, SourceOut, TargetAnswer

router = Router(prefix="/api/chat", tags=["chat"], route_class=JsonRoute)

STREAMED: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
        "description": "The answer; with `stream` the events `delta`, `usage`, `done` or `error`",
    },
    **failures(402, 502, 504),
}


@router.post("", response_model=Ok[ChatAnswer], responses=STREAMED)
async def chat(work: ChatWork, answers: AnswersDep, request: Request, data: ChatInput) -> Response:
    """The call ends when the reader leaves; with `conversation_id` it goes on, and its answer is kept there."""
    if data.conversation_id is not None:
        asked = await ask_there(work, answers, data.conversation_id, data)
        return EventStream(follow_asked(asked)) if data.stream else _later(partial(answer_there, asked))
    call = await ready_call(work, data, await spoken(work, data.messages), Purpose.CHAT)
    request.state.provider = call.source.provider
    answering = Answering(work.runtime, work.user, call)
    return EventStream(events_of(answering)) if data.stream else _later(partial(whole_answer, answering))


@router.get("/sources")
async def list_chat_sources(work: ReadWork) -> Ok[list[SourceOut]]:
    """Where one can chat; nobody is asked whether he answers."""
    return Ok(data=await places.list_places(work))


@router.post("/compare", response_model=Ok[list[TargetAnswer]], responses=STREAMED)
async def compare(work: ChatWork, data: CompareInput) -> Response:
    """Two to eight models are asked the same at once; all calls end when the reader leaves."""
    contestants = await comparing.line_up(work, data)
    if data.stream:
        return EventStream(comparing.all_events(contestants))
    return _later(partial(comparing.all_answers, contestants))


def _later(make: Callable[[], Awaitable[object]]) -> Response:
    async def answer() -> Response:
        body = Ok[Any](data=await make())
        return Response(body.model_dump_json(), media_type="application/json")

    return Later(answer)
