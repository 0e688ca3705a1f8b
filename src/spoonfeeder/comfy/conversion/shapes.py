"""What a saved workflow says, read once: nodes, their slots and the links between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from spoonfeeder.comfy.graph import MAX_DEPTH, MAX_NAME_LENGTH, MAX_NODES, NUMBER_LIMIT, GraphError

MUTED, BYPASSED = 2, 4
MAX_TYPE_LENGTH = 2_000
MAX_INPUT_VALUES = 3_000_000
# The ends of a subgraph, as links inside it name them.
INNER_INPUT, INNER_OUTPUT = "-10", "-20"


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a link. `widget` names the widget that the slot belongs to; empty for a plain socket."""

    name: str
    type: str
    link: str | None = None
    widget: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    id: str
    origin: str
    origin_slot: int
    target: str
    target_slot: int


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A node as it was saved. `values` and `named` are its widgets' values by place and by name."""

    id: str
    type: str
    mode: int
    title: str
    inputs: tuple[Slot, ...]
    outputs: tuple[Slot, ...]
    values: Any
    named: Mapping[str, Any]
    properties: Mapping[str, Any]


# A link and the slot it goes into.
Wire = tuple[Link, Slot]


@dataclass(slots=True)
class Scope:
    """The nodes and links of one level: the file itself, or the inside of a subgraph."""

    nodes: dict[str, Node]
    by_id: dict[str, Link]
    by_target: dict[tuple[str, int], list[Link]]
    _resolved: dict[str, dict[str, Wire]] = field(default_factory=dict)

    def links_into(self, node: Node) -> dict[str, Wire]:
        """The node's connected slots, by their names; the first of those that share a name."""
        known = self._resolved.get(node.id)
        if known is None:
            known = self._resolved[node.id] = {}
            for index, slot in enumerate(node.inputs):
                link = self.link_at(node.id, index, slot.link)
                if link is not None:
                    known.setdefault(slot.name, (link, slot))
        return known

    def link_at(self, target: str, index: int, named: str | None = None) -> Link | None:
        """Where several links claim one slot, the one that the slot names; the table decides about the rest."""
        claims = self.by_target.get((target, index), [])
        if named is not None:
            link = self.by_id.get(named)
            if link is not None and link.target == target:
                return link
        return claims[0] if claims else None


@dataclass(slots=True, eq=False)
class Definition:
    """A subgraph. Its inputs and outputs are the places of the links that come from -10 and go to -20."""

    id: str
    inputs: tuple[Slot, ...]
    outputs: tuple[Slot, ...]
    scope: Scope
    input_places: dict[str, int] = field(init=False)
    output_places: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.input_places = _places(self.inputs)
        self.output_places = _places(self.outputs)


def _places(slots: tuple[Slot, ...]) -> dict[str, int]:
    """The first place of every name."""
    return {slot.name: place for place, slot in reversed(list(enumerate(slots)))}


def scope_of(source: Mapping[str, Any]) -> Scope:
    """Raises GraphError for nodes that cannot be told apart or are too many."""
    require_room(len(as_list(source.get("nodes"))))
    nodes: dict[str, Node] = {}
    highest = as_index(source.get("last_node_id"))
    for told in as_list(source.get("nodes")):
        node = _node(told)
        while node.id in nodes:
            highest += 1
            node = replace(node, id=str(highest))
        nodes[node.id] = node
    links = [link for told in as_list(source.get("links")) if (link := _link(told)) is not None]
    return linked(nodes, links)


def linked(nodes: dict[str, Node], links: list[Link]) -> Scope:
    by_target: dict[tuple[str, int], list[Link]] = {}
    for link in links:
        by_target.setdefault((link.target, link.target_slot), []).append(link)
    return Scope(nodes, {link.id: link for link in links}, by_target)


def definition_of(source: Mapping[str, Any]) -> Definition:
    return Definition(
        as_text(source.get("id")), slots_of(source.get("inputs")), slots_of(source.get("outputs")), scope_of(source)
    )


def slots_of(told: Any) -> tuple[Slot, ...]:
    return tuple(_slot(as_mapping(each)) for each in as_list(told))


def _slot(told: Mapping[str, Any]) -> Slot:
    link = told.get("link")
    widget = as_text(as_mapping(told.get("widget")).get("name"))
    return Slot(as_text(told.get("name")), type_name(told.get("type")), None if link is None else key_of(link), widget)


def _node(told: Any) -> Node:
    if not isinstance(told, Mapping):
        raise GraphError("A node in the workflow is not an object.")
    node_id = key_of(told.get("id"))
    if node_id is None:
        raise GraphError("A node in the workflow has no id.")
    kind = told.get("type")
    if not isinstance(kind, str) or not kind:
        raise GraphError(f"Node {node_id!r} has no type.")
    return Node(
        node_id,
        kind,
        as_index(told.get("mode")),
        as_text(told.get("title")),
        slots_of(told.get("inputs")),
        slots_of(told.get("outputs")),
        told.get("widgets_values"),
        as_mapping(told.get("widgets_values_named")),
        as_mapping(told.get("properties")),
    )


def _link(told: Any) -> Link | None:
    """Both shapes of a link; None for what is no link, as in the null rows of old files."""
    if isinstance(told, Mapping):
        parts = [told.get(name) for name in ("id", "origin_id", "origin_slot", "target_id", "target_slot")]
    else:
        parts = list(told[:5]) if isinstance(told, list) else []
    if len(parts) < 5:
        return None
    link_id, origin, target = key_of(parts[0]), key_of(parts[1]), key_of(parts[3])
    if link_id is None or origin is None or target is None:
        return None
    return Link(link_id, origin, as_index(parts[2]), target, as_index(parts[4]))


def key_of(value: Any) -> str | None:
    """An id, which files write as a number or as text."""
    if isinstance(value, str):
        if len(value) > MAX_NAME_LENGTH * 4:
            raise GraphError(f"An id in the workflow has more than {MAX_NAME_LENGTH * 4} characters.")
        return value
    number = as_whole(value)
    return None if number is None else str(number)


def type_name(value: Any) -> str:
    """A slot's type; `*` for what connects to everything (0 and -1 in some files), COMBO for a list of choices."""
    if isinstance(value, list):
        return "COMBO"
    if isinstance(value, str) and len(value) > MAX_TYPE_LENGTH:
        raise GraphError(f"A type of a slot has more than {MAX_TYPE_LENGTH} characters.")
    return value if isinstance(value, str) and value else "*"


def as_whole(value: Any) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not -NUMBER_LIMIT < value < NUMBER_LIMIT:
        return None
    return value


def as_index(value: Any) -> int:
    return as_whole(value) or 0


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def as_mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def require_shallow(document: Any) -> None:
    """Raises GraphError for what nobody draws: values nested without end, or by the million."""
    level: list[Any] = [document]
    seen = 0
    for _ in range(MAX_DEPTH):
        deeper: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                deeper += value.values()
            elif isinstance(value, list):
                deeper += value
        seen += len(deeper)
        if seen > MAX_INPUT_VALUES:
            raise GraphError(f"The workflow holds more than {MAX_INPUT_VALUES} values.")
        if not deeper:
            return
        level = deeper
    raise GraphError(f"The workflow is nested more than {MAX_DEPTH} levels deep.")


def require_room(count: int) -> None:
    if count > MAX_NODES:
        raise GraphError(f"The workflow has more than {MAX_NODES} nodes.")
