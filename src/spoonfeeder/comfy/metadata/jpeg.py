"""JPEG: segments up to the pixels; EXIF and the comments hold the texts, at most 64 KiB each."""

from spoonfeeder.comfy.metadata import exif
from spoonfeeder.comfy.metadata.found import COMMENT, Texts
from spoonfeeder.comfy.metadata.source import Source, UnreadableFile

_APP1, _COMMENT, _PIXELS, _END = 0xE1, 0xFE, 0xDA, 0xD9
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})


def texts(source: Source) -> Texts:
    """Raises UnreadableFile where something else stands in place of a segment."""
    place = 2
    while True:
        start, marker = source.read(place, 2)
        if start != 0xFF:
            raise UnreadableFile("This JPEG is damaged.")
        if marker in {_PIXELS, _END}:
            return
        place += 1 if marker == 0xFF else 2
        if marker != 0xFF and marker not in _WITHOUT_LENGTH:
            length = int.from_bytes(source.read(place, 2))
            yield from _of_segment(source, marker, place + 2, max(0, length - 2))
            place += max(2, length)


def _of_segment(source: Source, marker: int, place: int, length: int) -> Texts:
    if marker == _COMMENT:
        return [(COMMENT, source.read(place, length))]
    if marker == _APP1 and source.head(place, min(length, 6)) == exif.PREFIX:
        return exif.texts(source.read(place, length))
    return []
