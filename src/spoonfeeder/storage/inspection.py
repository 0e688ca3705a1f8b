"""Looking into kept files: a few at a time, in threads, and never failing because a file is bad.

Pillow and FFmpeg take 20 MB and are loaded when the first file needs them.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from spoonfeeder.core.vocabulary import Modality
from spoonfeeder.storage.endings import has_its_end
from spoonfeeder.storage.media_types import modality_of
from spoonfeeder.storage.verdicts import Compared, File

AT_ONCE = 2
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Measures:
    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None


class Inspector:
    """At most `at_once` files are decoded at the same time: one picture of 64 megapixels takes 256 MB."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._gate = asyncio.Semaphore(at_once)
        self._comparing = asyncio.Semaphore(1)

    async def measure(self, path: Path, media_type: str) -> Measures:
        """Pixels and seconds as far as the file tells them."""
        return await self._try(_measure, path, media_type) or Measures()

    async def thumbnail(self, path: Path, media_type: str) -> bytes | None:
        """A WebP of at most 512 pixels on its longer side, of a picture or a video's first; None where none is made."""
        return await self._try(_thumbnail, path, media_type)

    async def decodes_fully(self, path: Path, media_type: str) -> bool:
        """True only where every pixel and sample is there; False for types that we cannot decode."""
        return await self._try(_decodes_fully, path, media_type) is True

    async def compare(self, one: File, other: File) -> Compared | None:
        """One pair at a time, since it takes as much as two pictures; None where one cannot be decoded."""
        async with self._comparing:
            try:
                return await asyncio.to_thread(_compare, one, other)
            except Exception:  # noqa: BLE001 - as below
                return None

    async def _try(self, look: Callable[[Path, str], T | None], path: Path, media_type: str) -> T | None:
        async with self._gate:
            try:
                return await asyncio.to_thread(look, path, media_type)
            except Exception:  # noqa: BLE001 - decoders raise nearly everything for a bad file
                return None


def _compare(one: File, other: File) -> Compared:
    from spoonfeeder.storage.comparison import compare

    return compare(one, other)


def _measure(path: Path, media_type: str) -> Measures | None:
    match modality_of(media_type):
        case Modality.IMAGE:
            from spoonfeeder.storage import images

            return Measures(*images.size_of(path, media_type))
        case Modality.VIDEO | Modality.AUDIO:
            from spoonfeeder.storage import recordings

            found = recordings.measures_of(path, media_type)
            return Measures(found.width, found.height, found.duration_seconds)
        case _:
            return None


def _thumbnail(path: Path, media_type: str) -> bytes | None:
    match modality_of(media_type):
        case Modality.IMAGE:
            from spoonfeeder.storage import images

            return images.thumbnail_of(path, media_type)
        case Modality.VIDEO:
            from spoonfeeder.storage import recordings

            return recordings.poster_of(path, media_type)
        case _:
            return None


def _decodes_fully(path: Path, media_type: str) -> bool:
    if not has_its_end(path, media_type):
        return False
    match modality_of(media_type):
        case Modality.IMAGE:
            from spoonfeeder.storage import images

            images.decode_all(path, media_type)
        case Modality.VIDEO | Modality.AUDIO:
            from spoonfeeder.storage import recordings

            recordings.decode_all(path, media_type)
        case _:
            return False
    return True
