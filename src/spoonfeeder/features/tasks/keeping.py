"""Keeping what a provider made: files go into our storage as they come, and never lie in memory as a whole."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from mimetypes import guess_extension
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID, uuid5

from spoonfeeder.core.vocabulary import MediaKind
from spoonfeeder.db.task import Task
from spoonfeeder.features.media.service import plain_name
from spoonfeeder.providers.errors import Broken
from spoonfeeder.providers.media import MOST_BYTES, MOST_VIDEO_BYTES, Craft, MadeFile
from spoonfeeder.runtime import Runtime
from spoonfeeder.storage.keeping import Kept, keep
from spoonfeeder.storage.media_types import UNKNOWN
from spoonfeeder.storage.protocol import StorageTooLarge

MOST_FILES = 50
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Output:
    """One kept file: its row, and how the result shows it."""

    media: dict[str, Any]
    shown: dict[str, Any]


def media_url(media_id: UUID) -> str:
    return f"/api/media/{media_id}"


async def keep_files(runtime: Runtime, row: Task, place: UUID, craft: Craft, files: Sequence[MadeFile]) -> list[Output]:
    """All of them or none. Their ids come from `place`, which is to be one of this try alone.

    Raises ProviderError, StorageFull, StorageUnavailable.
    """
    outputs: list[Output] = []
    try:
        for position, file in enumerate(files[:MOST_FILES]):
            outputs.append(await _keep(runtime, row, uuid5(place, str(position)), position, craft, file))
    except BaseException:
        await forget(runtime, outputs)
        raise
    return outputs


async def forget(runtime: Runtime, outputs: Sequence[Output]) -> None:
    for output in outputs:
        for key in (output.media["storage_key"], output.media["thumbnail_key"]):
            if key is not None:
                await runtime.storage.delete(key)


async def _keep(runtime: Runtime, row: Task, media_id: UUID, position: int, craft: Craft, file: MadeFile) -> Output:
    most = MOST_VIDEO_BYTES if craft is Craft.VIDEO else MOST_BYTES
    chunks: AsyncGenerator[bytes] = file.chunks()
    try:
        async with aclosing(chunks):
            kept = await keep(runtime.storage, runtime.inspector, chunks, name=str(media_id), limit_bytes=most)
    except StorageTooLarge:
        raise Broken(f"The provider sent a file of more than {most // 2**20} MiB.") from None
    return _output(row, media_id, position, kept, _name(row, position, kept, file.media_type))


def _name(row: Task, position: int, kept: Kept, told: str) -> str:
    """After the task; of a type that we do not know by its bytes, with the provider's word for the ending."""
    ending = PurePosixPath(kept.file.key).suffix
    if kept.file.media_type == UNKNOWN:
        ending = guess_extension(told.partition(";")[0]) or ending
    stem = plain_name(row.name)[:LONGEST_NAME].strip(". ") or row.type
    return f"{stem}{ending}" if position == 0 else f"{stem} {position + 1}{ending}"


def _output(row: Task, media_id: UUID, position: int, kept: Kept, name: str) -> Output:
    measured = {
        "media_type": kept.file.media_type,
        "bytes": kept.file.bytes,
        "sha256": kept.file.sha256,
        "width": kept.measures.width,
        "height": kept.measures.height,
        "duration_seconds": kept.measures.duration_seconds,
        "filename": name,
    }
    media = {
        **measured,
        "id": media_id,
        "workspace_id": row.workspace_id,
        "kind": MediaKind.OUTPUT,
        "task_id": row.id,
        "position": position,
        "storage_key": kept.file.key,
        "thumbnail_key": kept.thumbnail_key,
    }
    url = media_url(media_id)
    thumbnail_url = f"{url}/thumbnail" if kept.thumbnail_key else None
    shown = {**measured, "index": position, "media_id": str(media_id), "url": url, "thumbnail_url": thumbnail_url}
    return Output(media, shown)
