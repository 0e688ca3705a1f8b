"""Group nodes, which came before subgraphs: made into subgraphs, with the values of the instance inside."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from spoonfeeder.comfy.conversion.inputs import Classes
from spoonfeeder.comfy.conversion.saved import read_widgets
from spoonfeeder.comfy.conversion.shapes import (
    INNER_INPUT,
    INNER_OUTPUT,
    Definition,
    Link,
    Node,
    Slot,
    as_list,
    as_mapping,
    as_whole,
    linked,
    scope_of,
)

PREFIXES = ("workflow>", "workflow/")


def group_name(class_type: str) -> str | None:
    return next((class_type.removeprefix(prefix) for prefix in PREFIXES if class_type.startswith(prefix)), None)


class Group:
    """The content of one kind of group node, as the file describes it."""

    def __init__(self, name: str, told: Mapping[str, Any], classes: Classes) -> None:
        listed = [as_mapping(node) for node in as_list(told.get("nodes"))]
        self._name = name
        self._classes = classes
        self._config = as_mapping(told.get("config"))
        self._nodes = scope_of({"nodes": [{**node, "id": index} for index, node in enumerate(listed)]}).nodes
        self._links = [link for row in as_list(told.get("links")) if (link := _inner_link(row)) is not None]
        self._external = {_end(row) for row in as_list(told.get("external")) if isinstance(row, list) and len(row) > 1}

    def size(self) -> int:
        return len(self._nodes)

    def definition(self, instance: Node) -> Definition:
        """The group as a subgraph of this one instance."""
        inputs = self._inputs(len(instance.inputs))
        outputs = self._outputs()
        links = [replace(link, id=f"in{place}") for place, link in enumerate(self._links)]
        links += [Link(f"from{k}", INNER_INPUT, k, node, slot) for k, (node, slot) in enumerate(inputs)]
        links += [Link(f"to{k}", node, slot, INNER_OUTPUT, k) for k, (node, slot) in enumerate(outputs)]
        nodes = {key: replace(node, inputs=_unlinked(node.inputs)) for key, node in self._with_values(instance).items()}
        return Definition(
            f"{self._name} ({instance.id})",
            tuple(_named(self._nodes[node].inputs[slot], instance.inputs, k) for k, (node, slot) in enumerate(inputs)),
            tuple(
                _named(self._nodes[node].outputs[slot], instance.outputs, k) for k, (node, slot) in enumerate(outputs)
            ),
            linked(nodes, links),
        )

    def _inputs(self, wanted: int) -> list[tuple[str, int]]:
        """The open slots in order. Files differ in whether hidden slots and widgets count; their number tells."""
        fed = {(link.target, link.target_slot) for link in self._links}
        slots = [
            (node.id, index, slot)
            for node in self._nodes.values()
            for index, slot in enumerate(node.inputs)
            if (node.id, index) not in fed
        ]
        plain = [each for each in slots if not each[2].widget]
        kinds = (slots, plain, self._shown(slots), self._shown(plain))
        fitting = (kind for kind in kinds if len(kind) == wanted)
        return [(node, index) for node, index, _ in next(fitting, slots)]

    def _shown(self, slots: list[tuple[str, int, Slot]]) -> list[tuple[str, int, Slot]]:
        return [each for each in slots if self._visible(each[0], "input", each[2].name)]

    def _outputs(self) -> list[tuple[str, int]]:
        used = {(link.origin, link.origin_slot) for link in self._links}
        return [
            (node.id, index)
            for node in self._nodes.values()
            for index in range(len(node.outputs))
            if self._visible(
                node.id, "output", str(index), (node.id, index) not in used or (node.id, index) in self._external
            )
        ]

    def _visible(self, node: str, side: str, name: str, otherwise: bool = True) -> bool:
        told = as_mapping(as_mapping(as_mapping(self._config.get(node)).get(side)).get(name)).get("visible")
        return told if isinstance(told, bool) else otherwise

    def _with_values(self, instance: Node) -> dict[str, Node]:
        """The instance lists the values of all nodes inside, one after the other."""
        values = instance.values if isinstance(instance.values, list) else []
        layouts = {node.id: self._layout(node) for node in self._nodes.values()}
        fed = {(link.target, link.target_slot) for link in self._links}
        hidden = {
            (node.id, name)
            for node in self._nodes.values()
            for name in layouts[node.id]
            if not self._visible(node.id, "input", name)
        }
        taken = {
            (node.id, slot.widget)
            for node in self._nodes.values()
            for index, slot in enumerate(node.inputs)
            if slot.widget and ((node.id, index) in fed or len(node.inputs) <= len(layouts[node.id]))
        }
        every = {(node, name) for node, names in layouts.items() for name in names}
        fitting = (out for out in (taken, taken | hidden, set(), hidden) if len(every - out) == len(values))
        return _filled(self._nodes, layouts, values, next(fitting, taken))

    def _layout(self, node: Node) -> list[str]:
        if node.type not in self._classes:
            return [str(place) for place in range(len(as_list(node.values)))]
        found = read_widgets(node.type, self._classes.inputs(node.type), node.values, {}, lambda note: None)
        return [widget.name for widget in found if widget.placed]


def _filled(
    nodes: dict[str, Node], layouts: dict[str, list[str]], values: list[Any], left_out: set[tuple[str, str]]
) -> dict[str, Node]:
    waiting = iter(values)
    filled = {}
    for node in nodes.values():
        own = list(as_list(node.values))
        for place, name in enumerate(layouts[node.id]):
            if (node.id, name) in left_out:
                continue
            value = next(waiting, None)
            own[place : place + 1] = [value] if value is not None or place >= len(own) else [own[place]]
        filled[node.id] = replace(node, values=own)
    return filled


def _unlinked(slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    return tuple(replace(slot, link=None) for slot in slots)


def _named(slot: Slot, listed: tuple[Slot, ...], index: int) -> Slot:
    return replace(slot, name=listed[index].name, link=None) if index < len(listed) else replace(slot, link=None)


def _inner_link(row: Any) -> Link | None:
    """`[from node, from slot, to node, to slot, …]`, nodes by their place; rows from outside have no node."""
    ends = [as_whole(end) for end in row[:4]] if isinstance(row, list) and len(row) >= 4 else [None]
    if any(end is None for end in ends):
        return None
    return Link("", str(ends[0]), ends[1] or 0, str(ends[2]), ends[3] or 0)


def _end(row: list[Any]) -> tuple[str, int]:
    return str(as_whole(as_mapping(row[0]).get("index", row[0]))), as_whole(row[1]) or 0
