"""Looking into kept files: a few at a time, in threads, and never failing because a file is bad."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from spoonfeeder.core.vocabulary import Modality
from spoonfeeder.storage import images, recordings
from spoonfeeder.storage.endings import has_its_end
from spoonfeeder.storage.media_types import modality_of

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

    async def measure(self, path: Path, media_type: str) -> Measures:
        """Pixels and seconds as far as the file tells them."""
        return await self._try(_measure, path, media_type) or Measures()

    async def thumbnail(self, path: Path, media_type: str) -> bytes | None:
        """A WebP of at most 512 pixels on its longer side, of a picture or a video's first; None where none is made."""
        return await self._try(_thumbnail, path, media_type)

    async def decodes_fully(self, path: Path, media_type: str) -> bool:
        """True only where every pixel and sample is there; False for types that we cannot decode."""
        return await self._try(_decodes_fully, path, media_type) is True

    async def _try(self, look: Callable[[Path, str], T | None], path: Path, media_type: str) -> T | None:
        async with self._gate:
            try:
                return await asyncio.to_thread(look, path, media_type)
            except Exception:  # noqa: BLE001 - decoders raise nearly everything for a bad file
                return None


def _measure(path: Path, media_type: str) -> Measures | None:
    match modality_of(media_type):
        case Modality.IMAGE:
            return Measures(*images.size_of(path, media_type))
        case Modality.VIDEO | Modality.AUDIO:
            found = recordings.measures_of(path, media_type)
            return Measures(found.width, found.height, found.duration_seconds)
        case _:
            return None


def _thumbnail(path: Path, media_type: str) -> bytes | None:
    match modality_of(media_type):
        case Modality.IMAGE:
            return images.thumbnail_of(path, media_type)
        case Modality.VIDEO:
            return recordings.poster_of(path, media_type)
        case _:
            return None


def _decodes_fully(path: Path, media_type: str) -> bool:
    if not has_its_end(path, media_type):
        return False
    match modality_of(media_type):
        case Modality.IMAGE:
            images.decode_all(path, media_type)
        case Modality.VIDEO | Modality.AUDIO:
            recordings.decode_all(path, media_type)
        case _:
            return False
    return True
