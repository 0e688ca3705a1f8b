"""The envelope of every answer and the base of every body (docs/api.md, "Envelope")."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Generic, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    StringConstraints,
    model_validator,
)
from pydantic.alias_generators import to_snake

T = TypeVar("T")


class Answer(BaseModel):
    """What we send: every documented field is there, so the document calls them all required.

    Built at its first use: that of all of them would be a tenth of the start.
    """

    model_config = ConfigDict(json_schema_serialization_defaults_required=True, defer_build=True)


class Record(Answer):
    """A row as answers show it."""

    model_config = ConfigDict(from_attributes=True)


class Ok(Answer, Generic[T]):
    success: bool = True
    data: T


class Done(Answer):
    """An action that has no data to show."""

    success: bool = True
    message: str


class Pagination(Answer):
    page: int
    limit: int
    total: int
    pages: int
    totalPages: int  # noqa: N815 - the documented name

    @classmethod
    def of(cls, *, page: int, limit: int, total: int) -> "Pagination":
        pages = max(1, -(-total // limit))
        return cls(page=page, limit=limit, total=total, pages=pages, totalPages=pages)


class Page(Answer, Generic[T]):
    success: bool = True
    data: list[T]
    pagination: Pagination


class FailureDetail(BaseModel):
    """One field that is wrong, by its path in the body or query; about a node it has more fields."""

    model_config = ConfigDict(extra="allow")

    loc: str | None = None
    type: str | None = None
    message: str | None = None


class Failure(BaseModel):
    """The error envelope."""

    success: bool = False
    error: str
    code: str
    statusCode: int  # noqa: N815 - the documented name
    details: list[FailureDetail] | None = None


def failures(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """`responses=` of a route that fails in more ways than every route may (openapi.py)."""
    return {status: {"model": Failure} for status in statuses}


class Input(BaseModel):
    """A request body: snake_case or camelCase for our own fields, unknown names refused.

    `read_only` names what answers show and a client may send back unchanged; it is ignored.
    Names inside parameters, options and graphs are not touched.
    """

    model_config = ConfigDict(extra="forbid", str_max_length=1_000_000, strict=True)
    read_only: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _accept_camel_case(cls, body: Any) -> Any:
        if not isinstance(body, Mapping):
            return body
        renamed: dict[str, Any] = {}
        for name, value in body.items():
            snake = to_snake(name) if isinstance(name, str) and name not in cls.model_fields else name
            known = snake if snake in cls.model_fields or snake in cls.read_only else name
            if known in cls.read_only:
                continue
            renamed.setdefault(known, value)
        return renamed


def _as_utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


Timestamp = Annotated[datetime, PlainSerializer(_as_utc, return_type=str, when_used="json")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
Text = Annotated[str, Field(max_length=100_000)]


def _not_null(value: Any) -> Any:
    if value is None:
        raise ValueError("cannot be null; leave it out to keep it")
    return value


class _WithoutNull:
    """Documents the type alone, without the null that only stands for what was left out."""

    @staticmethod
    def __get_pydantic_json_schema__(schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        told = handler(schema)
        kinds = [kind for kind in told.pop("anyOf") if kind != {"type": "null"}]
        return told | (kinds[0] if len(kinds) == 1 else {"anyOf": kinds})


Given = Annotated[T | None, BeforeValidator(_not_null), _WithoutNull()]
"""`field: Given[X] = None` of a partial update: may be absent, but when it is there it is an X and never null."""
