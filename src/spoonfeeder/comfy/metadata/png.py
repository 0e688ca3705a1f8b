"""PNG: a signature, then chunks of <length><kind><data><CRC>. Pixels are skipped, never decoded."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from spoonfeeder.comfy.metadata.found import Texts, name_of
from spoonfeeder.comfy.metadata.source import Source, UnreadableFile

SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEADER, PIXELS, END = b"IHDR", b"IDAT", b"IEND"
# `comf` is ComfyUI's own: tEXt under a name that Pillow does not write before the pixels of an animation.
TEXT_KINDS = frozenset({b"tEXt", b"zTXt", b"iTXt", b"comf"})
_LONGEST_KEYWORD = 79
_FRAME = 12


@dataclass(frozen=True, slots=True)
class Chunk:
    """`place` and `length` are those of the data."""

    kind: bytes
    place: int
    length: int

    @property
    def end(self) -> int:
        return self.place + self.length + 4


def chunks(source: Source) -> Iterator[Chunk]:
    """All of them up to IEND; raises UnreadableFile for a file that is cut off or does not begin with a sound IHDR."""
    place, first = len(SIGNATURE), True
    while True:
        head = source.read(place, 8)
        chunk = Chunk(head[4:], place + 8, int.from_bytes(head[:4]))
        source.require_within(chunk.end)
        if first and (chunk.kind != HEADER or chunk.length != 13 or not any(data_of(source, chunk)[:8])):
            raise UnreadableFile("This PNG does not begin as a PNG must.")
        yield chunk
        if chunk.kind == END:
            return
        place, first = chunk.end, False


def texts(source: Source) -> Texts:
    """Of each name the last, as the editor has it; chunks under other names are not even unpacked."""
    last: dict[str, tuple[Chunk, int]] = {}
    for chunk in chunks(source):
        if chunk.kind in TEXT_KINDS:
            word = keyword(source, chunk)
            name = name_of(word.decode("latin-1"))
            if name:
                last[name] = chunk, len(word) + 1
    for name, (chunk, start) in last.items():
        yield name, _text(source, chunk, start)


def keyword(source: Source, chunk: Chunk) -> bytes:
    return source.read(chunk.place, min(chunk.length, _LONGEST_KEYWORD + 1)).partition(b"\0")[0]


def data_of(source: Source, chunk: Chunk) -> bytes:
    """Raises UnreadableFile where the sum is not the one that the file says."""
    data = source.text(chunk.place, chunk.length)
    if zlib.crc32(data, zlib.crc32(chunk.kind)) != int.from_bytes(source.read(chunk.end - 4, 4)):
        raise UnreadableFile("This PNG is damaged: the checksum of its text is wrong.")
    return data


def _text(source: Source, chunk: Chunk, start: int) -> bytes:
    data = data_of(source, chunk)[start:]
    if chunk.kind == b"zTXt":
        return source.unpack(data[1:])
    if chunk.kind != b"iTXt":
        return data
    _language, _, rest = data[2:].partition(b"\0")
    _translated, _, text = rest.partition(b"\0")
    return source.unpack(text) if data[:1] == b"\x01" else text
