"""`/api/conversations/{id}/messages`, and what asks, asks again and stops."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import Header, Query
from starlette.responses import Response

from spoonfeeder.core.door.routes import JsonRoute
from spoonfeeder.core.late_answers import Later
from spoonfeeder.core.pagination import PageNumber, PageSize
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Ok, Pagination
from spoonfeeder.core.server_sent_events import EventStream
from spoonfeeder.core.vocabulary import MessageRole, MessageStatus
from spoonfeeder.durable.idempotency import KeyInFlight, Once
from spoonfeeder.features.auth.depends import ChatWork, ReadWork, WriteWork
from spoonfeeder.features.auth.once import OnceDep, once_only
from spoonfeeder.features.chat.conversations import asking, following, rows, service, stopping, tree
from spoonfeeder.features.chat.conversations.answer import ok
from spoonfeeder.features.chat.conversations.asking import Said, Wish
from spoonfeeder.features.chat.conversations.depends import AnswersDep
from spoonfeeder.features.chat.conversations.schemas import (
    Asked,
    AskedInput,
    MessageOut,
    MessagePage,
    MessagePatch,
    NewMessage,
    RegenerateInput,
    StopInput,
)
from spoonfeeder.features.chat.conversations.writing import Answers
from spoonfeeder.features.chat.parts import kept_parts
from spoonfeeder.features.chat.schemas import Content
from spoonfeeder.work import Work, open_work

router = Router(prefix="/api/conversations/{conversation_id}", tags=["conversations"], route_class=JsonRoute)
STREAM = {"text/event-stream": {"schema": {"type": "string"}}}
MOST_LETTERS = 100_000_000
Made = asking.Asked | UUID
ANSWERED: Any = {"response_model": Ok[Asked], "responses": {201: {"content": STREAM}}}


class Place(NamedTuple):
    conversation_id: UUID
    stream: bool


@router.get("/messages")
async def list_messages(
    work: ReadWork, conversation_id: UUID, page: PageNumber = 1, limit: PageSize = 20
) -> MessagePage:
    """Those of the shown path, the first ones first."""
    head_id = (await service.get(work, conversation_id)).head_id
    messages = await tree.read(work, conversation_id)
    path = messages.path(head_id)
    listed = await rows.shown(work, conversation_id, messages, path[(page - 1) * limit : page * limit])
    return MessagePage(data=listed, pagination=Pagination.of(page=page, limit=limit, total=len(path)))


@router.post("/messages", status_code=201, **ANSWERED)
async def post_message(
    work: ChatWork, once: OnceDep, answers: AnswersDep, conversation_id: UUID, data: NewMessage
) -> Response:
    """Asks, and answers when the model has, or as a stream; with `role` the message is only kept."""

    async def create() -> asking.Asked | UUID:
        said = await _said(work, conversation_id, data.content)
        if data.role is not None:
            return await asking.keep(work, conversation_id, data.role, said, parent_id=data.parent_id)
        return await asking.ask(work, answers, conversation_id, said, _wish(data), parent_id=data.parent_id)

    return await _once(work, once, answers, create, Place(conversation_id, data.stream))


@router.post("/regenerate", status_code=201, **ANSWERED)
async def regenerate_message(
    work: ChatWork, once: OnceDep, answers: AnswersDep, conversation_id: UUID, data: RegenerateInput
) -> Response:
    """Another answer; the former ones stay beside it."""
    create = partial(asking.regenerate, work, answers, conversation_id, data.message_id, _wish(data))
    return await _once(work, once, answers, create, Place(conversation_id, data.stream))


@router.patch("/messages/{message_id}", status_code=201, **ANSWERED)
async def edit_message(
    work: ChatWork, answers: AnswersDep, conversation_id: UUID, message_id: UUID, data: MessagePatch
) -> Response:
    """A new message beside the old one, which stays; `answer` asks the model at once."""
    said = await _said(work, conversation_id, data.content)
    wish = _wish(data) if data.answer else None
    made = await asking.edit(work, answers, conversation_id, message_id, said, wish)
    return await _answer(work, made, Place(conversation_id, data.stream))


@router.post("/stop", response_model=Ok[MessageOut])
async def stop_message(work: WriteWork, answers: AnswersDep, conversation_id: UUID, data: StopInput) -> Response:
    """The message as it ended: usually `cancelled`, with the text that had come."""
    runtime, actor = work.runtime, work.user
    message_id = await stopping.stop(work, answers, conversation_id, data.message_id)

    async def stopped() -> Response:
        await stopping.wait_for_end(runtime, answers, actor, message_id)
        async with open_work(runtime, actor) as again:
            messages = await tree.read(again, conversation_id)
            [message] = await rows.shown(again, conversation_id, messages, [messages.get(message_id)])
            return ok(message)

    return Later(stopped)


@router.get("/messages/{message_id}/stream", response_class=Response, responses={200: {"content": STREAM}})
async def stream_message(
    work: ReadWork,
    answers: AnswersDep,
    conversation_id: UUID,
    message_id: UUID,
    offset: Annotated[int | None, Query(ge=0, le=MOST_LETTERS)] = None,
    last_event_id: Annotated[int | None, Header(alias="Last-Event-ID", ge=0, le=MOST_LETTERS)] = None,
) -> Response:
    """What follows `offset`, in code points, or the event that was read last; then the end, when it comes."""
    await service.get(work, conversation_id)
    message = await rows.get(work, conversation_id, message_id)
    begin = offset if offset is not None else last_event_id or 0
    return EventStream(following.follow(work.runtime, answers, work.user, message, begin))


def _wish(data: AskedInput) -> Wish:
    return Wish(data.provider, data.profile_id, data.model, data.options)


async def _said(work: Work, conversation_id: UUID, content: Content) -> Said:
    """No file is kept for a conversation that does not exist. Raises ConversationNotFound, Invalid."""
    await service.get(work, conversation_id)
    return Said(*await kept_parts(work, content, "content"))


async def _once(
    work: Work,
    once: Once,
    answers: Answers,
    create: Callable[[], Awaitable[Made]],
    place: Place,
) -> Response:
    """A repeat answers what the first one made, as it is now. Raises KeyInFlight while that is being written."""
    made: list[Made] = []

    async def resource() -> UUID:
        made.append(await create())
        return _id_of(made[0])

    message_id, headers = await once_only(work, once, "message", resource)
    if made:
        return await _answer(work, made[0], place)
    await service.get(work, place.conversation_id)
    row = await rows.get(work, place.conversation_id, message_id)
    if row.status == MessageStatus.STREAMING:
        raise KeyInFlight
    if place.stream and row.role == MessageRole.ASSISTANT:
        again: Response = EventStream(following.follow(work.runtime, answers, work.user, row))
        again.headers.update(headers)
        return again
    return ok(await rows.asked(work, place.conversation_id, message_id), 201, headers)


def _id_of(made: Made) -> UUID:
    return made.message_id if isinstance(made, asking.Asked) else made


async def _answer(work: Work, made: Made, place: Place) -> Response:
    """Of what is only kept at once; of an answer when it has ended, or while it is written."""
    if not isinstance(made, asking.Asked):
        return ok(await rows.asked(work, place.conversation_id, made), 201)
    if place.stream:
        return EventStream(following.follow_asked(made))
    runtime, actor, asked = work.runtime, work.user, made

    async def ended() -> Response:
        await asked.live.ended()
        async with open_work(runtime, actor) as again:
            return ok(await rows.asked(again, place.conversation_id, asked.message_id), 201)

    return Later(ended)
