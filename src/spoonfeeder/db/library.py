"""What keeps work in order: projects, the prompt library, presets of parameters, and batches of generations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, desc, text
from sqlalchemy.orm import Mapped, mapped_column

from spoonfeeder.core.vocabulary import BatchKind
from spoonfeeder.db.base import (
    Base,
    Counter,
    Created,
    Deletable,
    Id,
    LongText,
    Owned,
    Str20,
    Str255,
    Updated,
    one_of,
)


class Project(Owned, Created, Updated, Deletable, Base):
    """A folder of ComfyUI sessions and conversations."""

    __tablename__ = "projects"
    __table_args__ = (Index("idx_projects_listed", "workspace_id", "name", "id"),)

    id: Mapped[Id]
    name: Mapped[Str255]
    description: Mapped[LongText | None]
    color: Mapped[Str20 | None]


class Prompt(Owned, Created, Updated, Deletable, Base):
    """A prompt to be used again; `{subject}` in its texts is a variable."""

    __tablename__ = "prompts"
    __table_args__ = (Index("idx_prompts_listed", "workspace_id", "name", "id"),)

    id: Mapped[Id]
    name: Mapped[Str255]
    prompt_text: Mapped[LongText]
    negative_prompt: Mapped[LongText | None]
    category: Mapped[str | None] = mapped_column(String(100))
    used_count: Mapped[Counter]
    used_at: Mapped[datetime | None]


class Preset(Owned, Created, Updated, Deletable, Base):
    """Parameters by name, for any workflow or for one."""

    __tablename__ = "presets"
    __table_args__ = (Index("idx_presets_listed", "workspace_id", "name", "id"), Index(None, "workflow_id"))

    id: Mapped[Id]
    name: Mapped[Str255]
    description: Mapped[LongText | None]
    workflow_id: Mapped[UUID | None] = mapped_column(ForeignKey("comfyui_workflows.id", ondelete="SET NULL"))
    parameters: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    used_count: Mapped[Counter]


class Batch(Owned, Created, Base):
    """Generations that were asked for as one; each has this `batch_id` and its place on the `axes`."""

    __tablename__ = "comfyui_batches"
    __table_args__ = (
        one_of("kind", BatchKind),
        Index("idx_comfyui_batches_listed", "workspace_id", desc("created_at"), desc("id")),
        Index(None, "session_id"),
    )

    id: Mapped[Id]
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("comfyui_sessions.id", ondelete="CASCADE"))
    kind: Mapped[Str20]
    base_generation_id: Mapped[UUID | None]
    axes: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    total: Mapped[int]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
