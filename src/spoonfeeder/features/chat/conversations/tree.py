"""The tree of a conversation: which messages are shown, and what stands beside them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from spoonfeeder.core.errors import NotFound
from spoonfeeder.db.chat import Message
from spoonfeeder.features.auth.access import visible
from spoonfeeder.work import Work


class MessageNotFound(NotFound):
    """This message does not exist."""

    code = "MESSAGE_NOT_FOUND"


@dataclass(frozen=True, slots=True)
class Node:
    id: UUID
    parent_id: UUID | None
    role: str
    status: str


class Tree:
    """`nodes` in the order in which they were made, so that every parent comes before its children."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.nodes = {node.id: node for node in nodes}
        self._children: defaultdict[UUID | None, list[UUID]] = defaultdict(list)
        for node in self.nodes.values():
            self._children[node.parent_id].append(node.id)

    def get(self, message_id: UUID) -> Node:
        """Raises MessageNotFound."""
        node = self.nodes.get(message_id)
        if node is None:
            raise MessageNotFound
        return node

    def path(self, head_id: UUID | None) -> list[Node]:
        """From the first message to `head_id`."""
        path: list[Node] = []
        while head_id is not None and head_id in self.nodes:
            path.append(self.nodes[head_id])
            head_id = self.nodes[head_id].parent_id
        return path[::-1]

    def beside(self, message_id: UUID) -> list[UUID]:
        """All messages with the same parent, the oldest first."""
        return self._children[self.nodes[message_id].parent_id]

    def newest_below(self, message_id: UUID) -> UUID:
        """The end of the branch that was last begun at each fork."""
        while children := self._children.get(message_id):
            message_id = children[-1]
        return message_id


async def read(work: Work, conversation_id: UUID) -> Tree:
    columns = select(Message.id, Message.parent_id, Message.role, Message.status)
    mine = visible(columns, work.actor).where(Message.conversation_id == conversation_id)
    rows = await work.session.execute(mine.order_by(Message.position))
    return Tree(Node(*row) for row in rows)
