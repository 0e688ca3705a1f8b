"""What people are told apart from the page they are on, kept until they have read it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, desc, text
from sqlalchemy.orm import Mapped, mapped_column

from spoonfeeder.core.vocabulary import NotificationType
from spoonfeeder.db.base import Base, Created, Id, LongText, Owned, Str20, Str50, Updated, one_of


class Notification(Owned, Created, Updated, Base):
    """For one user, or for everybody of the workspace where `user_id` is null.

    What is said again before it was read is counted in `count` instead of being kept twice.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        one_of("type", NotificationType),
        Index("idx_notifications_workspace_created", "workspace_id", desc("created_at"), desc("id")),
        Index(
            "idx_notifications_unread",
            "workspace_id",
            "user_id",
            "code",
            postgresql_where=text("read_at IS NULL"),
        ),
        Index(None, "user_id"),
    )

    id: Mapped[Id]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    type: Mapped[Str20]
    code: Mapped[Str50]
    message: Mapped[LongText]
    subject_kind: Mapped[Str20 | None]
    subject_id: Mapped[UUID | None]
    count: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    read_at: Mapped[datetime | None]
