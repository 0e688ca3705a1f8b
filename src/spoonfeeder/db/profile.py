"""Connections to providers: the legacy `provider_settings`, profiles and their models."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from spoonfeeder.core.vocabulary import ConnectionStatus
from spoonfeeder.db.base import (
    Base,
    Counter,
    Created,
    Deletable,
    Id,
    LongText,
    Owned,
    Str20,
    Str50,
    Str255,
    Str500,
    Updated,
    Words,
    one_of,
)


class ProviderSetting(Owned, Created, Updated, Base):
    __tablename__ = "provider_settings"
    __table_args__ = (UniqueConstraint("workspace_id", "provider"), one_of("status", ConnectionStatus))

    id: Mapped[Id]
    provider: Mapped[Str50]
    api_key: Mapped[LongText]
    endpoint_url: Mapped[Str500 | None]
    default_model: Mapped[Str255 | None]
    last_tested: Mapped[datetime | None]
    status: Mapped[Str20] = mapped_column(server_default=ConnectionStatus.UNKNOWN)
    error_message: Mapped[LongText | None]


class Profile(Owned, Created, Updated, Deletable, Base):
    """`api_key` is cipher text, bound to this row and to the origin of `url` (core.crypto).

    The workspace's order is that of `position`; those without come after, the oldest first.
    """

    __tablename__ = "profiles"
    __table_args__ = (Index(None, "workspace_id", "created_at"),)

    id: Mapped[Id]
    name: Mapped[Str255]
    description: Mapped[LongText | None]
    type: Mapped[Str50]
    provider: Mapped[Str50]
    api_key: Mapped[LongText | None]
    url: Mapped[Str500 | None]
    options: Mapped[dict[str, Any] | None]
    prompt_template: Mapped[LongText | None]
    first_byte_timeout_seconds: Mapped[int | None]
    position: Mapped[int | None]
    input_modalities: Mapped[Words]
    output_modalities: Mapped[Words]

    models: Mapped[list["ProfileModel"]] = relationship(
        lazy="raise", passive_deletes=True, cascade="all, delete-orphan"
    )


class ProfileModel(Owned, Created, Base):
    __tablename__ = "profile_models"
    __table_args__ = (UniqueConstraint("profile_id", "model_id"), Index(None, "workspace_id"))

    id: Mapped[Id]
    profile_id: Mapped[UUID] = mapped_column(ForeignKey("profiles.id", ondelete="CASCADE"))
    model_id: Mapped[Str255]
    name: Mapped[Str255 | None]
    input_modalities: Mapped[Words]
    output_modalities: Mapped[Words]


class ProfileKey(Owned, Created, Base):
    """One of several API keys that a profile uses in turn; `api_key` null stands for the profile's own key.

    `url` is the profile's address at the time the key was saved, to whose origin the cipher text is bound.
    """

    __tablename__ = "profile_keys"
    __table_args__ = (Index(None, "profile_id"), Index(None, "workspace_id"))

    id: Mapped[Id]
    profile_id: Mapped[UUID] = mapped_column(ForeignKey("profiles.id", ondelete="CASCADE"))
    name: Mapped[Str255]
    api_key: Mapped[LongText | None]
    url: Mapped[Str500 | None]
    request_count: Mapped[Counter]
    error_count: Mapped[Counter]
    last_used_at: Mapped[datetime | None]
    last_error_code: Mapped[Str50 | None]
    rests_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
