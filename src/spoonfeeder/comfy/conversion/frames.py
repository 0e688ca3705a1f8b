"""The levels of a workflow laid open: one frame for the file and one for every subgraph that runs in it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from spoonfeeder.comfy.conversion.shapes import (
    BYPASSED,
    MUTED,
    Definition,
    Node,
    Scope,
    require_room,
)
from spoonfeeder.comfy.graph import MAX_NAME_LENGTH, GraphError

MAX_LEVELS = 32
Find = Callable[[Node], Definition | None]


@dataclass(slots=True, eq=False)
class Frame:
    """One level as it stands in the whole; `path` begins the ids of its nodes."""

    scope: Scope
    path: str = ""
    inside: dict[str, "InnerFrame"] = field(default_factory=dict)

    def id_of(self, node: Node) -> str:
        return self.path + node.id


@dataclass(slots=True, eq=False)
class InnerFrame(Frame):
    """The inside of one instance of a subgraph.

    A `loose` one is bypassed where it stands in another subgraph. The editor sends its nodes all the same.
    """

    parent: Frame = field(kw_only=True)
    instance: Node = field(kw_only=True)
    definition: Definition = field(kw_only=True)
    loose: bool = False


def runs(node: Node) -> bool:
    return node.mode not in (MUTED, BYPASSED)


def lay_open(root: Scope, find: Find, has_output: Callable[[Scope], bool]) -> list[Frame]:
    """Every frame that runs, outer before inner, and the loose ones that hold no output and so never run.

    Raises GraphError for a subgraph inside itself and for too many nodes.
    """
    frames = [Frame(root)]
    count = 0
    for frame in frames:
        count += len(frame.scope.nodes)
        require_room(count)
        for node in frame.scope.nodes.values():
            inner = _inner(frame, node, find(node))
            if inner is None:
                continue
            frame.inside[node.id] = inner
            if (runs(node) and not inner.loose) or (inner.loose and not has_output(inner.scope)):
                frames.append(inner)
    return frames


def _inner(frame: Frame, node: Node, definition: Definition | None) -> InnerFrame | None:
    if definition is None:
        return None
    loose = isinstance(frame, InnerFrame) and (frame.loose or node.mode == BYPASSED)
    if loose or runs(node):
        _require_new(frame, definition)
    path = f"{frame.id_of(node)}:"
    return InnerFrame(definition.scope, path, parent=frame, instance=node, definition=definition, loose=loose)


def _require_new(frame: Frame, definition: Definition) -> None:
    outer, levels = frame, 0
    while isinstance(outer, InnerFrame):
        if outer.definition is definition:
            raise GraphError(f"The subgraph {definition.id[:MAX_NAME_LENGTH]!r} contains itself.")
        outer, levels = outer.parent, levels + 1
    if levels > MAX_LEVELS:
        raise GraphError(f"The workflow has subgraphs nested more than {MAX_LEVELS} levels deep.")
