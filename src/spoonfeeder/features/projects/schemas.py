"""Bodies and answers of projects."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from spoonfeeder.core.schema import Given, Input, Name, Record, Timestamp

Description = Annotated[str, Field(max_length=10_000)]
Color = Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$")]


class ProjectOut(Record):
    """The counts are those of what is in it and not deleted."""

    id: UUID
    name: str
    description: str | None
    color: str | None
    session_count: int
    conversation_count: int
    generation_count: int
    created_at: Timestamp
    updated_at: Timestamp


_FIELDS = {"name", "description", "color"}
_READ_ONLY = frozenset(ProjectOut.model_fields) - _FIELDS


class ProjectInput(Input):
    """`color` is `#rrggbb`."""

    read_only: ClassVar[frozenset[str]] = _READ_ONLY

    name: Name
    description: Description | None = None
    color: Color | None = None


class ProjectPatch(Input):
    """What is absent stays."""

    read_only: ClassVar[frozenset[str]] = _READ_ONLY

    name: Given[Name] = None
    description: Description | None = None
    color: Color | None = None
