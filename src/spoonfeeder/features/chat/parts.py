"""What messages carry: text, and pictures that are uploads of ours or come along as `data:` URLs."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from spoonfeeder.core.errors import invalid_field
from spoonfeeder.db.media import Media
from spoonfeeder.features.calls.pictures import MOST_BYTES, TAKEN, picture_of, require_fitting
from spoonfeeder.features.chat.schemas import MOST_PICTURES, Content, MessageInput, TextPart
from spoonfeeder.features.media import service as media
from spoonfeeder.features.media.unused import mark_used
from spoonfeeder.providers.base import ChatMessage, Picture
from spoonfeeder.storage.keeping import one_chunk
from spoonfeeder.storage.media_types import EXTENSIONS
from spoonfeeder.storage.protocol import Storage
from spoonfeeder.work import Work

Uploads = Mapping[UUID, Media]


async def spoken(work: Work, messages: Sequence[MessageInput]) -> tuple[ChatMessage, ...]:
    """The messages as adapters take them. Raises Invalid about a part, StorageMissing."""
    uploads = await _named_uploads(work, [message.content for message in messages])
    said: list[ChatMessage] = []
    for place, message in enumerate(messages):
        parts = await _said(work.runtime.storage, uploads, message.content, f"messages.{place}.content")
        said.append(ChatMessage(message.role, parts))
    return tuple(said)


async def kept_parts(work: Work, content: Content, loc: str) -> tuple[str, list[UUID]]:
    """Its texts as one, and its pictures as uploads, to which those that came along are added.

    Raises Invalid about a part, and what storages raise.
    """
    if isinstance(content, str):
        return content, []
    uploads = await _named_uploads(work, [content])
    ids: list[UUID] = []
    for place, part in enumerate(content):
        if isinstance(part, TextPart):
            continue
        if isinstance(part.source, UUID):
            ids.append(_shown(uploads, part.source, f"{loc}.{place}").id)
        else:
            ids.append(await _keep(work, await picture_of(part.source, f"{loc}.{place}")))
    return "".join(part.text for part in content if isinstance(part, TextPart)), ids


async def picture_of_upload(storage: Storage, upload: Media) -> Picture:
    """Raises StorageMissing."""
    return Picture(upload.media_type, b"".join([chunk async for chunk in storage.open_range(upload.storage_key)]))


async def _said(storage: Storage, uploads: Uploads, content: Content, loc: str) -> tuple[str | Picture, ...]:
    if isinstance(content, str):
        return (content,)
    said: list[str | Picture] = []
    for place, part in enumerate(content):
        if isinstance(part, TextPart):
            said.append(part.text)
        elif isinstance(part.source, UUID):
            said.append(await picture_of_upload(storage, _shown(uploads, part.source, f"{loc}.{place}")))
        else:
            said.append(await picture_of(part.source, f"{loc}.{place}"))
    return tuple(said)


async def _named_uploads(work: Work, contents: Sequence[Content]) -> dict[UUID, Media]:
    """The uploads that are named, as far as they exist. Raises Invalid for too many or too large pictures."""
    parts = [part for content in contents if not isinstance(content, str) for part in content]
    sources = [part.source for part in parts if not isinstance(part, TextPart)]
    if len(sources) > MOST_PICTURES:
        raise invalid_field("messages", f"At most {MOST_PICTURES} pictures can be sent at once.", code="too_long")
    wanted = {source for source in sources if isinstance(source, UUID)}
    uploads = await _uploads(work, wanted) if wanted else {}
    await mark_used(work, uploads)
    require_fitting([_bytes_of(uploads, source) for source in sources], "messages")
    return uploads


async def _uploads(work: Work, wanted: set[UUID]) -> dict[UUID, Media]:
    mine = media.reachable(work).where(Media.id.in_(wanted))
    return {row.id: row for row in await work.session.scalars(mine)}


def _bytes_of(uploads: Uploads, source: UUID | str) -> int:
    """Nothing for an upload that does not exist; of base64 hardly more than it holds."""
    if isinstance(source, str):
        return len(source) * 3 // 4
    return uploads[source].bytes if source in uploads else 0


def _shown(uploads: Uploads, upload_id: UUID, loc: str) -> Media:
    """Raises Invalid where it does not exist or models are not shown such files."""
    upload = uploads.get(upload_id)
    if upload is None:
        raise invalid_field(loc, "This upload does not exist.", code="unknown_id")
    if upload.media_type not in TAKEN:
        raise invalid_field(loc, "This upload is not a PNG, JPEG, WebP or GIF file.")
    if upload.bytes > MOST_BYTES:
        raise invalid_field(loc, f"A picture may have at most {MOST_BYTES // 2**20} MiB.")
    return upload


async def _keep(work: Work, picture: Picture) -> UUID:
    name = f"{uuid4()}.{EXTENSIONS[picture.media_type]}"
    upload = await media.keep_upload(work.runtime, work.user, one_chunk(picture.data), name)
    work.session.add(upload)
    await work.session.flush()
    await mark_used(work, [upload.id])
    return upload.id
