"""Conversations with language models."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, desc
from sqlalchemy.orm import Mapped, mapped_column, relationship

from spoonfeeder.core.vocabulary import MessageRole
from spoonfeeder.db.base import Base, Created, Deletable, Id, LongText, Owned, Str20, Str50, Str255, Updated, one_of


class Conversation(Owned, Created, Updated, Deletable, Base):
    __tablename__ = "conversations"
    __table_args__ = (Index("idx_conversations_workspace_updated", "workspace_id", desc("updated_at"), desc("id")),)

    id: Mapped[Id]
    title: Mapped[Str255]
    provider: Mapped[Str50]
    model: Mapped[Str255]

    messages: Mapped[list["Message"]] = relationship(
        lazy="raise", passive_deletes=True, cascade="all, delete-orphan", order_by="(Message.created_at, Message.id)"
    )


class Message(Owned, Created, Base):
    __tablename__ = "messages"
    __table_args__ = (one_of("role", MessageRole), Index(None, "conversation_id"), Index(None, "workspace_id"))

    id: Mapped[Id]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    role: Mapped[Str20]
    content: Mapped[LongText]
