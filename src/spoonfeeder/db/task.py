"""Asynchronous generation tasks, their results, and the schedules that start them and generations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, desc, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from spoonfeeder.core.vocabulary import MissedRuns, ScheduleKind, TaskStatus
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
from spoonfeeder.db.life_cycle import LifeCycle, life_cycle_rules


class Task(Owned, LifeCycle, Created, Updated, Deletable, Base):
    """`provider_handle` names the provider's own job, stored before waiting for it (R9).

    `fallback` are the ones asked after `provider` and `profile_id`, `target` counts along all of them; `tried` tells
    whom it did not work with, and why. `place` is whom the row waits for; rows of one place share its slots.
    `sent_at` is stored before a call that must not be made twice, `call_id` is its row in `usage_calls`.
    A row with `generation_id` follows that generation, and no worker takes it.
    `schedule_id` is no foreign key: a schedule that is removed leaves its many runs untouched.
    `idx_tasks_listed` and `idx_tasks_deleted` are what lists of tasks and of results are counted by.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        *life_cycle_rules("tasks", TaskStatus, TaskStatus.COMPLETE),
        Index(None, "status"),
        Index(None, "type"),
        Index(None, "provider"),
        Index(None, "created_at"),
        Index(None, "profile_id"),
        Index(None, "generation_id"),
        Index(None, "schedule_id"),
        Index(
            "idx_tasks_following",
            "generation_id",
            postgresql_where=text("generation_id IS NOT NULL AND status IN ('pending', 'running')"),
        ),
        Index("idx_tasks_workspace_created", "workspace_id", desc("created_at"), desc("id")),
        Index(
            "idx_tasks_listed",
            *("workspace_id", "status", "type", "provider"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("idx_tasks_deleted", "id", postgresql_where=text("deleted_at IS NOT NULL")),
    )

    id: Mapped[Id]
    name: Mapped[Str255]
    type: Mapped[Str50]
    provider: Mapped[Str50]
    profile_id: Mapped[UUID | None] = mapped_column(ForeignKey("profiles.id", ondelete="SET NULL"))
    model: Mapped[Str255 | None]
    prompt: Mapped[LongText]
    options: Mapped[dict[str, Any] | None]
    inputs: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    fallback: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    target: Mapped[Counter]
    tried: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    place: Mapped[str | None] = mapped_column(String(100))
    message: Mapped[Str255 | None]
    sent_at: Mapped[datetime | None]
    call_id: Mapped[UUID | None]
    generation_id: Mapped[UUID | None] = mapped_column(ForeignKey("comfyui_generations.id", ondelete="SET NULL"))
    schedule_id: Mapped[UUID | None]
    max_attempts: Mapped[int] = mapped_column(Integer, server_default=text("3"))
    provider_handle: Mapped[LongText | None]

    result: Mapped["Result | None"] = relationship(lazy="raise", passive_deletes=True, cascade="all, delete-orphan")


class Result(Owned, Created, Updated, Base):
    __tablename__ = "results"
    __table_args__ = (
        Index("idx_results_workspace_created", "workspace_id", desc("created_at"), desc("id")),
        Index(
            "idx_results_workspace_type_created",
            *("workspace_id", "type", desc("created_at"), desc("id")),
            postgresql_include=["task_id"],
        ),
    )

    id: Mapped[Id]
    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"), unique=True)
    type: Mapped[Str50]
    content: Mapped[LongText]
    details: Mapped[dict[str, Any] | None] = mapped_column("metadata")
    outputs: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))


class Schedule(Owned, Created, Updated, Base):
    """Starts `request`, the body of a task or a generation, by `cron` in `time_zone`, or once at `at`.

    `next_run_at` is null when nothing is to come: paused, or the one time has passed.
    """

    __tablename__ = "schedules"
    __table_args__ = (
        one_of("kind", ScheduleKind),
        one_of("missed", MissedRuns),
        Index("idx_schedules_workspace_created", "workspace_id", desc("created_at"), desc("id")),
        Index("idx_schedules_due", "next_run_at", postgresql_where=text("next_run_at IS NOT NULL")),
    )

    id: Mapped[Id]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    name: Mapped[Str255]
    kind: Mapped[Str20]
    request: Mapped[dict[str, Any]]
    cron: Mapped[Str255 | None]
    time_zone: Mapped[str] = mapped_column(String(64), server_default="UTC")
    at: Mapped[datetime | None]
    missed: Mapped[Str20] = mapped_column(server_default=MissedRuns.SKIP)
    enabled: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    next_run_at: Mapped[datetime | None]
    last_run_at: Mapped[datetime | None]
    last_error: Mapped[LongText | None]
    last_error_code: Mapped[Str50 | None]
    run_count: Mapped[Counter]
    missed_count: Mapped[Counter]
