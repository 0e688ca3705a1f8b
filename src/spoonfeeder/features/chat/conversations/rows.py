"""Messages as answers show them."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from spoonfeeder.db.chat import Message
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.chat.conversations import attachments
from spoonfeeder.features.chat.conversations.schemas import Alternatives, Asked, MessageOut
from spoonfeeder.features.chat.conversations.tree import MessageNotFound, Node, Tree, read
from spoonfeeder.work import Work

SAME = set(MessageOut.model_fields) - {"attachments", "alternatives"}


async def contents(work: Work, conversation_id: UUID, ids: Iterable[UUID]) -> dict[UUID, Message]:
    mine = visible(select(Message), work.actor).where(Message.conversation_id == conversation_id)
    return {row.id: row for row in await work.session.scalars(mine.where(Message.id.in_(list(ids))))}


async def shown(work: Work, conversation_id: UUID, tree: Tree, nodes: Sequence[Node]) -> list[MessageOut]:
    """In the order of `nodes`. What an answer that is being written has, is what was saved of it."""
    found = await contents(work, conversation_id, (node.id for node in nodes))
    kept = await attachments.find(work, (UUID(ident) for row in found.values() for ident in row.attachments))
    pictures = {str(row.id): attachments.shown(work.runtime, row) for row in kept}
    return [_shown(found[node.id], tree, pictures) for node in nodes]


def _shown(row: Message, tree: Tree, pictures: dict[str, Any]) -> MessageOut:
    ids = tree.beside(row.id)
    return MessageOut.model_validate(
        {name: getattr(row, name) for name in SAME}
        | {
            "attachments": [pictures[ident] for ident in row.attachments if ident in pictures],
            "alternatives": Alternatives(position=ids.index(row.id) + 1, count=len(ids), ids=ids),
        }
    )


async def asked(work: Work, conversation_id: UUID, message_id: UUID) -> Asked:
    """The message, and the user's above it. Raises MessageNotFound."""
    tree = await read(work, conversation_id)
    node = tree.get(message_id)
    if node.role == "user":
        [message] = await shown(work, conversation_id, tree, [node])
        return Asked(user_message=message, message=None)
    parent = tree.nodes.get(node.parent_id) if node.parent_id else None
    above = [parent] if parent is not None and parent.role == "user" else []
    *questions, message = await shown(work, conversation_id, tree, [*above, node])
    return Asked(user_message=questions[0] if questions else None, message=message)


async def get(work: Work, conversation_id: UUID, message_id: UUID) -> Message:
    """Raises MessageNotFound."""
    found = await contents(work, conversation_id, [message_id])
    if message_id not in found:
        raise MessageNotFound
    return found[message_id]
