"""WebP: RIFF chunks of <kind><length><data>, padded to even lengths; the EXIF one holds the texts."""

from collections.abc import Iterator
from dataclasses import dataclass

from spoonfeeder.comfy.metadata import exif
from spoonfeeder.comfy.metadata.found import Texts
from spoonfeeder.comfy.metadata.source import Source, UnreadableFile

EXIF, FEATURES = b"EXIF", b"VP8X"
_HAS_EXIF, _HAS_ALPHA = 0x08, 0x10
_START = 12


@dataclass(frozen=True, slots=True)
class Chunk:
    """`place` and `length` are those of the data, without padding."""

    kind: bytes
    place: int
    length: int


def chunks(source: Source) -> Iterator[Chunk]:
    """Raises UnreadableFile for a file shorter than it says."""
    end = 8 + int.from_bytes(source.read(4, 4), "little")
    source.require_within(end)
    place = _START
    while place + 8 <= end:
        head = source.read(place, 8)
        chunk = Chunk(head[:4], place + 8, int.from_bytes(head[4:], "little"))
        source.require_within(chunk.place + chunk.length)
        yield chunk
        place = chunk.place + chunk.length + chunk.length % 2


def texts(source: Source) -> Texts:
    for chunk in chunks(source):
        if chunk.kind == EXIF:
            yield from exif.texts(source.text(chunk.place, chunk.length))
            return


def features_with_exif(source: Source, all_chunks: list[Chunk]) -> bytes:
    """The VP8X chunk that a file with EXIF begins with: its own, or one made from the size that its pixels tell."""
    first = all_chunks[0] if all_chunks else Chunk(b"", 0, 0)
    match first.kind:
        case b"VP8X":
            data = source.read(first.place, 10)
        case b"VP8 ":
            width, height = _two_numbers(source.read(first.place + 6, 4), 16)
            data = _features(0, (width & 0x3FFF) - 1, (height & 0x3FFF) - 1)
        case b"VP8L":
            told = source.read(first.place + 1, 4)
            width, height = _two_numbers(told, 14)
            data = _features(_HAS_ALPHA if told[3] & 0x10 else 0, width & 0x3FFF, height & 0x3FFF)
        case _:
            raise UnreadableFile("This WebP picture is damaged: it has no pixels.")
    return FEATURES + len(data).to_bytes(4, "little") + bytes([data[0] | _HAS_EXIF]) + data[1:]


def _features(flags: int, width_less_one: int, height_less_one: int) -> bytes:
    size = max(0, width_less_one).to_bytes(3, "little") + max(0, height_less_one).to_bytes(3, "little")
    return bytes([flags, 0, 0, 0]) + size


def _two_numbers(data: bytes, bits: int) -> tuple[int, int]:
    number = int.from_bytes(data, "little")
    return number & (1 << bits) - 1, number >> bits
