"""Remembered `Idempotency-Key`s, so that a repeated request does not start the work twice (R2)."""

from uuid import UUID

from sqlalchemy import CHAR, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from spoonfeeder.db.base import Base, Created, Str50, Str255


class IdempotencyKey(Created, Base):
    """`status` is the HTTP status of the first answer; null while that answer is still being made."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index(None, "created_at"),)

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    route: Mapped[Str255] = mapped_column(primary_key=True)
    key: Mapped[Str255] = mapped_column(primary_key=True)
    body_sha256: Mapped[str] = mapped_column(CHAR(64))
    resource_kind: Mapped[Str50 | None]
    resource_id: Mapped[UUID | None]
    status: Mapped[int | None]
