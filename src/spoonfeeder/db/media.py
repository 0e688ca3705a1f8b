"""Files that are kept with us: outputs, uploads and set thumbnails."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CHAR, BigInteger, ForeignKey, Index, String, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from spoonfeeder.core.vocabulary import MediaKind
from spoonfeeder.db.base import Base, Counter, Created, Deletable, Id, LongText, Owned, Str20, Str255, one_of


class Media(Owned, Created, Deletable, Base):
    """An output belongs to a generation or to a task. `filename` is the name shown to people.

    `source` is where ComfyUI has the file ({filename, subfolder, type}).
    `position` counts the outputs of one of them; `media_type` comes from our own sniff, never from a header.
    `missing_at` is when its file was found to be gone, `used_at` when something first named the upload.
    """

    __tablename__ = "media"
    __table_args__ = (
        one_of("kind", MediaKind),
        UniqueConstraint("generation_id", "position"),
        UniqueConstraint("task_id", "position"),
        Index(None, "workspace_id", "filename"),
        Index("idx_media_unused", "created_at", postgresql_where=text("kind = 'upload' AND used_at IS NULL")),
        Index("idx_media_deleted", "id", postgresql_where=text("deleted_at IS NOT NULL")),
    )

    id: Mapped[Id]
    kind: Mapped[Str20]
    generation_id: Mapped[UUID | None] = mapped_column(ForeignKey("comfyui_generations.id", ondelete="CASCADE"))
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"))
    position: Mapped[Counter]
    node_id: Mapped[Str255 | None]
    filename: Mapped[Str255]
    source: Mapped[dict[str, Any] | None]
    media_type: Mapped[str] = mapped_column(String(100))
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(CHAR(64))
    width: Mapped[int | None]
    height: Mapped[int | None]
    duration_seconds: Mapped[float | None]
    storage_key: Mapped[LongText]
    thumbnail_key: Mapped[LongText | None]
    missing_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class FileRemoval(Base):
    """A stored file whose row is gone; a trigger of migration 0018 writes it with every row of `media` that goes."""

    __tablename__ = "file_removals"

    key: Mapped[LongText] = mapped_column(primary_key=True)
    added_at: Mapped[datetime] = mapped_column(server_default=func.now())
