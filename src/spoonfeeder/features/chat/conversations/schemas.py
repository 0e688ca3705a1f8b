"""Bodies and answers of conversations."""

from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from spoonfeeder.core.schema import Answer, Given, Input, Name, Pagination, Record, Timestamp
from spoonfeeder.core.vocabulary import FinishReason, MessageRole, MessageStatus, Provider
from spoonfeeder.features.chat.schemas import Content, Dollars, ModelName, RowId, TokenCounts
from spoonfeeder.features.media.schemas import MediaOut
from spoonfeeder.features.profiles.schemas import Options, ProviderWord

SystemPrompt = Annotated[str, Field(max_length=100_000)]
_COUNTS = {"message_count", "preview", "is_streaming", "match", "messages", "created_at", "updated_at"}
_READ_ONLY = frozenset({"id"} | _COUNTS)


class ConversationInput(Input):
    read_only: ClassVar[frozenset[str]] = _READ_ONLY | {"head_id"}

    title: Name | None = None
    provider: ProviderWord | None = None
    profile_id: RowId | None = None
    project_id: RowId | None = None
    model: ModelName | None = None
    system_prompt: SystemPrompt | None = None
    options: Options | None = None


class ConversationPatch(Input):
    """`head_id`: any message; the path that is shown then leads through it to the newest message below it."""

    read_only: ClassVar[frozenset[str]] = _READ_ONLY

    title: Given[Name] = None
    provider: Given[ProviderWord] = None
    profile_id: RowId | None = None
    project_id: RowId | None = None
    model: ModelName | None = None
    system_prompt: SystemPrompt | None = None
    options: Options | None = None
    head_id: Given[RowId] = None


class AskedInput(Input):
    """Who answers, where it is not the conversation's own."""

    provider: ProviderWord | None = None
    profile_id: RowId | None = None
    model: ModelName | None = None
    options: Options | None = None
    stream: bool = False


class NewMessage(AskedInput):
    """With `role` it is only kept. Else it is asked, and answered; below `parent_id`, or the end of the shown path."""

    role: Annotated[MessageRole | None, Field(strict=False)] = None
    content: Content
    parent_id: RowId | None = None


class RegenerateInput(AskedInput):
    """An answer, for another one beside it, or a question, for an answer below it; else the last one shown."""

    message_id: RowId | None = None


class MessagePatch(AskedInput):
    """A new message beside this one; `answer`: it is asked at once (only of the user's)."""

    content: Content
    answer: bool = False


class StopInput(Input):
    """Without it, what is being answered on the shown path."""

    message_id: RowId | None = None


class SnippetPart(Answer):
    text: str
    is_match: bool


class Match(Answer):
    """Where the words stand; `message_id` null: in the title."""

    message_id: UUID | None
    snippet: list[SnippetPart]


class ConversationOut(Record):
    """`message_count` is that of all branches, `preview` the beginning of the last message shown."""

    id: UUID
    title: str
    provider: Provider
    model: str | None
    profile_id: UUID | None
    project_id: UUID | None
    system_prompt: str | None
    options: dict[str, Any]
    head_id: UUID | None
    message_count: int
    preview: str
    is_streaming: bool
    created_at: Timestamp
    updated_at: Timestamp


class ConversationFound(ConversationOut):
    """`match` only where something was searched for."""

    match: Match | None


class Alternatives(Answer):
    """The messages with the same parent, oldest first; `position` is this one's, from 1."""

    position: int
    count: int
    ids: list[UUID]


class MessageOut(Answer):
    id: UUID
    conversation_id: UUID
    parent_id: UUID | None
    role: MessageRole
    content: str
    attachments: list[MediaOut]
    status: MessageStatus
    provider: Provider | None
    model: str | None
    profile_id: UUID | None
    finish_reason: FinishReason | None
    error: str | None
    error_code: str | None
    usage: TokenCounts | None
    cost_usd: Dollars | None
    duration_ms: int | None
    alternatives: Alternatives
    created_at: Timestamp
    completed_at: Timestamp | None


class ConversationWithMessages(ConversationOut):
    messages: list[MessageOut]


class Asked(Answer):
    """`user_message` null: the parent of the answer is no message of the user."""

    user_message: MessageOut | None
    message: MessageOut | None


class MessagePage(Answer):
    success: bool = True
    data: list[MessageOut]
    pagination: Pagination


ExportFormat = Literal["json", "markdown"]
