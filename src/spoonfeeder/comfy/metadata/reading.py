"""The workflow in a file, whatever kind of file it is."""

from collections.abc import Callable

from spoonfeeder.comfy.metadata import avif, boxes, headers, jpeg, matroska, png, sounds, webp
from spoonfeeder.comfy.metadata.found import WORKFLOW, Found, Texts, gather
from spoonfeeder.comfy.metadata.source import Readable, Source, UnreadableFile, opened
from spoonfeeder.core.errors import AppError

_HEAD = 4096
_BEGINNINGS: dict[bytes, Callable[[Source], Texts]] = {
    png.SIGNATURE: png.texts,
    b"\xff\xd8": jpeg.texts,
    matroska.SIGNATURE: matroska.texts,
    sounds.FLAC: sounds.of_flac,
    sounds.OGG: sounds.of_ogg,
    sounds.MP3: sounds.of_mp3,
    headers.GLB: headers.of_glb,
}
_FIRST_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_UNKNOWN = (
    "This kind of file is not known. Take JSON, PNG, WebP, AVIF, JPEG, MP4, MOV, WebM, FLAC, Ogg, MP3, SVG or GLB."
)
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class NoWorkflowInside(AppError):
    """There is no ComfyUI workflow in this file. Take the file that ComfyUI itself saved, or export it as JSON."""

    status = 422
    code = "NO_WORKFLOW_INSIDE"


def read(data: Readable) -> Found:
    """All that a file tells; the editor's `workflow` is to be preferred, `prompt` is what remains where it is missing.

    Raises UnreadableFile for a damaged file or one beyond the bounds of `source`, NoWorkflowInside for one without;
    nothing else, save OSError where the disk fails. Blocks: call it in a thread.
    """
    with opened(data) as source:
        found = gather(_texts(source))
    if not found:
        raise NoWorkflowInside
    return found


def _texts(source: Source) -> Texts:
    head = source.head(0, _HEAD)
    for beginning, texts in _BEGINNINGS.items():
        if head.startswith(beginning):
            return texts(source)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return webp.texts(source)
    if head[4:8] in _FIRST_BOXES:
        return avif.texts(source) if head[8:12] in avif.BRANDS else boxes.texts(source)
    if head[4:9] == b"\0\0\0\0{":
        return headers.of_safetensors(source)
    if head.lstrip().startswith((b"<svg", b"<?xml", b"<!DOCTYPE svg")):
        return headers.of_svg(source)
    if head.lstrip()[:1] in {b"{", b"[", b'"'} or head.startswith(_BYTE_ORDER_MARKS):
        return [(WORKFLOW, source.text(0, source.size))]
    raise UnreadableFile(_UNKNOWN if head.strip() else "This file is empty.")
