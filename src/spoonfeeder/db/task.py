"""Asynchronous generation tasks and their results."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, desc, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from spoonfeeder.core.vocabulary import TaskStatus
from spoonfeeder.db.base import Base, Created, Deletable, Id, LongText, Owned, Str50, Str255, Updated
from spoonfeeder.db.life_cycle import LifeCycle, life_cycle_rules


class Task(Owned, LifeCycle, Created, Updated, Deletable, Base):
    """`provider_handle` names the provider's own job, stored before waiting for it (R9)."""

    __tablename__ = "tasks"
    __table_args__ = (
        *life_cycle_rules("tasks", TaskStatus, TaskStatus.COMPLETE),
        Index(None, "status"),
        Index(None, "type"),
        Index(None, "provider"),
        Index(None, "created_at"),
        Index(None, "profile_id"),
        Index("idx_tasks_workspace_created", "workspace_id", desc("created_at"), desc("id")),
    )

    id: Mapped[Id]
    name: Mapped[Str255]
    type: Mapped[Str50]
    provider: Mapped[Str50]
    profile_id: Mapped[UUID | None] = mapped_column(ForeignKey("profiles.id", ondelete="SET NULL"))
    model: Mapped[Str255 | None]
    prompt: Mapped[LongText]
    options: Mapped[dict[str, Any] | None]
    max_attempts: Mapped[int] = mapped_column(Integer, server_default=text("3"))
    provider_handle: Mapped[LongText | None]

    result: Mapped["Result | None"] = relationship(lazy="raise", passive_deletes=True, cascade="all, delete-orphan")


class Result(Owned, Created, Updated, Base):
    __tablename__ = "results"
    __table_args__ = (Index("idx_results_workspace_created", "workspace_id", desc("created_at"), desc("id")),)

    id: Mapped[Id]
    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"), unique=True)
    type: Mapped[Str50]
    content: Mapped[LongText]
    details: Mapped[dict[str, Any] | None] = mapped_column("metadata")
