"""Keeping a file together with its thumbnail and its measures."""

from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass

from spoonfeeder.storage.inspection import Inspector, Measures
from spoonfeeder.storage.protocol import Storage, StorageFull, StorageUnavailable, Stored


@dataclass(frozen=True, slots=True)
class Kept:
    file: Stored
    thumbnail_key: str | None
    measures: Measures


async def keep(
    storage: Storage, inspector: Inspector, chunks: AsyncIterable[bytes], *, name: str, limit_bytes: int
) -> Kept:
    """Stores the file as `name` and its thumbnail as `<name>-thumbnail`; a file without one is kept as well.

    Raises StorageTooLarge, StorageFull, StorageUnavailable.
    """
    stored = await storage.put(chunks, name=name, limit_bytes=limit_bytes)
    try:
        async with storage.local_file(stored.key) as path:
            measures = await inspector.measure(path, stored.media_type)
            thumbnail = await inspector.thumbnail(path, stored.media_type)
        return Kept(stored, await _keep_thumbnail(storage, thumbnail, name), measures)
    except BaseException:
        await storage.delete(stored.key)
        raise


async def _keep_thumbnail(storage: Storage, thumbnail: bytes | None, name: str) -> str | None:
    if thumbnail is None:
        return None
    try:
        kept = await storage.put(one_chunk(thumbnail), name=f"{name}-thumbnail", limit_bytes=len(thumbnail))
    except (StorageFull, StorageUnavailable):
        return None
    return kept.key


async def one_chunk(content: bytes) -> AsyncIterator[bytes]:
    yield content
