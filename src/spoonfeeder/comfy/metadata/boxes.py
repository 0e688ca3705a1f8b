"""MP4 and MOV: boxes of <length><kind><content>. Only what leads to the metadata is entered; the samples are skipped.

FFmpeg, and so ComfyUI, writes keys of its own choice under `moov/udta/meta/keys` and their values, by number, under
`ilst`; a comment stands there as `©cmt`, in MOV files directly under `udta`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from spoonfeeder.comfy.metadata.found import COMMENT, Texts, name_of
from spoonfeeder.comfy.metadata.source import Source, UnreadableFile

_ENTERED = frozenset({b"moov", b"udta", b"meta"})
_COMMENTS = frozenset({b"\xa9cmt", b"\xa9des", b"desc"})
_DEEPEST = 4
_MOST_KEYS = 1024
_LARGEST_KEYS = 2**20

Keys = dict[bytes, str]
"""From the four bytes that a value stands under to its name."""


@dataclass(frozen=True, slots=True)
class Box:
    """Content from `start` to before `end`."""

    kind: bytes
    start: int
    end: int


def texts(source: Source) -> Texts:
    """Raises UnreadableFile for boxes that are cut off, empty, or larger than what holds them."""
    return _within(source, Box(b"", 0, source.size), 0)


def boxes(source: Source, outer: Box) -> Iterator[Box]:
    """Fewer than eight bytes at the end are padding (QuickTime ends `udta` with four zeros)."""
    place = outer.start
    while place + 8 <= outer.end:
        box = _box_at(source, place, outer)
        yield box
        place = box.end


def _box_at(source: Source, place: int, outer: Box) -> Box:
    head = source.read(place, 8)
    length, start = int.from_bytes(head[:4]), place + 8
    if length == 1:
        length, start = int.from_bytes(source.read(start, 8)), start + 8
    if length == 0 and not outer.kind:
        length = outer.end - place
    if length < start - place:
        raise UnreadableFile("This video is damaged: it holds a box without a length.")
    if place + length > outer.end:
        raise UnreadableFile("This video is cut off or damaged: a box in it is larger than what is there.")
    return Box(head[4:], start, place + length)


def _within(source: Source, outer: Box, depth: int) -> Iterator[tuple[str, bytes]]:
    keys: Keys = dict.fromkeys(_COMMENTS, COMMENT)
    for box in boxes(source, outer):
        if box.kind in _ENTERED and depth < _DEEPEST:
            yield from _within(source, _after_version(source, box) if box.kind == b"meta" else box, depth + 1)
        elif box.kind == b"keys":
            keys |= _keys(source, box)
        elif box.kind == b"ilst":
            yield from _values(source, box, keys)
        elif box.kind in _COMMENTS and outer.kind == b"udta":
            yield COMMENT, source.text(box.start, box.end - box.start)[4:]


def _after_version(source: Source, meta: Box) -> Box:
    """QuickTime's own `meta` has no version."""
    bare = source.head(meta.start, 8)[4:] == b"hdlr"
    return Box(meta.kind, meta.start if bare else meta.start + 4, meta.end)


def _keys(source: Source, box: Box) -> Keys:
    if box.end - box.start > _LARGEST_KEYS:
        raise UnreadableFile("This video is damaged: its metadata has too many names.")
    names: Keys = {}
    entries = boxes(source, Box(box.kind, box.start + 8, box.end))
    for number, entry in zip(range(1, _MOST_KEYS), entries, strict=False):
        name = name_of(source.read(entry.start, entry.end - entry.start).decode("latin-1"))
        if name:
            names[number.to_bytes(4)] = name
    return names


def _values(source: Source, ilst: Box, keys: Keys) -> Iterator[tuple[str, bytes]]:
    for item in boxes(source, ilst):
        if item.kind in keys:
            for data in boxes(source, item):
                if data.kind == b"data":
                    yield keys[item.kind], source.text(data.start, data.end - data.start)[8:]
