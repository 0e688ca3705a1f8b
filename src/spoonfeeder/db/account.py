"""Who may use the server, and the workspaces that own every row."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from spoonfeeder.core.vocabulary import UserRole, WorkspaceRole
from spoonfeeder.db.base import Base, Counter, Created, Id, LongText, Str20, Str255, Updated, one_of


class User(Created, Updated, Base):
    """`token_epoch` rises when every token given out so far shall end (R44)."""

    __tablename__ = "users"
    __table_args__ = (one_of("role", UserRole), Index("uq_users_email", func.lower(text("email")), unique=True))

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(320))
    name: Mapped[Str255]
    role: Mapped[Str20] = mapped_column(server_default=UserRole.MEMBER)
    password_hash: Mapped[LongText | None]
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    token_epoch: Mapped[Counter]
    default_workspace_id: Mapped[UUID | None] = mapped_column(ForeignKey("workspaces.id", ondelete="SET NULL"))
    last_login_at: Mapped[datetime | None]


class Workspace(Created, Updated, Base):
    __tablename__ = "workspaces"

    id: Mapped[Id]
    name: Mapped[Str255]


class WorkspaceMember(Created, Base):
    __tablename__ = "workspace_members"
    __table_args__ = (one_of("role", WorkspaceRole), Index(None, "user_id"))

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[Str20]
