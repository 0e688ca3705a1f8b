"""Answers about notifications."""

from uuid import UUID

from spoonfeeder.core.schema import Answer, Record, Timestamp
from spoonfeeder.core.vocabulary import NotificationType


class NotificationOut(Record):
    """`user_id` is null where it is for everybody of the workspace; then one who reads it reads it for all.

    `count` is how often it was said before it was read; `message` and subject are of the last time.
    """

    id: UUID
    user_id: UUID | None
    type: NotificationType
    code: str
    message: str
    subject_kind: str | None
    subject_id: UUID | None
    count: int
    read_at: Timestamp | None
    created_at: Timestamp
    updated_at: Timestamp


class NotificationPage(Answer):
    """`next_cursor` leads on and is null on the last page; `unread_count` is of all, whatever the page shows."""

    success: bool = True
    data: list[NotificationOut]
    unread_count: int
    next_cursor: str | None


class MarkedRead(Answer):
    marked: int
