"""New messages: kept, asked, answered anew or beside one another; rows and the usage's row are one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from spoonfeeder.core.errors import Conflict, invalid_field
from spoonfeeder.core.vocabulary import MessageRole, MessageStatus, Provider, Purpose
from spoonfeeder.db.chat import Conversation, Message
from spoonfeeder.features.calls.call import begin
from spoonfeeder.features.calls.sources import Source, find_source, request_to
from spoonfeeder.features.chat.conversations import history, saving, service, titles, tree
from spoonfeeder.features.chat.conversations.attachments import require_pictures
from spoonfeeder.features.chat.conversations.live import Live
from spoonfeeder.features.chat.conversations.tree import MessageNotFound, Node, Tree
from spoonfeeder.features.chat.conversations.writing import Answers
from spoonfeeder.features.profiles.options import require_harmless
from spoonfeeder.features.profiles.service import ProfileNotFound
from spoonfeeder.work import Work


class AnswerRunning(Conflict):
    """The model is still answering here; wait for its end, or stop it."""

    code = "ANSWER_RUNNING"


class NothingToAnswer(Conflict):
    """There is no message here that a model could answer; write one first."""

    code = "NOTHING_TO_ANSWER"


@dataclass(frozen=True, slots=True)
class Wish:
    """Who shall answer, where it is not the conversation's own."""

    provider: Provider | None = None
    profile_id: UUID | None = None
    model: str | None = None
    options: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Said:
    text: str
    attachments: Sequence[UUID] = field(default=())


@dataclass(frozen=True, slots=True)
class Asked:
    """`live` begins to be written once the transaction is committed."""

    user_message_id: UUID | None
    message_id: UUID
    live: Live


async def ask(
    work: Work, answers: Answers, conversation_id: UUID, said: Said, wish: Wish, *, parent_id: UUID | None = None
) -> Asked:
    """The user's message below `parent_id`, else below the end of the shown path, and an answer below that.

    Raises ConversationNotFound, AnswerRunning, Invalid, and what `find_source` and `begin` raise.
    """
    conversation, messages = await _open(work, conversation_id)
    parent = _parent(messages, parent_id or conversation.head_id)
    question = await _add(work, conversation, parent, MessageRole.USER, said)
    return await _answer(work, answers, conversation, [*messages.path(parent), question], wish)


async def keep(
    work: Work, conversation_id: UUID, role: MessageRole, said: Said, *, parent_id: UUID | None = None
) -> UUID:
    """Only stores the message, as clients do that asked the model themselves."""
    conversation, messages = await _open(work, conversation_id)
    parent = _parent(messages, parent_id or conversation.head_id)
    return (await _add(work, conversation, parent, role, said)).id


async def regenerate(work: Work, answers: Answers, conversation_id: UUID, message_id: UUID | None, wish: Wish) -> Asked:
    """An answer beside `message_id`, or below it where that is a question. Raises also NothingToAnswer."""
    conversation, messages = await _open(work, conversation_id)
    wanted = message_id or conversation.head_id
    if wanted is None:
        raise NothingToAnswer
    node = messages.get(wanted)
    if node.status == MessageStatus.STREAMING:
        raise AnswerRunning
    path = messages.path(node.id)
    if node.role == MessageRole.ASSISTANT:
        path.pop()
    return await _answer(work, answers, conversation, path, wish)


async def edit(
    work: Work, answers: Answers, conversation_id: UUID, message_id: UUID, said: Said, wish: Wish | None
) -> Asked | UUID:
    """A message beside `message_id`, with its role; with a wish it is answered at once. What was stays."""
    conversation, messages = await _open(work, conversation_id)
    node = messages.get(message_id)
    if node.status == MessageStatus.STREAMING:
        raise AnswerRunning
    if wish is not None and node.role != MessageRole.USER:
        raise invalid_field("answer", "Only a message of the user can be answered.")
    path = messages.path(message_id)[:-1]
    changed = await _add(work, conversation, node.parent_id, MessageRole(node.role), said)
    if wish is None:
        return changed.id
    return await _answer(work, answers, conversation, [*path, changed], wish)


async def _open(work: Work, conversation_id: UUID) -> tuple[Conversation, Tree]:
    """Locked, so that of two who write here at once the second sees what the first did."""
    conversation = await service.get(work, conversation_id, for_update=True)
    return conversation, await tree.read(work, conversation_id)


def _parent(messages: Tree, parent_id: UUID | None) -> UUID | None:
    """Raises AnswerRunning, Invalid."""
    if parent_id is None:
        return None
    try:
        node = messages.get(parent_id)
    except MessageNotFound:
        raise invalid_field("parent_id", "This message does not exist.", code="unknown_id") from None
    if node.status == MessageStatus.STREAMING:
        raise AnswerRunning
    return node.id


async def _add(work: Work, conversation: Conversation, parent_id: UUID | None, role: MessageRole, said: Said) -> Node:
    if not said.text and not said.attachments:
        raise invalid_field("content", "The message is empty.", code="missing")
    await require_pictures(work, said.attachments, "content")
    row = Message(
        id=uuid4(),
        workspace_id=work.workspace_id,
        conversation_id=conversation.id,
        parent_id=parent_id,
        role=role,
        content=said.text,
        attachments=[str(media_id) for media_id in said.attachments],
        status=MessageStatus.COMPLETE,
    )
    work.session.add(row)
    if role is MessageRole.USER and conversation.title == service.UNTITLED:
        conversation.title = titles.first_line(said.text) or service.UNTITLED
    await _show(work, conversation, row)
    return Node(row.id, parent_id, role, row.status)


async def _answer(work: Work, answers: Answers, conversation: Conversation, path: Sequence[Node], wish: Wish) -> Asked:
    answers.require_open()
    require_harmless(wish.options or {})
    told = await history.of_path(work, conversation, path)
    if not any(message.role is not MessageRole.SYSTEM for message in told):
        raise NothingToAnswer
    source = await source_for(work, conversation, wish)
    request = request_to(
        source,
        wish.model or _own_model(conversation, wish, source),
        told,
        {**(conversation.options or {}), **(wish.options or {})},
    )
    row = Message(
        id=uuid4(),
        workspace_id=work.workspace_id,
        conversation_id=conversation.id,
        parent_id=path[-1].id,
        role=MessageRole.ASSISTANT,
        content="",
        attachments=[],
        status=MessageStatus.STREAMING,
        provider=source.provider,
        model=request.model,
        profile_id=source.profile_id,
        fence=1,
        lease_until=saving.lease_end(work.runtime),
    )
    work.session.add(row)
    conversation.model = conversation.model or request.model
    await _show(work, conversation, row)
    call = await begin(work, source, request, Purpose.CHAT, conversation_id=conversation.id, message_id=row.id)
    live = Live(row.id, conversation.id, work.user, fence=1)
    work.afterwards(lambda: answers.start(live, call))
    question = path[-1].id if path[-1].role == MessageRole.USER else None
    return Asked(question, row.id, live)


async def _show(work: Work, conversation: Conversation, row: Message) -> None:
    """The new message is the end of the shown path."""
    conversation.head_id = row.id
    conversation.message_count += 1
    await work.session.flush()
    work.tell_change("conversation", conversation.id, "updated")


async def source_for(work: Work, conversation: Conversation, wish: Wish) -> Source:
    """The wished one, else the conversation's profile while there is one, else its provider."""
    if wish.profile_id is not None or (wish.provider is not None and wish.provider != conversation.provider):
        return await find_source(work, profile_id=wish.profile_id, provider=wish.provider)
    provider = Provider(conversation.provider)
    try:
        return await find_source(work, profile_id=conversation.profile_id, provider=provider)
    except ProfileNotFound:
        return await find_source(work, profile_id=None, provider=provider)


def _own_model(conversation: Conversation, wish: Wish, source: Source) -> str | None:
    """The conversation's, unless somebody else is wished for; also where its profile is gone and another stands in."""
    is_usual = wish.profile_id is None or conversation.profile_id in {None, wish.profile_id}
    return conversation.model or None if is_usual and source.provider == conversation.provider else None
