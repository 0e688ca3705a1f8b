"""FLAC, Ogg (Opus, Vorbis) and MP3: ComfyUI's SaveAudio writes its texts as Vorbis comments and ID3 frames."""

from collections.abc import Iterator

from spoonfeeder.comfy.metadata.found import Texts, name_of
from spoonfeeder.comfy.metadata.source import MAX_TEXT, Source, UnreadableFile

FLAC, OGG, MP3 = b"fLaC", b"OggS", b"ID3"
_VORBIS_COMMENT = 4
_COMMENT_PACKETS = (b"OpusTags", b"\x03vorbis")
_HEADER_PACKETS = 8
_MOST_COMMENTS = 1024
# The frame for texts under a name of one's own; ID3 calls it T and three X.
_OWN_TEXT = b"T" + 3 * b"X"
_WIDE = frozenset({1, 2})


def of_flac(source: Source) -> Texts:
    """Raises UnreadableFile, as do the others, for what is cut off."""
    place = len(FLAC)
    while True:
        head = source.read(place, 4)
        length = int.from_bytes(head[1:])
        if head[0] & 0x7F == _VORBIS_COMMENT:
            return _vorbis_comments(source.text(place + 4, length))
        if head[0] & 0x80:
            return []
        place += 4 + length


def of_ogg(source: Source) -> Texts:
    for number, packet in enumerate(_packets(source)):
        for beginning in _COMMENT_PACKETS:
            if packet.startswith(beginning):
                return _vorbis_comments(packet.removeprefix(beginning))
        if number == _HEADER_PACKETS:
            break
    return []


def of_mp3(source: Source) -> Texts:
    head = source.read(0, 10)
    end, place = 10 + _syncsafe(head[6:]), 10
    while place + 10 <= end:
        frame = source.read(place, 10)
        if not frame[0]:
            break
        length = _syncsafe(frame[4:8]) if head[3] >= 4 else int.from_bytes(frame[4:8])
        if frame[:4] == _OWN_TEXT:
            yield from _own_text(source.text(place + 10, length))
        place += 10 + length


def _packets(source: Source) -> Iterator[bytes]:
    place, packet = 0, bytearray()
    while place < source.size:
        head = source.read(place, 27)
        if head[:4] != OGG or len(packet) > MAX_TEXT:
            raise _broken()
        lengths = source.read(place + 27, head[26])
        body = source.read(place + 27 + len(lengths), sum(lengths))
        place, start = place + 27 + len(lengths) + len(body), 0
        for length in lengths:
            packet += body[start : start + length]
            start += length
            if length < 255:
                yield bytes(packet)
                packet.clear()


def _vorbis_comments(block: bytes) -> Texts:
    place = 4 + int.from_bytes(block[:4], "little")
    count = min(_MOST_COMMENTS, int.from_bytes(block[place : place + 4], "little"))
    place += 4
    for _ in range(count):
        start = place + 4
        place = start + int.from_bytes(block[place:start], "little")
        if place > len(block):
            raise _broken()
        word, _, text = block[start:place].partition(b"=")
        name = name_of(word.decode("latin-1"))
        if name:
            yield name, text


def _own_text(frame: bytes) -> Texts:
    """<encoding><description><NUL><text>; what is not Latin-1 or UTF-8 is UTF-16 with a mark."""
    body = frame[1:]
    if frame[:1] and frame[0] in _WIDE:
        body = body.decode("utf-16", "replace").replace("\ufeff", "").encode(errors="replace")
    word, _, text = body.partition(b"\0")
    name = name_of(word.decode("latin-1"))
    return [(name, text)] if name else []


def _syncsafe(data: bytes) -> int:
    """Seven bits of each byte."""
    number = 0
    for byte in data:
        number = number << 7 | byte & 0x7F
    return number


def _broken() -> UnreadableFile:
    return UnreadableFile("This sound is cut off or damaged.")
