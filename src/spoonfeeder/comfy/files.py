"""Inputs that name files on ComfyUI's machine, and what they must not say (RELIABILITY A11, A12)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from spoonfeeder.comfy.definitions import Definitions
from spoonfeeder.comfy.fields import field_of
from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.objects import InputSpec, ObjectInfo
from spoonfeeder.comfy.trace import Place, literal_at, value_at

UPLOAD_PREFIX = "media:"
MAX_UPLOADS = 1_000
"""That one run may name."""
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
    return _file_inputs(graph, Definitions(object_info or {}))


def _file_inputs(graph: Graph, definitions: Definitions) -> list[FileInput]:
    found: dict[Place, FileInput] = {}
    for node_id, node in graph.items():
        specs = definitions.inputs(node)
        for name in node["inputs"]:
            kind = _kind(node["class_type"], name, specs.get(name))
            place = literal_at(graph, node_id, name) if kind else None
            value = value_at(graph, place)
            if kind and place and isinstance(value, str):
                found[place] = FileInput(place.node, place.input, value, kind)
    return list(found.values())


def unsafe_paths(graph: Graph, definitions: Definitions) -> dict[Place, str]:
    """Why a file or folder named there is refused."""
    faults = {Place(file.node_id, file.input): file_fault(file.value) for file in _file_inputs(graph, definitions)}
    for node_id, node in graph.items():
        for name in FOLDERS & node["inputs"].keys():
            faults[Place(node_id, name)] = path_fault(value_at(graph, literal_at(graph, node_id, name)))
    return {place: fault for place, fault in faults.items() if fault}


def upload_places(graph: Graph) -> Iterator[tuple[Place, str]]:
    """Every input of the form `media:…` with what follows the prefix."""
    for node_id, node in graph.items():
        for name, value in node["inputs"].items():
            if isinstance(value, str) and value.startswith(UPLOAD_PREFIX):
                yield Place(node_id, name), value.removeprefix(UPLOAD_PREFIX)


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


def _kind(class_type: str, name: str, spec: InputSpec | None) -> str | None:
    if spec and spec.upload:
        return spec.upload
    field = field_of(class_type, name)
    return field.kind if field and field.kind in KINDS else None


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
