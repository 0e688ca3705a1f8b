"""What of a conversation a model is told: the messages of one path, in order."""

from collections.abc import Sequence
from uuid import UUID

from spoonfeeder.core.vocabulary import MessageRole, MessageStatus
from spoonfeeder.db.chat import Conversation, Message
from spoonfeeder.features.chat.conversations import attachments, rows
from spoonfeeder.features.chat.conversations.tree import Node
from spoonfeeder.providers.base import ChatMessage, Picture
from spoonfeeder.work import Work

LEFT_OUT = {MessageStatus.FAILED, MessageStatus.STREAMING}


async def of_path(work: Work, conversation: Conversation, path: Sequence[Node]) -> list[ChatMessage]:
    """After the conversation's own system prompt; failed and empty answers and the oldest of too many pictures are
    left out. Pictures are still unread.
    """
    ids = [node.id for node in path if node.status not in LEFT_OUT]
    found = await rows.contents(work, conversation.id, ids)
    wanted = [UUID(ident) for row in found.values() for ident in row.attachments]
    known = {str(row.id): row for row in await attachments.find(work, wanted)}
    said = [found[message_id] for message_id in ids]
    pictures = attachments.newest_that_fit([[known[it] for it in row.attachments if it in known] for row in said])
    told = [_told(row, seen) for row, seen in zip(said, pictures, strict=True)]
    before = [ChatMessage(MessageRole.SYSTEM, (conversation.system_prompt,))] if conversation.system_prompt else []
    return [*before, *(message for message in told if message.parts)]


def _told(row: Message, pictures: Sequence[Picture]) -> ChatMessage:
    """Pictures first, as what is asked of them follows."""
    return ChatMessage(MessageRole(row.role), (*pictures, row.content) if row.content else tuple(pictures))
