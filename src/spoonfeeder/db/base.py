"""The declarative base, the column types that Postgres has no exact word for, and columns that many tables share."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar
from uuid import UUID, uuid4

import orjson
from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
    String,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "idx_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class JsonText(TypeDecorator[Any]):
    """JSON kept as text, in columns that spec/database.md gives as `text`: shown whole, never searched."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any | None:
        return None if value is None else orjson.loads(value)


class Unsigned64(TypeDecorator[int]):
    """A whole number 0 to 2^64 - 1, as ComfyUI's seeds are; bigint ends at 2^63 - 1."""

    impl = Numeric(20, 0)
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)

    def process_result_value(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value)


class Base(DeclarativeBase):
    """Defaults of the database are read back by the INSERT or UPDATE itself, so a flushed row is complete."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        UUID: Uuid(),
        datetime: DateTime(timezone=True),
        float: Double(),
        dict[str, Any]: JSONB(none_as_null=True),
        list[Any]: JSONB(none_as_null=True),
    }
    __mapper_args__ = {"eager_defaults": True}  # noqa: RUF012 - SQLAlchemy types it as an instance variable


Id = Annotated[UUID, mapped_column(primary_key=True, default=uuid4, server_default=text("gen_random_uuid()"))]
Words = Annotated[list[str], mapped_column(JsonText, server_default='["text"]')]
Counter = Annotated[int, mapped_column(Integer, server_default=text("0"))]
Str20 = Annotated[str, mapped_column(String(20))]
Str50 = Annotated[str, mapped_column(String(50))]
Str255 = Annotated[str, mapped_column(String(255))]
Str500 = Annotated[str, mapped_column(String(500))]
LongText = Annotated[str, mapped_column(Text)]


class Created:
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Updated:
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class Deletable:
    """`deleted_at` set: invisible, to be undone for 7 days, then purged (docs/api.md, "delete")."""

    deleted_at: Mapped[datetime | None]


class Owned:
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))


def one_of(column: str, words: Iterable[str]) -> CheckConstraint:
    """A CHECK that holds a column to the words of a closed vocabulary."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
