"""Conversations with language models: a tree of messages, of which one path is shown."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Computed, ForeignKey, Identity, Index, Integer, Numeric, desc, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from spoonfeeder.core.vocabulary import MessageRole, MessageStatus
from spoonfeeder.db.base import (
    Base,
    Counter,
    Created,
    Deletable,
    Id,
    LongText,
    Owned,
    Str20,
    Str50,
    Str255,
    Updated,
    one_of,
)
from spoonfeeder.db.full_text import words_of

SEARCHED = (
    "CASE WHEN status::text <> 'streaming'::text"
    f" THEN to_tsvector('simple'::regconfig, {words_of('left(content, 200000)')}) ELSE NULL::tsvector END"
)
"""A tsvector holds at most 1 MiB; one of a text that still grows would be made anew at each save."""


class Conversation(Owned, Created, Updated, Deletable, Base):
    """`head_id` is the last message of the path that is shown; `message_count` is that of all branches.

    `model` is "" as long as none was chosen.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        Index("idx_conversations_workspace_updated", "workspace_id", desc("updated_at"), desc("id")),
        Index(None, "profile_id"),
        Index(None, "project_id"),
    )

    id: Mapped[Id]
    project_id: Mapped[UUID | None] = mapped_column(ForeignKey("projects.id", ondelete="SET NULL"))
    title: Mapped[Str255]
    provider: Mapped[Str50]
    model: Mapped[Str255]
    profile_id: Mapped[UUID | None] = mapped_column(ForeignKey("profiles.id", ondelete="SET NULL"))
    system_prompt: Mapped[LongText | None]
    options: Mapped[dict[str, Any] | None]
    head_id: Mapped[UUID | None]
    message_count: Mapped[Counter]

    messages: Mapped[list["Message"]] = relationship(
        lazy="raise", passive_deletes=True, cascade="all, delete-orphan", order_by="Message.position"
    )


class Message(Owned, Created, Base):
    """Alternatives have one `parent_id`. While `streaming`, only who holds lease and fence writes it (R22).

    `attachments` are the ids of uploads. No index holds `lease_until`, so that a save can be a HOT update.
    """

    __tablename__ = "messages"
    __table_args__ = (
        one_of("role", MessageRole),
        one_of("status", MessageStatus),
        Index(None, "conversation_id"),
        Index(None, "workspace_id"),
        Index(None, "parent_id"),
        Index("idx_messages_search", "search", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        Index("idx_messages_streaming", "id", postgresql_where=text("status = 'streaming'")),
    )

    id: Mapped[Id]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(BigInteger, Identity())
    role: Mapped[Str20]
    content: Mapped[LongText]
    attachments: Mapped[list[Any]] = mapped_column(server_default="[]")
    status: Mapped[Str20] = mapped_column(server_default=MessageStatus.COMPLETE)
    provider: Mapped[Str50 | None]
    model: Mapped[Str255 | None]
    profile_id: Mapped[UUID | None] = mapped_column(ForeignKey("profiles.id", ondelete="SET NULL"))
    finish_reason: Mapped[Str20 | None]
    error: Mapped[LongText | None]
    error_code: Mapped[Str50 | None]
    usage: Mapped[dict[str, Any] | None]
    cost_usd: Mapped[Decimal | None] = mapped_column(Numeric(18, 9))
    duration_ms: Mapped[int | None]
    fence: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    lease_until: Mapped[datetime | None]
    stop_requested_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    search: Mapped[Any] = mapped_column(TSVECTOR, Computed(SEARCHED, persisted=True), deferred=True, nullable=True)
