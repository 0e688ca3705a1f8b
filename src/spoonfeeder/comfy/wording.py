"""How nodes, and the error texts of other programs, are named to a person."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Graph = Mapping[str, Mapping[str, Any]]

MAX_TEXT = 300
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_UNIX_PATH = re.compile(r"(?<![\w/.])/(?!/)(?:[^\s/'\":,;()]+/)*([^\s/'\":,;()]*)")
_WINDOWS_PATH = re.compile(r"\b[A-Za-z]:\\(?:[^\\\s'\":,;]+\\)*([^\\\s'\":,;]*)")


@dataclass(frozen=True, slots=True)
class NodeName:
    """A node of the submitted graph as a person knows it; `id` keeps the dots of nodes made at run time."""

    id: str
    title: str | None
    class_type: str | None

    def __str__(self) -> str:
        if self.title and self.title != self.class_type:
            return f"'{self.title}' ({self.class_type or 'unknown type'}, node {self.id})"
        return f"{self.class_type or 'the node'} (node {self.id})" if self.class_type else f"node {self.id}"

    def details(self) -> dict[str, Any]:
        return {"node_id": self.id, "title": self.title, "class_type": self.class_type}


def root_id(graph: Graph, node_id: str) -> str:
    """The node of the graph that a run-time id such as `5.0.0.2` belongs to; an unknown id is its own root."""
    root = node_id
    while root not in graph and "." in root:
        root = root.rpartition(".")[0]
    return root if root in graph else node_id


def name_node(graph: Graph, node_id: str, class_type: str | None = None) -> NodeName:
    """Title and class from the graph; `class_type` is what ComfyUI called it, for ids the graph does not hold."""
    found = graph.get(root_id(graph, node_id))
    node = found if isinstance(found, Mapping) else {}
    meta = node.get("_meta")
    title = meta.get("title") if isinstance(meta, Mapping) else None
    known = node.get("class_type")
    return NodeName(
        id=clean(node_id, 100),
        title=clean(title, 100) if isinstance(title, str) and title.strip() else None,
        class_type=clean(known if isinstance(known, str) else class_type or "", 100) or None,
    )


def clean(text: str, limit: int = MAX_TEXT) -> str:
    """One line without control characters, cut to `limit`."""
    line = _CONTROL.sub(" ", text[: limit * 4]).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def without_paths(text: str) -> str:
    """Absolute paths of the server shortened to their last name."""
    return _WINDOWS_PATH.sub(r"\1", _UNIX_PATH.sub(r"\1", text))


def first_line(text: str, limit: int = MAX_TEXT) -> str:
    """The first line that says something, without paths."""
    lines = (line.strip(" \t*") for line in text[:10_000].splitlines())
    return clean(without_paths(next((line for line in lines if line), "")), limit)
