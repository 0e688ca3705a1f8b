"""What happened: the audit log, which nobody changes, and the API log, which is kept for a while.

Neither has foreign keys: an entry outlives what it is about.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, SmallInteger, String, desc, func, text
from sqlalchemy.orm import Mapped, mapped_column

from spoonfeeder.db.base import Base, Str20, Str50, Str255


class AuditEntry(Base):
    """Who did what, on which row, from where, when (R49). `details` never holds a secret or the text of a prompt."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("idx_audit_log_at", desc("at"), desc("id")),
        Index("idx_audit_log_user_at", "user_id", desc("at"), desc("id")),
        Index("idx_audit_log_workspace_at", "workspace_id", desc("at"), desc("id")),
        Index("idx_audit_log_subject_id", "subject_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    action: Mapped[Str50]
    user_id: Mapped[UUID | None]
    api_key_id: Mapped[UUID | None]
    workspace_id: Mapped[UUID | None]
    subject_kind: Mapped[Str50 | None]
    subject_id: Mapped[Str255 | None]
    peer: Mapped[str | None] = mapped_column(String(64))
    request_id: Mapped[str | None] = mapped_column(String(64))
    details: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))


class ApiCall(Base):
    """One request: `route` is the pattern, such as /api/media/{media_id}, never the address with its query."""

    __tablename__ = "api_log"
    __table_args__ = (
        Index("idx_api_log_at", desc("at"), desc("id")),
        Index("idx_api_log_user_at", "user_id", desc("at"), desc("id")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    method: Mapped[Str20]
    route: Mapped[Str255]
    status: Mapped[int] = mapped_column(SmallInteger)
    duration_ms: Mapped[float]
    user_id: Mapped[UUID | None]
    api_key_id: Mapped[UUID | None]
    workspace_id: Mapped[UUID | None]
    provider: Mapped[Str50 | None]
    peer: Mapped[str | None] = mapped_column(String(64))
    request_id: Mapped[str | None] = mapped_column(String(64))
