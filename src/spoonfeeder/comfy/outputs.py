"""What a run produced: files, texts and their kinds, from a history entry that is not to be trusted (A54)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

FileType = Literal["output", "temp", "input"]
MediaKind = Literal["image", "video", "audio", "3d", "latent", "text", "file"]

MAX_FILES = 1_000
MAX_TEXTS = 100
MAX_TEXT_LENGTH = 64 * 1024
MAX_ENTRIES = 100_000
MAX_NAME = 255
MAX_SUBFOLDER = 1_024

EXTENSIONS: dict[MediaKind, str] = {
    "image": "png jpg jpeg webp gif avif bmp tif tiff apng svg exr hdr jxl heic ico",
    "video": "mp4 webm mkv mov avi m4v ogv",
    "audio": "mp3 flac wav ogg opus m4a aac",
    "3d": "glb gltf obj fbx stl usdz ply splat spz ksplat",
    "latent": "latent",
    "text": "txt json csv md srt vtt",
}
KINDS: dict[str, MediaKind] = {name: kind for kind, names in EXTENSIONS.items() for name in names.split()}
_UNSAFE = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file on the ComfyUI. `node` is the id as it ran (maybe dotted), `key` the name of the list it stood in.

    `output` is a saved result, `temp` a preview that the server's next start removes. A cached run names the files of
    the earlier one, which may be gone.
    """

    node: str
    key: str
    filename: str
    subfolder: str
    type: FileType
    kind: MediaKind
    animated: bool = False


@dataclass(frozen=True, slots=True)
class OutputText:
    node: str
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Outputs:
    """In the order of node ids, then as listed. `ignored` counts what was malformed, unsafe or over the caps."""

    files: tuple[OutputFile, ...] = ()
    texts: tuple[OutputText, ...] = ()
    ignored: int = 0


def read_outputs(entry: Mapping[str, Any]) -> Outputs:
    """The outputs of a history entry. The same file named twice counts once."""
    outputs = entry.get("outputs")
    nodes = outputs if isinstance(outputs, dict) else {}
    files: dict[tuple[str, str, str], OutputFile] = {}
    texts: list[OutputText] = []
    ignored = 0
    for seen, (node, key, value, animated) in enumerate(_entries(nodes)):
        if seen >= MAX_ENTRIES:
            ignored += 1
            break
        found = _read(node, key, value, animated)
        if isinstance(found, OutputFile) and len(files) < MAX_FILES:
            files.setdefault((found.type, found.subfolder, found.filename), found)
        elif isinstance(found, OutputText) and len(texts) < MAX_TEXTS:
            texts.append(found)
        elif found is not None or isinstance(value, dict):
            ignored += 1
    return Outputs(tuple(files.values()), tuple(texts), ignored)


def output_files(node: str, output: Mapping[str, Any]) -> tuple[OutputFile, ...]:
    """The files in the `ui` output of one node, as an `executed` event carries it."""
    return read_outputs({"outputs": {node: dict(output)}}).files


def media_kind(filename: str) -> MediaKind:
    """By extension: ComfyUI lists videos and animations under `images` too."""
    return KINDS.get(filename.rpartition(".")[2].lower(), "file")


def _entries(nodes: Mapping[Any, Any]) -> Iterator[tuple[str, str, Any, bool]]:
    for node in sorted(nodes, key=_natural):
        shown = nodes[node]
        if not isinstance(node, str) or len(node) > MAX_NAME or not isinstance(shown, dict):
            continue
        animated = shown.get("animated")
        is_animated = any(item is True for item in animated) if isinstance(animated, list | tuple) else animated is True
        for key, listed in shown.items():
            if isinstance(key, str) and len(key) <= MAX_NAME:
                values = listed if isinstance(listed, list | tuple) else [listed]
                yield from ((node, key, value, is_animated) for value in values)


def _read(node: str, key: str, value: Any, animated: bool) -> OutputFile | OutputText | None:
    if isinstance(value, str):
        return OutputText(node, key, value[:MAX_TEXT_LENGTH].replace("\x00", "")) if value else None
    if not isinstance(value, dict):
        return None
    name, folder, place = value.get("filename"), value.get("subfolder", ""), value.get("type", "output")
    if not isinstance(name, str) or not isinstance(folder, str | None) or not _is_file_name(name):
        return None
    if place not in ("output", "temp", "input") or not is_safe_folder(folder or ""):
        return None
    kind = media_kind(name)
    return OutputFile(node, key, name, folder or "", place, kind, animated or kind == "video")


def _is_file_name(name: str) -> bool:
    plain = 0 < len(name) <= MAX_NAME and not _UNSAFE.search(name)
    return plain and not set(name) & set("/\\:") and name not in {".", ".."}


def is_safe_folder(folder: str) -> bool:
    """Relative, without a way up; a ComfyUI on Windows writes backslashes."""
    if len(folder) > MAX_SUBFOLDER or _UNSAFE.search(folder) or ":" in folder:
        return False
    return not folder.startswith(("/", "\\")) and ".." not in re.split(r"[/\\]", folder)


def _natural(node: Any) -> list[tuple[int, int, str]]:
    parts = re.split(r"(\d+)", str(node)[:MAX_NAME])
    return [(0, int(part), "") if part.isdigit() and part.isascii() else (1, 0, part) for part in parts if part]
