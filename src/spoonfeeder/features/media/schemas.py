"""Answers about kept files."""

from uuid import UUID

from spoonfeeder.core.schema import Record, Timestamp


class MediaOut(Record):
    """`reference` is what stands in a graph's input or a message in place of the file."""

    id: UUID
    filename: str
    media_type: str
    bytes: int
    sha256: str
    width: int | None
    height: int | None
    duration_seconds: float | None
    url: str
    thumbnail_url: str | None
    reference: str
    created_at: Timestamp
