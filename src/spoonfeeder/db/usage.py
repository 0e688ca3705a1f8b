"""What calls to providers cost, and how much they may cost."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, Numeric, UniqueConstraint, desc, func, text
from sqlalchemy.orm import Mapped, mapped_column

from spoonfeeder.core.vocabulary import CallStatus, Purpose
from spoonfeeder.db.base import Base, Created, Id, Owned, Str20, Str50, Str255, Updated, one_of


class UsageCall(Owned, Base):
    """One call, opened before it is made and closed whatever happens; `cost_usd` null is an unknown price."""

    __tablename__ = "usage_calls"
    __table_args__ = (
        one_of("status", CallStatus),
        one_of("purpose", Purpose),
        Index(
            "idx_usage_calls_workspace_started",
            "workspace_id",
            desc("started_at"),
            desc("id"),
            postgresql_include=["cost_usd"],
        ),
        Index("idx_usage_calls_profile_started", "profile_id", desc("started_at"), postgresql_include=["cost_usd"]),
        Index(None, "key_id"),
        Index(None, "conversation_id"),
        Index(None, "message_id"),
        Index(None, "task_id"),
        Index(None, "created_by"),
        Index("idx_usage_calls_open", "started_at", postgresql_where=text("status = 'open'")),
    )

    id: Mapped[Id]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    profile_id: Mapped[UUID | None] = mapped_column(ForeignKey("profiles.id", ondelete="SET NULL"))
    key_id: Mapped[UUID | None] = mapped_column(ForeignKey("profile_keys.id", ondelete="SET NULL"))
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id", ondelete="SET NULL"))
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("tasks.id", ondelete="SET NULL"))
    provider: Mapped[Str50]
    model: Mapped[Str255]
    purpose: Mapped[Str20]
    status: Mapped[Str20] = mapped_column(server_default=CallStatus.OPEN)
    error_code: Mapped[Str50 | None]
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    input_tokens: Mapped[int | None]
    output_tokens: Mapped[int | None]
    cached_tokens: Mapped[int | None]
    reasoning_tokens: Mapped[int | None]
    cost_usd: Mapped[Decimal | None] = mapped_column(Numeric(18, 9))
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]


class Budget(Owned, Created, Updated, Base):
    """Most that a calendar month (UTC) may cost; without a profile it holds for the whole workspace."""

    __tablename__ = "budgets"
    __table_args__ = (UniqueConstraint("workspace_id", "profile_id", postgresql_nulls_not_distinct=True),)

    id: Mapped[Id]
    profile_id: Mapped[UUID | None] = mapped_column(ForeignKey("profiles.id", ondelete="CASCADE"))
    monthly_usd: Mapped[Decimal] = mapped_column(Numeric(12, 2))
