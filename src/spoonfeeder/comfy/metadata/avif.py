"""AVIF: boxes as in MP4; `meta` lists items (`iinf`) and where they lie (`iloc`), one of them the EXIF data."""

import io
from collections.abc import Iterator

from spoonfeeder.comfy.metadata import exif
from spoonfeeder.comfy.metadata.boxes import Box, boxes
from spoonfeeder.comfy.metadata.found import Texts
from spoonfeeder.comfy.metadata.source import MAX_TEXT, Source, UnreadableFile

BRANDS = frozenset({b"avif", b"avis"})
_LARGEST_LIST = 2**20
_TIFF_MARKS = (b"II*\0", b"MM\0*")
_WIDTHS = frozenset({4, 8})

Extent = tuple[int, int]
"""(place in the file, length)"""


class _Numbers(io.BytesIO):
    def next(self, width: int) -> int:
        data = self.read(width)
        if len(data) != width:
            raise _broken()
        return int.from_bytes(data)


def texts(source: Source) -> Texts:
    """Raises UnreadableFile for lists that are cut off or lead outside of the file."""
    for meta in boxes(source, Box(b"", 0, source.size)):
        if meta.kind == b"meta":
            lists = {box.kind: box for box in boxes(source, Box(b"meta", meta.start + 4, meta.end))}
            if b"iinf" in lists and b"iloc" in lists:
                yield from _of_items(source, lists[b"iinf"], lists[b"iloc"])
            return


def _of_items(source: Source, iinf: Box, iloc: Box) -> Texts:
    wanted = set(_exif_items(source, iinf))
    for item, extents in _locations(_list(source, iloc)):
        if item in wanted:
            if sum(length for _, length in extents) > MAX_TEXT:
                raise _broken()
            block = b"".join(source.text(place, length) for place, length in extents)
            start = min((block.find(mark) for mark in _TIFF_MARKS if mark in block), default=0)
            yield from exif.texts(block[start:])
            return


def _exif_items(source: Source, iinf: Box) -> Iterator[int]:
    version = source.read(iinf.start, 1)[0]
    for entry in boxes(source, Box(iinf.kind, iinf.start + (8 if version else 6), iinf.end)):
        numbers = _list(source, entry)
        wide = numbers.next(4) >> 24 == 3
        item = numbers.next(4 if wide else 2)
        numbers.next(2)
        if numbers.read(4) == b"Exif":
            yield item


def _locations(numbers: _Numbers) -> Iterator[tuple[int, list[Extent]]]:
    """Those that count from the beginning of the file (construction method 0)."""
    version, sizes = numbers.next(4) >> 24, numbers.next(2)
    offset, length, base, index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    if not {offset, length, base or 4} <= _WIDTHS:
        raise _broken()
    wide = 4 if version == 2 else 2
    for _ in range(numbers.next(wide)):
        item = numbers.next(wide)
        in_file = numbers.next(2) & 15 == 0 if version else True
        numbers.next(2)
        start = numbers.next(base)
        extents = []
        for _ in range(numbers.next(2)):
            numbers.next(index if version else 0)
            extents.append((start + numbers.next(offset), numbers.next(length)))
        if in_file:
            yield item, extents


def _list(source: Source, box: Box) -> _Numbers:
    if box.end - box.start > _LARGEST_LIST:
        raise _broken()
    return _Numbers(source.read(box.start, box.end - box.start))


def _broken() -> UnreadableFile:
    return UnreadableFile("This AVIF picture is damaged.")
