"""EXIF in WebP and JPEG: ComfyUI's `workflow:{…}` in any text field, and what others put into the user comment."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from spoonfeeder.comfy.metadata.found import COMMENT, Texts, name_of
from spoonfeeder.comfy.metadata.source import UnreadableFile

PREFIX = b"Exif\0\0"
ORIENTATION = 0x0112
_DETAILS, _USER_COMMENT = 0x8769, 0x9286
_BYTE, _TEXT, _SHORT, _LONG, _ANY = 1, 2, 3, 4, 7
_WIDTHS = {_BYTE: 1, _TEXT: 1, _SHORT: 2, _LONG: 4, _ANY: 1}
_MOST_FIELDS = 512
_CHARSETS = {b"UNICODE\0": True, b"ASCII\0\0\0": False, b"\0\0\0\0\0\0\0\0": False}


@dataclass(frozen=True, slots=True)
class Field:
    tag: int
    kind: int
    value: bytes


class Fields:
    """The first directory of a block, and its details; raises UnreadableFile where they lead outside of it."""

    def __init__(self, block: bytes) -> None:
        self._block = block.removeprefix(PREFIX)
        self._order: str = {b"II*\0": "little", b"MM\0*": "big"}.get(self._block[:4], "")
        self._left = len(self._block)
        if not self._order:
            raise _broken()

    def __iter__(self) -> Iterator[Field]:
        details = 0
        for field in self._directory(self._number(self._part(4, 4))):
            yield field
            if field.tag == _DETAILS and field.kind == _LONG:
                details = self._number(field.value)
        if details:
            yield from self._directory(details)

    def orientation(self) -> int:
        """1 to 8, as EXIF counts; 1 is upright."""
        found = [self._number(field.value) for field in self if field.tag == ORIENTATION and field.kind == _SHORT]
        return found[0] if found and 1 <= found[0] <= 8 else 1

    def _directory(self, place: int) -> Iterator[Field]:
        count = self._number(self._part(place, 2))
        if count > _MOST_FIELDS:
            raise _broken()
        for number in range(count):
            yield from self._field(self._part(place + 2 + 12 * number, 12))

    def _field(self, entry: bytes) -> Iterator[Field]:
        tag, kind, count = self._number(entry[:2]), self._number(entry[2:4]), self._number(entry[4:8])
        length = count * _WIDTHS.get(kind, 0)
        if not length:
            return
        value = entry[8 : 8 + length] if length <= 4 else self._part(self._number(entry[8:12]), length)
        # Fields that share their bytes would make much out of little.
        self._left -= length
        if self._left < 0:
            raise _broken()
        yield Field(tag, kind, value)

    def _part(self, place: int, length: int) -> bytes:
        part = self._block[place : place + length]
        if len(part) != length:
            raise _broken()
        return part

    def _number(self, data: bytes) -> int:
        return int.from_bytes(data, "little" if self._order == "little" else "big")


def texts(block: bytes) -> Texts:
    """Raises UnreadableFile for a block that is no EXIF."""
    for field in Fields(block):
        if field.tag == _USER_COMMENT:
            yield _named(_user_comment(field.value))
        elif field.kind == _TEXT:
            yield _named(field.value)


def _user_comment(value: bytes) -> bytes:
    wide = _CHARSETS.get(value[:8])
    if wide is None:
        return value
    return _narrow(value[8:]) if wide else value[8:]


def _narrow(text: bytes) -> bytes:
    """UTF-16 of either order; the first letter, for it is never far from ASCII, tells which."""
    marked = text[:2] in {b"\xff\xfe", b"\xfe\xff"}
    by_order = "utf-16-le" if text[1:2] == b"\0" else "utf-16-be"
    return text.decode("utf-16" if marked else by_order, "replace").encode(errors="replace")


def _named(value: bytes) -> tuple[str, bytes]:
    word, colon, text = value.partition(b":")
    name = name_of(word.decode("latin-1")) if colon and len(word) < 20 else None
    return (name, text) if name else (COMMENT, value)


def _broken() -> UnreadableFile:
    return UnreadableFile("The EXIF data of this picture is damaged.")


def built(named: Iterable[tuple[int, bytes]], orientation: int = 1) -> bytes:
    """A block with these text fields, by tag; an orientation that is not upright is kept with them."""
    shorts = [(ORIENTATION, _SHORT, 1, orientation.to_bytes(4, "little"))] if orientation != 1 else []
    texts = [(tag, _TEXT, len(text) + 1, text + b"\0") for tag, text in named]
    entries, values = bytearray(), bytearray()
    fields = sorted(texts + shorts)
    start = 8 + 2 + 12 * len(fields) + 4
    for tag, kind, count, value in fields:
        entries += tag.to_bytes(2, "little") + kind.to_bytes(2, "little") + count.to_bytes(4, "little")
        entries += value.ljust(4, b"\0") if len(value) <= 4 else (start + len(values)).to_bytes(4, "little")
        if len(value) > 4:
            values += value + b"\0" * (len(value) % 2)
    return b"II*\0\x08\0\0\0" + len(fields).to_bytes(2, "little") + bytes(entries) + bytes(4) + bytes(values)
