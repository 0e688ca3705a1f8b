"""Kept files: uploads taken in, any of them found again."""

from collections.abc import AsyncIterable, AsyncIterator
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sqlalchemy import Select, or_, select

from spoonfeeder.core.actor import User
from spoonfeeder.core.errors import AppError, NotFound
from spoonfeeder.core.vocabulary import SHOWN_TYPES, MediaKind
from spoonfeeder.db.comfyui import Generation
from spoonfeeder.db.media import Media
from spoonfeeder.db.task import Task
from spoonfeeder.features.auth.access import visible
from spoonfeeder.features.media.schemas import MediaOut
from spoonfeeder.runtime import Runtime
from spoonfeeder.storage.keeping import keep
from spoonfeeder.storage.protocol import StorageMissing
from spoonfeeder.work import Work

if TYPE_CHECKING:
    from starlette.datastructures import UploadFile

READ_BYTES = 256 * 1024
UPLOAD_LIMIT_BYTES = 64 * 1024 * 1024
MOST_LETTERS = 200


class MediaNotFound(NotFound):
    """This file does not exist."""

    code = "MEDIA_NOT_FOUND"


class FileTypeNotAllowed(AppError):
    """Files of this type cannot be used; take PNG, JPEG, WebP, GIF, AVIF, MP4, WebM, WAV, MP3, FLAC or Ogg."""

    status = 415
    code = "FILE_TYPE_NOT_ALLOWED"


async def chunks_of(file: "UploadFile") -> AsyncIterator[bytes]:
    while chunk := await file.read(READ_BYTES):
        yield chunk


async def keep_upload(
    runtime: Runtime,
    actor: User,
    chunks: AsyncIterable[bytes],
    filename: str,
    *,
    kind: MediaKind = MediaKind.UPLOAD,
    only: frozenset[str] = SHOWN_TYPES,
) -> Media:
    """Stores the file and its thumbnail under its sniffed type; the row is the caller's to add.

    No transaction is open meanwhile. Raises FileTypeNotAllowed and what storages raise.
    """
    media_id = uuid4()
    kept = await keep(runtime.storage, runtime.inspector, chunks, name=str(media_id), limit_bytes=UPLOAD_LIMIT_BYTES)
    if kept.file.media_type not in only:
        await _forget(runtime, kept.file.key, kept.thumbnail_key)
        raise FileTypeNotAllowed
    return Media(
        id=media_id,
        workspace_id=actor.workspace_id,
        kind=kind,
        filename=plain_name(filename) or PurePosixPath(kept.file.key).name,
        media_type=kept.file.media_type,
        bytes=kept.file.bytes,
        sha256=kept.file.sha256,
        width=kept.measures.width,
        height=kept.measures.height,
        duration_seconds=kept.measures.duration_seconds,
        storage_key=kept.file.key,
        thumbnail_key=kept.thumbnail_key,
    )


async def _forget(runtime: Runtime, *stored_keys: str | None) -> None:
    for key in stored_keys:
        if key is not None:
            await runtime.storage.delete(key)


def plain_name(filename: str) -> str:
    """The last part of whatever path a client sent, without control characters; may be empty."""
    last = PurePosixPath(PureWindowsPath(filename).name).name
    plain = "".join(letter for letter in last if letter.isprintable()).strip(". ")
    return plain[-MOST_LETTERS:]


def reachable(work: Work) -> Select[Media]:
    """Files whose generation or task, if they belong to one, is not deleted."""
    of_generation = select(Generation.id).where(Generation.id == Media.generation_id, Generation.deleted_at.is_(None))
    of_task = select(Task.id).where(Task.id == Media.task_id, Task.deleted_at.is_(None))
    return visible(select(Media), work.actor).where(
        or_(Media.generation_id.is_(None), of_generation.exists()), or_(Media.task_id.is_(None), of_task.exists())
    )


async def get(work: Work, media_id: UUID) -> Media:
    """Raises MediaNotFound."""
    media = await work.session.scalar(reachable(work).where(Media.id == media_id))
    if media is None:
        raise MediaNotFound
    return media


async def whole_length(runtime: Runtime, media: Media) -> int:
    """Bytes of the kept file. Raises StorageMissing, also for one that was cut off."""
    length = await runtime.storage.size(media.storage_key)
    if length != media.bytes:
        raise StorageMissing
    return length


def shown(runtime: Runtime, media: Media) -> MediaOut:
    url = f"/api/media/{media.id}"
    columns = {name: getattr(media, name) for name in MediaOut.model_fields if hasattr(media, name)}
    addresses = {"url": url, "thumbnail_url": f"{url}/thumbnail" if media.thumbnail_key else None}
    signed = runtime.signed_urls.sign_fields(addresses, media.workspace_id)
    return MediaOut(**columns, **signed, reference=f"media:{media.id}")
