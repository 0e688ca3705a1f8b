"""ComfyUI workflow templates, sessions and generations.

The graphs themselves (`workflow_json`, `workflow_json_snapshot`) can be megabytes, so a SELECT leaves them out;
whoever shows or runs one asks with `undefer(...)`, and reading it otherwise raises.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CHAR,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    desc,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
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
        Index(None, "project_id"),
        Index("idx_comfyui_sessions_workspace_updated", "workspace_id", desc("updated_at"), desc("id")),
    )

    id: Mapped[Id]
    profile_id: Mapped[UUID | None] = mapped_column(ForeignKey("profiles.id", ondelete="CASCADE"))
    project_id: Mapped[UUID | None] = mapped_column(ForeignKey("projects.id", ondelete="SET NULL"))
    title: Mapped[Str255]
    current_workflow_id: Mapped[UUID | None] = mapped_column(ForeignKey("comfyui_workflows.id", ondelete="SET NULL"))
    last_parameters: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    generation_count: Mapped[Counter]
    completed_count: Mapped[Counter]
    failed_count: Mapped[Counter]


def _search_indexes() -> Iterator[Index]:
    newest: tuple[Any, ...] = (desc("created_at"), desc("id"))
    yield _shown_index("workspace_created", *newest, included=["status", "generation_time_seconds"])
    yield _shown_index("favorite", *newest, of="favorite")
    yield _shown_index("unlucky", "status", *newest, of="status IN ('failed', 'cancelled')")
    equal = {"checkpoint": "checkpoint_name", "sampler": "sampler_name", "cfg": "cfg_scale"}
    for name in ("checkpoint", "sampler", "cfg", "steps", "scheduler"):
        yield _shown_index(name, equal.get(name, name), *newest)
    yield _shown_index("width", "width", "height", *newest)
    have_ended = "generation_time_seconds IS NOT NULL"
    yield _shown_index("duration", desc("generation_time_seconds"), desc("id"), of=have_ended)
    yield _shown_index("tagged", of="tags <> '{}'")
    for name in ("seed", "height"):
        yield _shown_index(name, name)
    name = "idx_comfyui_generations_search"
    yield Index(name, "search", postgresql_using="gin", postgresql_with={"fastupdate": "off"})


def _shown_index(name: str, *columns: Any, of: str | None = None, included: Sequence[str] = ()) -> Index:
    """Over the rows of a workspace that are not deleted."""
    which = text(f"{of} AND deleted_at IS NULL" if of else "deleted_at IS NULL")
    full_name = f"idx_comfyui_generations_{name}"
    return Index(full_name, "workspace_id", *columns, postgresql_where=which, postgresql_include=list(included))


class Generation(Owned, LifeCycle, Created, Updated, Deletable, Base):
    """One run of one graph. `prompt_id` is the row's own id unless an older ComfyUI chose its own.

    `backend_id` is the machine that it was last given to, `wanted_backend_id` the one that it was asked for; neither
    is a foreign key, so that the removal of a machine touches no generation. `needs_sha256` stands for the node classes
    and model files of its graph. Rows of one share are taken by `queue_order`, those put `ahead` before the user's
    others; those `held_at` are not taken.
    """

    __tablename__ = "comfyui_generations"
    __table_args__ = (
        *life_cycle_rules("comfyui_generations", GenerationStatus, GenerationStatus.COMPLETED),
        CheckConstraint("seed BETWEEN 0 AND 18446744073709551615", name="seed"),
        *_search_indexes(),
        Index("idx_comfyui_generations_session_created", "session_id", desc("created_at"), desc("id")),
        Index("idx_comfyui_generations_workflow_created", "workflow_id", desc("created_at"), desc("id")),
        Index(None, "profile_id"),
        Index(None, "batch_id", postgresql_where=text("batch_id IS NOT NULL")),
        Index(None, "schedule_id", postgresql_where=text("schedule_id IS NOT NULL")),
        Index(None, "workflow_version_id", postgresql_where=text("workflow_version_id IS NOT NULL")),
        Index("idx_comfyui_generations_rerun_of", "rerun_of", postgresql_where=text("rerun_of IS NOT NULL")),
        Index("idx_comfyui_generations_deleted", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
        Index("idx_comfyui_generations_verifies", "verifies", postgresql_where=text("verifies IS NOT NULL")),
    )

    id: Mapped[Id]
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("comfyui_sessions.id", ondelete="CASCADE"))
    workflow_id: Mapped[UUID | None] = mapped_column(ForeignKey("comfyui_workflows.id", ondelete="SET NULL"))
    workflow_version_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("comfyui_workflow_versions.id", ondelete="SET NULL")
    )
    profile_id: Mapped[UUID | None] = mapped_column(ForeignKey("profiles.id", ondelete="SET NULL"))
    backend_url: Mapped[Str500 | None]
    backend_id: Mapped[UUID | None]
    wanted_backend_id: Mapped[UUID | None]
    needs_sha256: Mapped[str | None] = mapped_column(CHAR(64))
    held_at: Mapped[datetime | None]
    ahead: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    queue_order: Mapped[Decimal] = mapped_column(Numeric, server_default=func.extract("epoch", func.clock_timestamp()))
    prompt_id: Mapped[Str255 | None]
    rerun_of: Mapped[UUID | None]
    batch_id: Mapped[UUID | None]
    schedule_id: Mapped[UUID | None]
    batch_index: Mapped[Counter]
    batch_coordinates: Mapped[dict[str, Any] | None]
    favorite: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    notes: Mapped[LongText | None]
    fingerprint: Mapped[dict[str, Any] | None]
    verifies: Mapped[UUID | None]
    verification: Mapped[dict[str, Any] | None]

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
    search: Mapped[Any] = mapped_column(TSVECTOR, deferred=True, nullable=True)
