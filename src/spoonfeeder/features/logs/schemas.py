"""Answers of the two logs."""

from typing import Any
from uuid import UUID

from spoonfeeder.core.schema import Page, Record, Timestamp


class Person(Record):
    """Null where nobody was signed in, or the account is gone."""

    user_name: str | None
    user_email: str | None


class AuditOut(Person):
    """`user_id` is who did it, `subject_id` what it was done to."""

    id: int
    at: Timestamp
    action: str
    user_id: UUID | None
    api_key_id: UUID | None
    workspace_id: UUID | None
    workspace_name: str | None
    subject_kind: str | None
    subject_id: str | None
    peer: str | None
    request_id: str | None
    details: dict[str, Any]


class ApiCallOut(Person):
    """`route` is the pattern, `(none)` where the address fits no route; `at` is the beginning of the request."""

    id: int
    at: Timestamp
    method: str
    route: str
    status: int
    duration_ms: float
    user_id: UUID | None
    api_key_id: UUID | None
    workspace_id: UUID | None
    provider: str | None
    peer: str | None
    request_id: str | None


class AuditPage(Page[AuditOut]):
    """`pagination.total` ends at 10,000; `next_cursor` leads on from there and is null on the last page."""

    next_cursor: str | None


class ApiCallPage(Page[ApiCallOut]):
    """As AuditPage."""

    next_cursor: str | None
