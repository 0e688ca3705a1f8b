"""A conversation as a file: the whole tree in JSON, what is shown in Markdown."""

from typing import Any
from uuid import UUID

import orjson
from starlette.responses import Response

from spoonfeeder.core.media_response import MAX_NAME_LENGTH, content_disposition
from spoonfeeder.features.chat.conversations import rows, service, tree
from spoonfeeder.features.chat.conversations.schemas import ConversationOut, ExportFormat, MessageOut
from spoonfeeder.work import Work

SPEAKERS = {"user": "User", "assistant": "Assistant", "system": "System"}


async def export(work: Work, conversation_id: UUID, format: ExportFormat) -> Response:  # noqa: A002 - the query's name
    """Raises ConversationNotFound."""
    conversation = await service.show(work, conversation_id)
    messages = await tree.read(work, conversation_id)
    if format == "json":
        everything = await rows.shown(work, conversation_id, messages, list(messages.nodes.values()))
        data, media_type, ending = _json(conversation, everything), "application/json", "json"
    else:
        path = await rows.shown(work, conversation_id, messages, messages.path(conversation.head_id))
        data, media_type, ending = _markdown(conversation, path).encode(), "text/markdown; charset=utf-8", "md"
    name = content_disposition(_file_name(conversation.title, ending), attachment=True)
    return Response(data, media_type=media_type, headers={"Content-Disposition": name})


def _file_name(title: str, ending: str) -> str:
    return f"{title[: MAX_NAME_LENGTH - len(ending) - 1].strip('. ') or 'conversation'}.{ending}"


def _json(conversation: ConversationOut, messages: list[MessageOut]) -> bytes:
    whole: dict[str, Any] = conversation.model_dump(mode="json")
    whole["messages"] = [message.model_dump(mode="json") for message in messages]
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2)


def _markdown(conversation: ConversationOut, messages: list[MessageOut]) -> str:
    parts = [f"# {conversation.title}"]
    if conversation.system_prompt:
        parts.append(f"> {conversation.system_prompt.replace(chr(10), f'{chr(10)}> ')}")
    for message in messages:
        by = f" ({message.model})" if message.model else ""
        files = [f"*{kept.filename}*" for kept in message.attachments]
        parts += [f"## {SPEAKERS[message.role]}{by}", *files, message.content or f"*{message.status}*"]
    return "\n\n".join(parts) + "\n"
