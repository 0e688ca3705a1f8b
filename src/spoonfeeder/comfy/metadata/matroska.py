"""WebM and Matroska: elements of <id><length><content> under Segment; the texts are its Tags. Clusters are skipped.

The elements are walked flat: those that lead to a tag are entered, and so is whatever a live recording left without a
length; everything else is jumped over.
"""

from spoonfeeder.comfy.metadata.found import Texts, name_of
from spoonfeeder.comfy.metadata.source import Source, UnreadableFile

SIGNATURE = b"\x1a\x45\xdf\xa3"
_SEGMENT, _CLUSTER = 0x18538067, 0x1F43B675
_TAGS, _TAG, _SIMPLE_TAG = 0x1254C367, 0x7373, 0x67C8
_TAG_NAME, _TAG_STRING = 0x45A3, 0x4487
_ENTERED = frozenset({_SEGMENT, _TAGS, _TAG, _SIMPLE_TAG})
_MAY_BE_ENDLESS = frozenset({_SEGMENT, _CLUSTER})
_LONGEST_NAME = 256


def texts(source: Source) -> Texts:
    """Raises UnreadableFile for elements that are no EBML or reach beyond the file."""
    name: str | None = None
    place = 0
    while place < source.size:
        kind, start, length = _element(source, place)
        if kind == _SIMPLE_TAG:
            name = None
        elif kind == _TAG_NAME and length is not None and length <= _LONGEST_NAME:
            name = name_of(source.read(start, length).decode("latin-1").strip("\0"))
        elif kind == _TAG_STRING and name and length is not None:
            yield name, source.text(start, length)
        place = start if kind in _ENTERED or length is None else start + length
    source.require_within(place)


def _element(source: Source, place: int) -> tuple[int, int, int | None]:
    """(id, where the content starts, its length, None for an unknown one)."""
    head = source.head(place, 12)
    width = _width(head[:1], 4)
    kind = int.from_bytes(head[:width])
    rest = head[width:]
    size = _width(rest[:1], 8)
    mask = (1 << 7 * size) - 1
    length = int.from_bytes(rest[:size]) & mask
    if len(rest) < size or (length == mask and kind not in _MAY_BE_ENDLESS):
        raise _broken()
    return kind, place + width + size, None if length == mask else length


def _width(first: bytes, most: int) -> int:
    width = 9 - (first[0] if first else 0).bit_length()
    if width > most:
        raise _broken()
    return width


def _broken() -> UnreadableFile:
    return UnreadableFile("This video is cut off or damaged.")
