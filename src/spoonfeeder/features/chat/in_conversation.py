"""A chat that names a conversation: its last message is asked there, and the answer is kept there."""

from dataclasses import asdict
from uuid import UUID

from spoonfeeder.core.errors import Conflict, invalid_field
from spoonfeeder.core.vocabulary import FinishReason, MessageRole, MessageStatus
from spoonfeeder.features.chat.conversations import asking
from spoonfeeder.features.chat.conversations.asking import Asked, Said, Wish
from spoonfeeder.features.chat.conversations.writing import Answers
from spoonfeeder.features.chat.parts import kept_parts
from spoonfeeder.features.chat.schemas import ChatAnswer, ChatInput, TokenCounts
from spoonfeeder.work import Work


async def ask_there(work: Work, answers: Answers, conversation_id: UUID, data: ChatInput) -> Asked:
    """Raises Invalid, and what `asking.ask` raises."""
    place, last = len(data.messages) - 1, data.messages[-1]
    if last.role is not MessageRole.USER:
        raise invalid_field(f"messages.{place}.role", "In a conversation the last message is the user's.")
    text, pictures = await kept_parts(work, last.content, f"messages.{place}.content")
    wish = Wish(data.provider, data.profile_id, data.model, data.options)
    return await asking.ask(work, answers, conversation_id, Said(text, pictures), wish)


class StoppedBefore(Conflict):
    """The answer was stopped before the model was asked."""

    code = "ANSWER_STOPPED"


async def answer_there(asked: Asked) -> ChatAnswer:
    """The answer once it has ended, also by a stop. Raises what it failed with; what had come is kept."""
    live = asked.live
    outcome = await live.ended()
    if outcome.status is not MessageStatus.CANCELLED and outcome.error is not None:
        raise outcome.error
    if live.answering is None:
        raise StoppedBefore
    text = live.since(0)
    return ChatAnswer(
        role=MessageRole.ASSISTANT,
        content=text,
        response=text,
        provider=live.answering.call.source.provider,
        model=outcome.model,
        usage=TokenCounts(**asdict(outcome.usage)),
        finish_reason=outcome.finish_reason or FinishReason.OTHER,
        duration_ms=outcome.duration_ms or 0,
        cost_usd=outcome.cost_usd,
        conversation_id=live.conversation_id,
        message_id=asked.message_id,
    )
