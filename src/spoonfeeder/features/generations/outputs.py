"""A file that a generation made, kept here: the row of `media`, and what the generation's own row shows of it."""

from collections.abc import AsyncIterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from spoonfeeder.core.vocabulary import MediaKind
from spoonfeeder.runtime import Runtime
from spoonfeeder.storage.keeping import keep

MOST_FILE_BYTES = 4 * 1024**3


@dataclass(frozen=True, slots=True)
class Place:
    """The file's name as people see it, and the folder of ComfyUI that it lay in."""

    filename: str
    subfolder: str
    type: str
    node_id: str = ""

    def as_shown(self) -> dict[str, Any]:
        return {"filename": self.filename, "subfolder": self.subfolder, "type": self.type}


async def keep_output(
    runtime: Runtime,
    workspace_id: UUID,
    generation_id: UUID,
    position: int,
    chunks: AsyncIterable[bytes],
    place: Place,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The media row and the entry of `outputs`; the key is ours and the same at a second try.

    Raises StorageTooLarge, StorageFull, StorageUnavailable.
    """
    media_id = uuid5(generation_id, str(position))
    kept = await keep(runtime.storage, runtime.inspector, chunks, name=str(media_id), limit_bytes=MOST_FILE_BYTES)
    measures = {
        "width": kept.measures.width,
        "height": kept.measures.height,
        "duration_seconds": kept.measures.duration_seconds,
        "media_type": kept.file.media_type,
        "bytes": kept.file.bytes,
        "sha256": kept.file.sha256,
    }
    media = {
        "id": media_id,
        "workspace_id": workspace_id,
        "kind": MediaKind.OUTPUT,
        "generation_id": generation_id,
        "position": position,
        "node_id": place.node_id[:255],
        "filename": place.filename[:255],
        "source": place.as_shown(),
        "storage_key": kept.file.key,
        "thumbnail_key": kept.thumbnail_key,
        **measures,
    }
    url = f"/api/comfyui/generations/{generation_id}/outputs/{position}"
    thumbnail_url = f"{url}/thumbnail" if kept.thumbnail_key else None
    shown = {
        "index": position,
        "node_id": place.node_id,
        **place.as_shown(),
        "url": url,
        "thumbnail_url": thumbnail_url,
    }
    return media, shown | measures
