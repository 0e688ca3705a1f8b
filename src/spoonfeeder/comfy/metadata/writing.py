"""A workflow put into a picture as ComfyUI puts it there, so that dropping the picture into ComfyUI opens it.

PNG and WebP only: a JPEG has room for 64 KiB, less than many workflows need.
"""

import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from spoonfeeder.comfy.metadata import exif, png, webp
from spoonfeeder.comfy.metadata.found import PROMPT, WORKFLOW, name_of
from spoonfeeder.comfy.metadata.source import Readable, Source, UnreadableFile, opened
from spoonfeeder.core.errors import AppError

_BLOCK = 2**20
_EXIF_TAGS = {WORKFLOW: 0x010F, PROMPT: 0x0110}
_OURS = frozenset(_EXIF_TAGS)


class NoPlaceForWorkflow(AppError):
    """A workflow can be put only into a PNG or a WebP picture."""

    status = 422
    code = "NO_PLACE_FOR_WORKFLOW"


def write(
    data: Readable, target: BinaryIO, *, workflow: Mapping[str, Any] | None, prompt: Mapping[str, Any] | None
) -> None:
    """Copies the picture to `target` with these in place of any that it had; the pixels' bytes stay as they are.

    None takes away what was there. Of a WebP's other EXIF data only the orientation is kept.
    Raises NoPlaceForWorkflow, UnreadableFile for a damaged picture or one of more than 64 MiB, ValueError for NaN;
    what has been written until then is to be thrown away.
    """
    given = {WORKFLOW: workflow, PROMPT: prompt}
    texts = {name: json.dumps(graph, allow_nan=False).encode() for name, graph in given.items() if graph is not None}
    with opened(data) as source:
        head = source.head(0, 12)
        if head.startswith(png.SIGNATURE):
            parts = _png(source, texts)
        elif head[:4] == b"RIFF" and head[8:] == b"WEBP":
            parts = _webp(source, texts)
        else:
            raise NoPlaceForWorkflow
        target.writelines(parts)


def _png(source: Source, texts: dict[str, bytes]) -> Iterator[bytes]:
    yield png.SIGNATURE
    missing = True
    for chunk in png.chunks(source):
        if missing and chunk.kind in {png.PIXELS, png.END}:
            yield from (_text_chunk(name, text) for name, text in texts.items())
            missing = False
        if chunk.kind not in png.TEXT_KINDS or name_of(png.keyword(source, chunk).decode("latin-1")) not in _OURS:
            yield from _copy(source, chunk.place - 8, chunk.end)


def _text_chunk(name: str, text: bytes) -> bytes:
    data = b"tEXt" + name.encode() + b"\0" + text
    return (len(data) - 4).to_bytes(4) + data + zlib.crc32(data).to_bytes(4)


def _webp(source: Source, texts: dict[str, bytes]) -> Iterator[bytes]:
    chunks = list(webp.chunks(source))
    old = next((source.text(chunk.place, chunk.length) for chunk in chunks if chunk.kind == webp.EXIF), b"")
    kept = [chunk for chunk in chunks if chunk.kind not in {webp.EXIF, webp.FEATURES}]
    block = exif.built([(_EXIF_TAGS[name], f"{name}:".encode() + text) for name, text in texts.items()], _turned(old))
    features = webp.features_with_exif(source, chunks)
    total = 4 + len(features) + 8 + len(block) + sum(8 + chunk.length + chunk.length % 2 for chunk in kept)
    yield b"RIFF" + total.to_bytes(4, "little") + b"WEBP" + features
    for chunk in kept:
        yield from _copy(source, chunk.place - 8, chunk.place + chunk.length)
        yield b"\0" * (chunk.length % 2)
    yield b"EXIF" + len(block).to_bytes(4, "little") + block


def _turned(old: bytes) -> int:
    try:
        return exif.Fields(old).orientation() if old else 1
    except UnreadableFile:
        return 1


def _copy(source: Source, start: int, end: int) -> Iterator[bytes]:
    for place in range(start, end, _BLOCK):
        yield source.read(place, min(_BLOCK, end - place))
