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
    """After the conversation's own system prompt; failed and empty answers are left out. Pictures are still unread."""
    ids = [node.id for node in path if node.status not in LEFT_OUT]
    found = await rows.contents(work, conversation.id, ids)
    wanted = [UUID(ident) for row in found.values() for ident in row.attachments]
    pictures = {str(row.id): attachments.kept_picture(row) for row in await attachments.find(work, wanted)}
    told = [_told(found[message_id], pictures) for message_id in ids]
    before = [ChatMessage(MessageRole.SYSTEM, (conversation.system_prompt,))] if conversation.system_prompt else []
    return [*before, *(message for message in told if message.parts)]


def _told(row: Message, pictures: dict[str, attachments.KeptPicture]) -> ChatMessage:
    """Pictures first, as what is asked of them follows."""
    seen: list[str | Picture] = [pictures[ident] for ident in row.attachments if ident in pictures]
    return ChatMessage(MessageRole(row.role), tuple([*seen, row.content] if row.content else seen))
