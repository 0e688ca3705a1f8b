"""The ComfyUI machines of a profile, what does not fit on them, and whose turn it is in the queue."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CHAR, Boolean, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from spoonfeeder.core.vocabulary import BackendStatus
from spoonfeeder.db.base import Base, Created, Id, LongText, Owned, Str20, Str50, Str255, Str500, one_of


class ComfyBackend(Owned, Created, Base):
    """One machine. The profile's own address is one too (`is_own`), kept equal to it by a trigger of migration 0015.

    `api_key` is cipher text like a profile's; of the own one it stands in the profile. `slots` null means the usual
    number. What is `draining` ends what it has and takes nothing new. The queue's numbers are those of its last check.
    """

    __tablename__ = "comfyui_backends"
    __table_args__ = (
        UniqueConstraint("profile_id", "url"),
        one_of("status", BackendStatus),
        CheckConstraint("slots BETWEEN 1 AND 64", name="slots"),
        Index(None, "workspace_id"),
        Index("uq_comfyui_backends_own", "profile_id", unique=True, postgresql_where=text("is_own")),
    )

    id: Mapped[Id]
    profile_id: Mapped[UUID] = mapped_column(ForeignKey("profiles.id", ondelete="CASCADE"))
    name: Mapped[Str255]
    url: Mapped[Str500]
    api_key: Mapped[LongText | None]
    is_own: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    slots: Mapped[int | None]
    enabled: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    draining: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    status: Mapped[Str20] = mapped_column(server_default=BackendStatus.UNKNOWN)
    message: Mapped[LongText | None]
    checked_at: Mapped[datetime | None]
    down_since: Mapped[datetime | None]
    comfyui_version: Mapped[Str50 | None]
    device: Mapped[Str255 | None]
    queue_running: Mapped[int | None]
    queue_pending: Mapped[int | None]
    loaded_checkpoint: Mapped[Str255 | None]


class Misfit(Owned, Created, Base):
    """Graphs with these needs (node classes and model files) were found not to run on this machine; `lacking` says why.

    It counts for a few minutes only, since models and nodes are installed meanwhile.
    """

    __tablename__ = "comfyui_misfits"
    __table_args__ = (Index(None, "workspace_id"),)

    backend_id: Mapped[UUID] = mapped_column(ForeignKey("comfyui_backends.id", ondelete="CASCADE"), primary_key=True)
    needs_sha256: Mapped[str] = mapped_column(CHAR(64), primary_key=True)
    lacking: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))


class LineTurn(Base):
    """When somebody's work in a line was last begun: of a user, or of one of its batches or sessions (`share`)."""

    __tablename__ = "line_turns"

    line: Mapped[str] = mapped_column(String(20), primary_key=True)
    share: Mapped[UUID] = mapped_column(primary_key=True)
    served_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
