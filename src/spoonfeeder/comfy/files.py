"""Inputs that name files on ComfyUI's machine, and what they must not say (RELIABILITY A11, A12)."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from spoonfeeder.comfy.fields import field_of
from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.objects import ObjectInfo, spec_of
from spoonfeeder.comfy.trace import literal_at, value_at

UPLOAD_PREFIX = "media:"
KINDS = frozenset({"image", "audio", "video", "file"})
# Where nodes write. `filename_prefix` is replaced by the output probe before a graph is submitted.
SAVE_PREFIX = "filename_prefix"
FOLDERS = frozenset({"prefix", "folder_name", "output_folder", "output_dir", "output_path", "save_path"})
_OTHER_FOLDER = re.compile(r"\[(output|temp)\]\s*$")
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class FileInput:
    """`value` is a name in ComfyUI's input folder, or `media:<id>` for an upload of ours."""

    node_id: str
    input: str
    value: str
    kind: str


def file_inputs(graph: Graph, object_info: ObjectInfo | None = None) -> list[FileInput]:
    """All inputs that refer to uploaded media, known by ComfyUI's definitions and by the table."""
    found: dict[tuple[str, str], FileInput] = {}
    for node_id, node in graph.items():
        for name in node["inputs"]:
            kind = _kind(node["class_type"], name, object_info)
            place = literal_at(graph, node_id, name) if kind else None
            value = value_at(graph, place)
            if kind and place and isinstance(value, str):
                found[place.node, place.input] = FileInput(place.node, place.input, value, kind)
    return list(found.values())


def unsafe_paths(graph: Graph, object_info: ObjectInfo | None = None) -> dict[str, str]:
    """By `<node id>.<input>`: why a file or folder named there is refused."""
    faults = {f"{file.node_id}.{file.input}": file_fault(file.value) for file in file_inputs(graph, object_info)}
    for node_id, node in graph.items():
        for name in FOLDERS & node["inputs"].keys():
            faults[f"{node_id}.{name}"] = path_fault(value_at(graph, literal_at(graph, node_id, name)))
    return {name: fault for name, fault in faults.items() if fault}


def file_fault(value: str) -> str | None:
    if value.startswith(UPLOAD_PREFIX):
        return None if _is_id(value.removeprefix(UPLOAD_PREFIX)) else "is no reference to an upload, media:<id>"
    if _OTHER_FOLDER.search(value):
        return "must name an uploaded file, not one of ComfyUI's output or temp folder; upload it first"
    return path_fault(value)


def path_fault(value: Any) -> str | None:
    """A path below a folder of ComfyUI's own may have parts, but neither `..` nor a root."""
    if not isinstance(value, str):
        return None
    if "\x00" in value or "\\" in value:
        return "must be a plain name, without backslashes or U+0000"
    if value.startswith(("/", "~")) or _DRIVE.match(value):
        return "must not be an absolute path"
    if ".." in (part.strip() for part in value.split("/")):
        return 'must not leave its folder with ".."'
    return None


def _kind(class_type: str, name: str, object_info: ObjectInfo | None) -> str | None:
    spec = spec_of(object_info, class_type, name)
    if spec and spec.upload:
        return spec.upload
    field = field_of(class_type, name)
    return field.kind if field and field.kind in KINDS else None


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
