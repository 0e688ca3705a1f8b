"""Files made to hurt (RELIABILITY A9, A10, A45), each made when it is asked for."""

import zlib
from collections.abc import Callable
from functools import cache

from tests.comfy.metadata.writers import BOTH, FILES, jpeg, png, webp

HEADER = b"IHDR" + (50_000).to_bytes(4) * 2 + b"\x08\x02\0\0\0"
END = b"\0\0\0\0IEND\xaeB`\x82"
SIGNATURE = b"\x89PNG\r\n\x1a\n"
EBML = b"\x1a\x45\xdf\xa3\x80"
FTYP = b"\0\0\0\x0cftypisom"
MUCH = bytes(9 * 2**20)


def chunk(data: bytes) -> bytes:
    return (len(data) - 4).to_bytes(4) + data + zlib.crc32(data).to_bytes(4)


def picture_of(*chunks: bytes) -> bytes:
    return SIGNATURE + b"".join(map(chunk, (HEADER, *chunks))) + END


def packed(data: bytes) -> bytes:
    return b"zTXtworkflow\0\0" + zlib.compress(data)


def box(kind: bytes, *content: bytes) -> bytes:
    inside = b"".join(content)
    return (8 + len(inside)).to_bytes(4) + kind + inside


def video_of(text: bytes) -> bytes:
    keys = box(b"keys", bytes(8), box(b"mdta", b"workflow"))
    ilst = box(b"ilst", box(b"\0\0\0\1", box(b"data", bytes(8), text)))
    return FTYP + box(b"moov", box(b"udta", box(b"meta", bytes(4), keys, ilst)))


def avif_of(sizes: bytes, item: bytes = b"\0\1") -> bytes:
    """An item that lies in very many parts, of which there are very many."""
    iinf = box(b"iinf", bytes(4), b"\0\1", box(b"infe", b"\2\0\0\0", b"\0\1", bytes(2), b"Exif\0"))
    iloc = box(b"iloc", bytes(4), sizes, b"\xff\xff", (item + b"\0\0\xff\xff") * 100_000)
    return box(b"ftyp", b"avif") + box(b"meta", bytes(4), iinf, iloc)


def webp_of(fields: bytes) -> bytes:
    block = b"II*\0\x08\0\0\0" + (len(fields) // 12).to_bytes(2, "little") + fields + bytes(2**20)
    riff = b"WEBPEXIF" + len(block).to_bytes(4, "little") + block
    return b"RIFF" + len(riff).to_bytes(4, "little") + riff


def renamed(file: bytes, old: bytes, new: bytes) -> bytes:
    assert old in file
    return file.replace(old, new, 1)


UNREADABLE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "blank": lambda: b" \n" * 3000,
    "noise": lambda: bytes(range(256)) * 4,
    "PNG, cut": lambda: png()[:-20],
    "PNG without an end": lambda: png()[:-12],
    "PNG with a wrong sum": lambda: renamed(png(), b'"nodes"', b'"nodez"'),
    "PNG with a length beyond": lambda: renamed(png(), (len(BOTH["prompt"]) + 7).to_bytes(4), b"\x7f\xff\xff\xff"),
    "PNG without a header": lambda: SIGNATURE + END,
    "PNG without a size": lambda: SIGNATURE + chunk(b"IHDR" + bytes(8) + b"\x08\x02\0\0\0") + END,
    "PNG, bomb": cache(lambda: picture_of(packed(bytes(64 * 2**20)))),
    "PNG, packed badly": lambda: picture_of(b"zTXtworkflow\0\0not packed"),
    "PNG, packed and cut": lambda: picture_of(packed(BOTH["workflow"].encode())[:-4]),
    "JSON, deep": lambda: b'{"nodes":' + b"[" * 900 + b"]" * 900 + b"}",
    "JSON, very deep": lambda: b"[" * 140_000,
    "JSON of too many lists": lambda: b'{"nodes":[' + b"[]," * 200_000 + b"[]]}",
    "JSON of too many numbers": lambda: b'{"nodes":[' + b"0," * 600_000 + b"0]}",
    "JSON with an unfinished text": lambda: b'{"nodes": NaN' + b'\\"' * 500_000,
    "JSON with half a letter": lambda: b'{"nodes": ["\\ud800"]}',
    "JSON, large": lambda: b"{" + MUCH.replace(b"\0", b" ") + b"}",
    "MP4, box without a length": lambda: FTYP + box(b"moov", bytes(4) + b"udta" + bytes(8)),
    "MP4, box larger than its own": lambda: FTYP + box(b"moov", b"\0\0\xff\xffudta"),
    "MP4, box of 2^64": lambda: FTYP + b"\0\0\0\1mdat" + b"\xff" * 8,
    "MP4, boxes in boxes": lambda: FTYP + b"".join((8 * n).to_bytes(4) + b"udta" for n in range(9_000, 0, -1))[:-8],
    "MP4 with a large text": lambda: video_of(MUCH),
    "MP4 of too many boxes": lambda: FTYP + box(b"free") * 120_000,
    "WebM, element beyond": lambda: EBML + b"\x12\x54\xc3\x67\xff\xff",
    "WebM, cut": lambda: FILES["SaveWEBM"]()[:-40],
    "WebM, element without an id": lambda: EBML + b"\0\0",
    "WebM of endless clusters": lambda: EBML + b"\x1f\x43\xb6\x75\xff" * 120_000,
    "WebP, EXIF elsewhere": lambda: renamed(webp(), b"MM\0*\0\0\0\x08", b"MM\0*\xff\0\0\x08"),
    "WebP, EXIF fields that share a text": lambda: webp_of(b"\x0e\1\2\0\0\0\x10\0\x0a\0\0\0" * 500),
    "WebP, cut": lambda: webp()[:-30],
    "AVIF of parts without width": lambda: avif_of(b"\0\0", b"\0\2"),
    "AVIF of too many parts": lambda: avif_of(b"\x44\0"),
    "JPEG, cut": lambda: jpeg()[:300],
    "JPEG of nothing but fill": lambda: b"\xff\xd8" + b"\xff" * 200_000,
    "MP3 that is cut": lambda: b"ID3\4\0\0\0\0\x7f\x7fT" + 3 * b"X" + b"\0\0\x7f\x7f\0\0",
    "FLAC that is cut": lambda: b"fLaC\x04\xff\xff\xff",
    "3D model that is cut": lambda: FILES["SaveGLB"]()[:-9],
    "latent that is cut": lambda: b"\xff\xff\xff\0\0\0\0\0{",
}
