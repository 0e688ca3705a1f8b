"""Slow upkeep: what was deleted more than 7 days ago goes for good."""

from sqlalchemy import delete, select

from spoonfeeder.db.chat import Conversation
from spoonfeeder.features.auth.undo import long_deleted
from spoonfeeder.work import Work

AT_ONCE = 200


async def purge_conversations(work: Work) -> None:
    """With their messages; what their calls cost stays."""
    gone = select(Conversation.id).where(long_deleted(Conversation)).limit(AT_ONCE)
    await work.session.execute(delete(Conversation).where(Conversation.id.in_(gone)))
