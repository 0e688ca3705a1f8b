"""How people and scripts prove who they are: logins, API keys and invitations. No secret is stored, only its sha256."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CHAR, ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column

from spoonfeeder.core.vocabulary import WorkspaceRole
from spoonfeeder.db.base import Base, Created, Id, JsonText, Str20, Str255, one_of


class LoginSession(Created, Base):
    """One sign-in of one browser; its refresh tokens are a family that ends together (R45)."""

    __tablename__ = "login_sessions"
    __table_args__ = (Index(None, "user_id"), Index(None, "expires_at"))

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    user_agent: Mapped[Str255 | None]
    peer: Mapped[str | None] = mapped_column(String(64))
    last_used_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class RefreshToken(Created, Base):
    """`used_at` is set when it is exchanged for the next one; coming again after that, it was stolen."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (Index(None, "login_session_id"),)

    token_sha256: Mapped[str] = mapped_column(CHAR(64), primary_key=True)
    login_session_id: Mapped[UUID] = mapped_column(ForeignKey("login_sessions.id", ondelete="CASCADE"))
    used_at: Mapped[datetime | None]


class ApiKey(Created, Base):
    """Acts as its user, within `scopes`, and only in `workspace_id` where that is set."""

    __tablename__ = "api_keys"
    __table_args__ = (Index(None, "user_id"),)

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    workspace_id: Mapped[UUID | None] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[Str255]
    token_sha256: Mapped[str] = mapped_column(CHAR(64), unique=True)
    last_four: Mapped[str] = mapped_column(CHAR(4))
    scopes: Mapped[list[str]] = mapped_column(JsonText)
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Invitation(Created, Base):
    """A link that makes whoever opens it a member, once; `email` limits it to one person."""

    __tablename__ = "invitations"
    __table_args__ = (one_of("role", WorkspaceRole), Index(None, "workspace_id"))

    id: Mapped[Id]
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    role: Mapped[Str20]
    email: Mapped[str | None] = mapped_column(String(320))
    token_sha256: Mapped[str] = mapped_column(CHAR(64), unique=True)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    revoked_at: Mapped[datetime | None]
