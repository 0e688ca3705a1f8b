"""The type of a file by its first bytes, from the few types that are safe to show in a browser (R47).

Sources: the formats' own specifications (PNG 5.2, RIFF, ISO/IEC 14496-12 `ftyp`, EBML, MPEG audio frame header).
"""

from spoonfeeder.core.vocabulary import Modality

UNKNOWN = "application/octet-stream"
HEAD_BYTES = 4096

EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/avif": "avif",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
    "audio/flac": "flac",
    "audio/ogg": "ogg",
    UNKNOWN: "bin",
}

BEGINNINGS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"fLaC": "audio/flac",
    b"OggS": "audio/ogg",
    b"ID3": "audio/mpeg",
}
RIFF_FORMS = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
AVIF_BRANDS = frozenset({b"avif", b"avis"})
MP4_BRANDS = frozenset({b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"avc1", b"mp41", b"mp42", b"dash", b"M4V "})


def sniff(head: bytes) -> str:
    """The media type of a file that begins with `head` (HEAD_BYTES are enough); UNKNOWN for everything else."""
    for beginning, media_type in BEGINNINGS.items():
        if head.startswith(beginning):
            return media_type
    if head[:4] == b"RIFF":
        return RIFF_FORMS.get(head[8:12], UNKNOWN)
    if head[4:8] == b"ftyp":
        return _iso_media(head)
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "video/webm" if b"\x42\x82\x84webm" in head[:64] else UNKNOWN
    return "audio/mpeg" if _is_mpeg_audio_frame(head) else UNKNOWN


def modality_of(media_type: str) -> Modality | None:
    """image, video or audio; None for what is only a file."""
    kind = media_type.partition("/")[0]
    return Modality(kind) if kind in {Modality.IMAGE, Modality.VIDEO, Modality.AUDIO} else None


def _iso_media(head: bytes) -> str:
    box = head[8 : min(int.from_bytes(head[:4]), len(head))]
    brands = {box[:4], *(box[place : place + 4] for place in range(8, len(box), 4))}
    if brands & AVIF_BRANDS:
        return "image/avif"
    return "video/mp4" if brands & MP4_BRANDS and box[:4] != b"qt  " else UNKNOWN


def _is_mpeg_audio_frame(head: bytes) -> bool:
    """MPEG-1 or 2 Layer III with a bit rate and a sampling rate that exist."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2 or head[1] & 0x18 == 0x08:
        return False
    return 0x10 <= head[2] & 0xF0 < 0xF0 and head[2] & 0x0C != 0x0C
