"""Pictures of messages: uploads by their ids in the row, their bytes read only when a model is asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from typing import Any
from uuid import UUID

from sqlalchemy import select

from spoonfeeder.core.errors import invalid_field
from spoonfeeder.core.vocabulary import MediaKind
from spoonfeeder.db.media import Media
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.calls.pictures import MOST_BYTES, TAKEN, how_many_fit
from spoonfeeder.features.media import service as media
from spoonfeeder.features.media.unused import mark_used
from spoonfeeder.providers.base import ChatMessage, ChatRequest, Picture
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work


@dataclass(frozen=True, slots=True)
class KeptPicture(Picture):
    """A picture whose bytes still lie in the storage."""

    storage_key: str = ""


def newest_that_fit(messages: Sequence[Sequence[Media]]) -> list[list[KeptPicture]]:
    """The pictures of each message, in order, without the oldest ones that would be too much for one request."""
    rows = list(chain.from_iterable(messages))
    left_out = len(rows) - how_many_fit(row.bytes for row in reversed(rows))
    place = count()
    return [[_kept(row) for row in its_rows if next(place) >= left_out] for its_rows in messages]


def _kept(row: Media) -> KeptPicture:
    return KeptPicture(row.media_type, b"", row.storage_key)


async def require_pictures(work: Work, ids: Sequence[UUID], field: str = "attachments") -> None:
    """Used uploads are never purged, so a conversation keeps what it shows. Raises Invalid for anything else."""
    known = {row.id: row for row in await find(work, ids)}
    for number, media_id in enumerate(ids):
        row = known.get(media_id)
        if row is None or row.kind != MediaKind.UPLOAD:
            raise invalid_field(f"{field}.{number}", "This upload does not exist.", code="unknown_id")
        if row.media_type not in TAKEN or row.bytes > MOST_BYTES:
            raise invalid_field(f"{field}.{number}", "A model is shown PNG, JPEG, WebP or GIF files up to 20 MiB.")
    await mark_used(work, ids)


async def find(work: Work, ids: Iterable[UUID]) -> Sequence[Media]:
    wanted = set(ids)
    if not wanted:
        return []
    return (await work.session.scalars(visible(select(Media), work.actor).where(Media.id.in_(wanted)))).all()


def shown(runtime: Runtime, row: Media) -> dict[str, Any]:
    return media.shown(runtime, row).model_dump()


async def loaded(runtime: Runtime, request: ChatRequest) -> ChatRequest:
    """With the bytes of its pictures. Raises StorageMissing."""
    if not any(isinstance(part, KeptPicture) for message in request.messages for part in message.parts):
        return request
    messages = [await _loaded(runtime, message) for message in request.messages]
    return replace(request, messages=tuple(messages))


async def _loaded(runtime: Runtime, message: ChatMessage) -> ChatMessage:
    parts = [await _read(runtime, part) if isinstance(part, KeptPicture) else part for part in message.parts]
    return replace(message, parts=tuple(parts))


async def _read(runtime: Runtime, picture: KeptPicture) -> Picture:
    data = b"".join([chunk async for chunk in runtime.storage.open_range(picture.storage_key)])
    return Picture(picture.media_type, data)
