"""A title of a few words, by the model that answers in the conversation."""

import asyncio
from uuid import UUID

from sqlalchemy import update

from spoonfeeder.core.actor import User
from spoonfeeder.core.vocabulary import MessageRole, Purpose
from spoonfeeder.db.chat import Conversation
from spoonfeeder.features.calls.call import Answering, Call, begin
from spoonfeeder.features.calls.sources import request_to
from spoonfeeder.features.chat.conversations import asking, history, service, tree
from spoonfeeder.features.chat.conversations.titles import cleaned
from spoonfeeder.providers.base import ChatMessage
from spoonfeeder.providers.errors import Timeout
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_work

MOST_TOLD_LETTERS = 4_000
MOST_TOLD_MESSAGES = 4
MOST_SECONDS = 60.0
REQUEST = (
    "Give this conversation a title of two to six words, in its own language. "
    "Answer with the title alone, without quotation marks.\n\n"
)


async def begin_title(work: Work, conversation_id: UUID) -> Call:
    """Raises ConversationNotFound, NothingToAnswer and what `find_source` and `begin` raise."""
    conversation = await service.get(work, conversation_id)
    messages = await tree.read(work, conversation_id)
    path = [node for node in messages.path(conversation.head_id) if node.role != MessageRole.SYSTEM]
    told = await history.of_path(work, conversation, path[:MOST_TOLD_MESSAGES])
    spoken = [f"{message.role}: {message.text[:MOST_TOLD_LETTERS]}" for message in told if _is_spoken(message)]
    if not spoken:
        raise asking.NothingToAnswer
    source = await asking.source_for(work, conversation, asking.Wish())
    question = ChatMessage(MessageRole.USER, (REQUEST + "\n\n".join(spoken),))
    request = request_to(source, conversation.model or None, [question], None)
    return await begin(work, source, request, Purpose.TITLE, conversation_id=conversation_id)


def _is_spoken(message: ChatMessage) -> bool:
    return message.role is not MessageRole.SYSTEM and bool(message.text)


async def ask_for_title(runtime: Runtime, actor: User, conversation_id: UUID, call: Call) -> None:
    """Stores what the model says, if that makes a title. Raises ProviderError; the old title stays then."""
    await runtime.adapters.load(call.connection.provider)
    try:
        async with asyncio.timeout(MOST_SECONDS):
            title = cleaned(await Answering(runtime, actor, call).text())
    except TimeoutError:
        raise Timeout from None
    if not title:
        return
    async with open_work(runtime, actor) as work:
        named = update(Conversation).where(Conversation.id == conversation_id, Conversation.deleted_at.is_(None))
        await work.session.execute(named.values(title=title, updated_at=Conversation.updated_at))
        work.tell_change("conversation", conversation_id, "updated")
