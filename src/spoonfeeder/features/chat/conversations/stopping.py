"""Stopping an answer: noted in its row, so that it works from any process; its writer here learns of it at once."""

import asyncio
from uuid import UUID

from sqlalchemy import func, select, update

from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import Conflict
from spoonfeeder.core.vocabulary import MessageStatus
from spoonfeeder.db.chat import Message
from spoonfeeder.durable.line import in_state
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.chat.conversations import service
from spoonfeeder.features.chat.conversations.tree import MessageNotFound
from spoonfeeder.features.chat.conversations.writing import Answers
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_work

READ_SECONDS = 0.1
MOST_SECONDS = 8.0


class AnswerEnded(Conflict):
    """The model is not answering here; there is nothing to stop."""

    code = "ALREADY_ENDED"


async def stop(work: Work, answers: Answers, conversation_id: UUID, message_id: UUID | None) -> UUID:
    """Which answer is asked to end. Raises ConversationNotFound, MessageNotFound, AnswerEnded."""
    conversation = await service.get(work, conversation_id)
    wanted = message_id or conversation.head_id
    mine = (Message.conversation_id == conversation_id, Message.id == wanted)
    asked = update(Message).where(*mine, in_state(Message, MessageStatus.STREAMING))
    rows = await work.session.execute(asked.values(stop_requested_at=func.now()).returning(Message.id))
    if rows.one_or_none() is None:
        is_known = await work.session.scalar(visible(select(Message), work.actor).where(*mine))
        raise AnswerEnded if message_id is None or is_known is not None else MessageNotFound
    assert wanted is not None
    work.afterwards(lambda: answers.stop(wanted))
    return wanted


async def wait_for_end(runtime: Runtime, answers: Answers, actor: User, message_id: UUID) -> None:
    """Until the row says how it ended, for as long as its writer may need; a dead one's is ended by the sweep."""
    try:
        async with asyncio.timeout(MOST_SECONDS):
            live = answers.get(message_id)
            if live is not None:
                await live.ended()
            while await _is_streaming(runtime, actor, message_id):  # noqa: ASYNC110 - another process ends it
                await asyncio.sleep(READ_SECONDS)
    except TimeoutError:
        return


async def _is_streaming(runtime: Runtime, actor: User, message_id: UUID) -> bool:
    async with open_work(runtime, actor) as work:
        status = await work.session.scalar(visible(select(Message.status), work.actor).where(Message.id == message_id))
    return status == MessageStatus.STREAMING
