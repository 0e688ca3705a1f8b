"""Ids of nodes in the API graph, and the names by which texts speak of nodes."""

from collections.abc import Callable
from typing import Any

from spoonfeeder.comfy.conversion.frames import Frame
from spoonfeeder.comfy.conversion.shapes import Node

NAME = "Node name for S&R"
Read = Callable[[Node], dict[str, Any]]


class Ids:
    """`12` for a node of the file, `12:3` for one inside its subgraph; no two nodes have the same."""

    def __init__(self, frames: list[Frame]) -> None:
        self._ids: dict[tuple[Frame, str], str] = {}
        taken: set[str] = set()
        for frame in frames:
            for node in frame.scope.nodes.values():
                node_id = frame.id_of(node)
                while node_id in taken:
                    node_id += "_"
                taken.add(node_id)
                self._ids[frame, node.id] = node_id

    def of(self, frame: Frame, node: Node) -> str:
        return self._ids[frame, node.id]


class Names:
    """Finds the value that `%Node.widget%` means, over all levels."""

    def __init__(self, frames: list[Frame], read: Read) -> None:
        self._frames = frames
        self._read = read
        self._nodes: dict[str, Node] | None = None

    def look(self, name: str, widget: str) -> str | None:
        node = self._index().get(name)
        values = self._read(node) if node else {}
        return _shown(values[widget]) if widget in values else None

    def _index(self) -> dict[str, Node]:
        if self._nodes is None:
            nodes = [node for frame in self._frames for node in frame.scope.nodes.values()]
            by_title = {node.title: node for node in reversed(nodes) if node.title}
            by_name = {name: node for node in reversed(nodes) if isinstance(name := node.properties.get(NAME), str)}
            self._nodes = {**by_title, **by_name}
        return self._nodes


def _shown(value: Any) -> str | None:
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, str | int | float) else None
