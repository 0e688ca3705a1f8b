"""ComfyUI workflow templates, sessions and generations.

The graphs themselves (`workflow_json`, `workflow_json_snapshot`) can be megabytes, so a SELECT leaves them out;
whoever shows or runs one asks with `undefer(...)`, and reading it otherwise raises.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CHAR, Boolean, CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint, desc, text
from sqlalchemy.orm import Mapped, mapped_column

from spoonfeeder.core.vocabulary import GenerationStatus
from spoonfeeder.db.base import (
    Base,
    Counter,
    Created,
    Deletable,
    Id,
    JsonText,
    LongText,
    Owned,
    Str20,
    Str50,
    Str255,
    Str500,
    Unsigned64,
    Updated,
)
from spoonfeeder.db.life_cycle import LifeCycle, life_cycle_rules


class Workflow(Owned, Created, Updated, Deletable, Base):
    """`original` is the editor's own graph that `workflow_json` was converted from.

    `source_media_id` is the file that it was in; no foreign key, since files point at generations and those here.
    The columns hold the newest version, whose number is `version`; all of them stand in `WorkflowVersion`.
    """

    __tablename__ = "comfyui_workflows"
    __table_args__ = (
        Index(None, "profile_id"),
        Index("idx_comfyui_workflows_content", "workspace_id", "content_sha256"),
        Index("idx_comfyui_workflows_workspace_created", "workspace_id", desc("created_at"), desc("id")),
        Index(
            "uq_comfyui_workflows_default",
            "workspace_id",
            "profile_id",
            unique=True,
            postgresql_where=text("is_default AND deleted_at IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[Id]
    profile_id: Mapped[UUID | None] = mapped_column(ForeignKey("profiles.id", ondelete="CASCADE"))
    name: Mapped[Str255]
    description: Mapped[LongText | None]
    workflow_json: Mapped[str] = mapped_column(Text, deferred=True, deferred_raiseload=True)
    original: Mapped[str | None] = mapped_column(Text, deferred=True, deferred_raiseload=True)
    source_kind: Mapped[Str20] = mapped_column(server_default="api")
    source_media_id: Mapped[UUID | None]
    content_sha256: Mapped[str | None] = mapped_column(CHAR(64))
    default_parameters: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    extracted_parameters: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    warnings: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    thumbnail_url: Mapped[Str500 | None]
    is_default: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    generation_count: Mapped[Counter]


class WorkflowVersion(Owned, Created, Base):
    __tablename__ = "comfyui_workflow_versions"
    __table_args__ = (UniqueConstraint("workflow_id", "number"), Index(None, "workspace_id"))

    id: Mapped[Id]
    workflow_id: Mapped[UUID] = mapped_column(ForeignKey("comfyui_workflows.id", ondelete="CASCADE"))
    number: Mapped[int]
    workflow_json: Mapped[str] = mapped_column(Text, deferred=True, deferred_raiseload=True)
    original: Mapped[str | None] = mapped_column(Text, deferred=True, deferred_raiseload=True)
    content_sha256: Mapped[str | None] = mapped_column(CHAR(64))
    default_parameters: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    extracted_parameters: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    warnings: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


class Session(Owned, Created, Updated, Deletable, Base):
    __tablename__ = "comfyui_sessions"
    __table_args__ = (
        Index(None, "profile_id"),
        Index(None, "current_workflow_id"),
        Index("idx_comfyui_sessions_workspace_updated", "workspace_id", desc("updated_at"), desc("id")),
    )

    id: Mapped[Id]
    profile_id: Mapped[UUID | None] = mapped_column(ForeignKey("profiles.id", ondelete="CASCADE"))
    title: Mapped[Str255]
    current_workflow_id: Mapped[UUID | None] = mapped_column(ForeignKey("comfyui_workflows.id", ondelete="SET NULL"))
    last_parameters: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    generation_count: Mapped[Counter]
    completed_count: Mapped[Counter]
    failed_count: Mapped[Counter]


class Generation(Owned, LifeCycle, Created, Updated, Deletable, Base):
    """One run of one graph. `prompt_id` is the row's own id unless an older ComfyUI chose its own."""

    __tablename__ = "comfyui_generations"
    __table_args__ = (
        *life_cycle_rules("comfyui_generations", GenerationStatus, GenerationStatus.COMPLETED),
        CheckConstraint("seed BETWEEN 0 AND 18446744073709551615", name="seed"),
        Index(None, "seed"),
        Index("idx_comfyui_generations_checkpoint", "checkpoint_name"),
        Index("idx_comfyui_generations_session_created", "session_id", desc("created_at"), desc("id")),
        Index("idx_comfyui_generations_workspace_created", "workspace_id", desc("created_at"), desc("id")),
        Index("idx_comfyui_generations_workflow_created", "workflow_id", desc("created_at"), desc("id")),
        Index(None, "profile_id"),
        Index(None, "batch_id", postgresql_where=text("batch_id IS NOT NULL")),
        Index(None, "schedule_id", postgresql_where=text("schedule_id IS NOT NULL")),
        Index(None, "workflow_version_id", postgresql_where=text("workflow_version_id IS NOT NULL")),
    )

    id: Mapped[Id]
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("comfyui_sessions.id", ondelete="CASCADE"))
    workflow_id: Mapped[UUID | None] = mapped_column(ForeignKey("comfyui_workflows.id", ondelete="SET NULL"))
    workflow_version_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("comfyui_workflow_versions.id", ondelete="SET NULL")
    )
    profile_id: Mapped[UUID | None] = mapped_column(ForeignKey("profiles.id", ondelete="SET NULL"))
    backend_url: Mapped[Str500 | None]
    prompt_id: Mapped[Str255 | None]
    rerun_of: Mapped[UUID | None]
    batch_id: Mapped[UUID | None]
    schedule_id: Mapped[UUID | None]
    batch_index: Mapped[Counter]
    favorite: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))

    workflow_json_snapshot: Mapped[str | None] = mapped_column(Text, deferred=True, deferred_raiseload=True)
    parameters: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    warnings: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    prompt_text: Mapped[LongText | None]
    negative_prompt: Mapped[LongText | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    steps: Mapped[int | None]
    cfg_scale: Mapped[float | None]
    seed: Mapped[int | None] = mapped_column(Unsigned64)
    sampler_name: Mapped[Str50 | None]
    scheduler: Mapped[Str50 | None]
    batch_size: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    checkpoint_name: Mapped[Str255 | None]
    loras_used: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))

    current_node: Mapped[Str255 | None]
    submit_count: Mapped[Counter]
    submitted_at: Mapped[datetime | None]
    outputs: Mapped[list[Any]] = mapped_column(JsonText, server_default="[]")
    generation_time_seconds: Mapped[float | None]
