"""`/api/conversations`."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from spoonfeeder.core.door.routes import JsonRoute
from spoonfeeder.core.late_answers import Later
from spoonfeeder.core.pagination import MOST_ROWS
from spoonfeeder.core.routing import Router
from spoonfeeder.core.schema import Done, Ok
from spoonfeeder.features.auth.depends import ChatWork, ReadWork, WriteWork
from spoonfeeder.features.auth.once import OnceDep, once_only
from spoonfeeder.features.chat.conversations import export, naming, rows, search, service, tree
from spoonfeeder.features.chat.conversations.answer import ok
from spoonfeeder.features.chat.conversations.schemas import (
    ConversationFound,
    ConversationInput,
    ConversationOut,
    ConversationPatch,
    ConversationWithMessages,
    ExportFormat,
)
from spoonfeeder.work import open_work

router = Router(prefix="/api/conversations", tags=["conversations"], route_class=JsonRoute)
FOUND_ROWS = 50
FILES = {"text/markdown": {"schema": {"type": "string"}}}


@router.get("")
async def list_conversations(
    work: ReadWork,
    q: Annotated[str | None, Query(max_length=500)] = None,
    project_id: Annotated[UUID | None, Query()] = None,
    limit: Annotated[int | None, Query(ge=1, le=MOST_ROWS)] = None,
) -> Ok[list[ConversationFound]]:
    """The most recently active first; with `q` those in which it stands, at most 50 unless `limit` says more."""
    if q is None or not q.strip():
        listed = await service.list_conversations(work, project_id=project_id, limit=limit or MOST_ROWS)
        found = [row | {"match": None} for row in listed]
    else:
        found = await search.search(work, q, project_id=project_id, limit=limit or FOUND_ROWS)
    return Ok(data=[ConversationFound.model_validate(row) for row in found])


@router.post("", status_code=201)
async def create_conversation(
    work: WriteWork, once: OnceDep, response: Response, data: ConversationInput
) -> Ok[ConversationOut]:
    conversation_id, headers = await once_only(work, once, "conversation", partial(service.create, work, data))
    response.headers.update(headers)
    return Ok(data=await service.show(work, conversation_id))


@router.get("/{conversation_id}")
async def get_conversation(
    work: ReadWork, conversation_id: UUID, every: Annotated[bool, Query(alias="all", strict=False)] = False
) -> Ok[ConversationWithMessages]:
    """With the messages of the shown path; `all=1`: of the whole tree, parents first."""
    shown = await service.show(work, conversation_id)
    messages = await tree.read(work, conversation_id)
    nodes = list(messages.nodes.values()) if every else messages.path(shown.head_id)
    listed = await rows.shown(work, conversation_id, messages, nodes)
    return Ok(data=ConversationWithMessages(**shown.model_dump(), messages=listed))


@router.put("/{conversation_id}", name="put_conversation")
@router.patch("/{conversation_id}")
async def update_conversation(work: WriteWork, conversation_id: UUID, data: ConversationPatch) -> Ok[ConversationOut]:
    await service.update_conversation(work, conversation_id, data)
    return Ok(data=await service.show(work, conversation_id))


@router.delete("/{conversation_id}")
async def delete_conversation(work: WriteWork, conversation_id: UUID) -> Done:
    """Stops what is being answered in it; can be restored for 7 days."""
    await service.delete(work, conversation_id)
    return Done(message="The conversation was deleted; it can be restored for 7 days.")


@router.post("/{conversation_id}/restore")
async def restore_conversation(work: WriteWork, conversation_id: UUID) -> Ok[ConversationOut]:
    await service.restore(work, conversation_id)
    return Ok(data=await service.show(work, conversation_id))


@router.post("/{conversation_id}/title", response_model=Ok[ConversationOut])
async def name_conversation(work: ChatWork, conversation_id: UUID) -> Response:
    """Asks the conversation's model for a title; where it gives none, the old one stays."""
    runtime, actor = work.runtime, work.user
    call = await naming.begin_title(work, conversation_id)

    async def named() -> Response:
        await naming.ask_for_title(runtime, actor, conversation_id, call)
        async with open_work(runtime, actor) as again:
            return ok(await service.show(again, conversation_id))

    return Later(named)


@router.get("/{conversation_id}/export", response_class=Response, responses={200: {"content": FILES}})
async def export_conversation(
    work: ReadWork,
    conversation_id: UUID,
    format: Annotated[ExportFormat, Query()] = "json",  # noqa: A002 - the documented name
) -> Response:
    """As a file: `json` has every branch, `markdown` what is shown."""
    return await export.export(work, conversation_id, format)
