"""Whether a file ends as its format demands: what a broken-off copy lacks, and lenient decoders forgive."""

from pathlib import Path

TRAILERS = {
    "image/png": b"\x00\x00\x00\x00IEND\xaeB`\x82",
    "image/jpeg": b"\xff\xd9",
    "image/gif": b"\x3b",
}
RIFF_TYPES = frozenset({"image/webp", "audio/wav"})
BOX_TYPES = frozenset({"image/avif", "video/mp4"})


def has_its_end(path: Path, media_type: str) -> bool:
    """True as well for formats that tell neither their length nor their end."""
    if media_type in TRAILERS:
        return _tail(path, len(TRAILERS[media_type])) == TRAILERS[media_type]
    if media_type in RIFF_TYPES:
        return _riff_is_whole(path)
    if media_type in BOX_TYPES:
        return _boxes_are_whole(path)
    return True


def _tail(path: Path, count: int) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - count))
        return file.read()


def _riff_is_whole(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(8)
    return path.stat().st_size >= int.from_bytes(head[4:8], "little") + 8


def _boxes_are_whole(path: Path) -> bool:
    """ISO/IEC 14496-12: boxes of <length><type> up to the end; length 1 means a 64-bit one follows, 0 all the rest."""
    total = path.stat().st_size
    place = 0
    with path.open("rb") as file:
        while place < total:
            file.seek(place)
            head = file.read(16)
            length = int.from_bytes(head[:4])
            if length == 1:
                length = int.from_bytes(head[8:16])
            if length == 0:
                return True
            if length < 8:
                return False
            place += length
    return place == total
