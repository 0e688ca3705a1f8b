"""The way back: the values of an API graph, written into the editor's workflow that it came from."""

import copy
from collections.abc import Mapping
from typing import Any

from spoonfeeder.comfy.conversion.convert import convert
from spoonfeeder.comfy.conversion.definitions import Definitions, subgraphs_of
from spoonfeeder.comfy.conversion.frames import Frame, InnerFrame, lay_open
from spoonfeeder.comfy.conversion.inputs import MISSING, Classes
from spoonfeeder.comfy.conversion.naming import Ids
from spoonfeeder.comfy.conversion.places import Widget
from spoonfeeder.comfy.conversion.promoted import Promotions
from spoonfeeder.comfy.conversion.resolve import Promoted, Resolver, Typed, promotions
from spoonfeeder.comfy.conversion.saved import read_widgets, same
from spoonfeeder.comfy.conversion.sending import FILENAME
from spoonfeeder.comfy.conversion.shapes import Node, as_list, key_of, scope_of
from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.links import looks_linked
from spoonfeeder.comfy.objects import ObjectInfo

FIXED = "fixed"


def applied(original: Mapping[str, Any], graph: Graph, object_info: ObjectInfo) -> dict[str, Any] | None:
    """A copy of `original` that converts to `graph`; None if its values alone cannot say all of that.

    So it is where nodes or links differ, or where one value would change several instances of a subgraph.
    File names that nobody changed may differ: what the editor makes them of is new.
    """
    writer = _Writer(original, Classes(object_info))
    changes = _changes(convert(original, object_info).graph, graph)
    if changes is None or not all(writer.write(*change) for change in changes):
        return None
    unsaid = _changes(convert(writer.workflow, object_info).graph, graph)
    if unsaid and not any(name == FILENAME for _, name, _ in changes):
        unsaid = [change for change in unsaid if change[1] != FILENAME]
    return writer.workflow if unsaid == [] else None


def _changes(before: Graph, after: Graph) -> list[tuple[str, str, Any]] | None:
    """Node, input and new value; None for other differences."""
    if before.keys() != after.keys():
        return None
    found = []
    for node_id, node in after.items():
        old, new = before[node_id]["inputs"], node["inputs"]
        if old.keys() != new.keys() or before[node_id]["class_type"] != node["class_type"]:
            return None
        different = [(node_id, name, value) for name, value in new.items() if not same(old[name], value)]
        if any(looks_linked(value) or looks_linked(old[name]) for _, name, value in different):
            return None
        found += different
    return found


class _Writer:
    def __init__(self, original: Mapping[str, Any], classes: Classes) -> None:
        self.workflow: dict[str, Any] = copy.deepcopy(dict(original))
        self._classes = classes
        frames = lay_open(scope_of(original), Definitions(original, classes).find, classes.has_output)
        ids = Ids(frames)
        self._nodes = {ids.of(frame, node): (frame, node) for frame in frames for node in frame.scope.nodes.values()}
        self._resolver = Resolver(classes)
        self._promotions = Promotions(classes, lambda node: {})
        self._told = {told.get("id"): told for told in subgraphs_of(self.workflow)}
        self._uses = [frame.definition.id for frame in frames if isinstance(frame, InnerFrame)]

    def write(self, node_id: str, name: str, value: Any) -> bool:
        frame, node = self._nodes[node_id]
        wire = frame.scope.links_into(node).get(name)
        source = self._resolver.source(frame, wire[0], wire[1].type) if wire else None
        if isinstance(source, Typed):
            return self._write_first(source.frame, source.node, _unwrapped(value))
        if wire and isinstance(source, Promoted):
            for each in promotions(frame, wire[0]):
                if self._promotions.value([each]) is not MISSING:
                    return self._write_promoted(each, _unwrapped(value))
        return self._write_own(frame, node, name, _unwrapped(value))

    def _write_first(self, frame: Frame, primitive: Node, value: Any) -> bool:
        told = self._raw(frame, primitive)
        if told is None:
            return False
        told["widgets_values"] = [value, *as_list(told.get("widgets_values"))[1:]]
        return True

    def _write_promoted(self, promoted: Promoted, value: Any) -> bool:
        frame = promoted.frame
        told = self._raw(frame.parent, frame.instance)
        places = list(self._promotions.fed(frame))
        if told is None or promoted.index not in places or frame.instance.properties.get("proxyWidgets"):
            return False
        name = frame.definition.inputs[promoted.index].name
        if name in frame.instance.named:
            told["widgets_values_named"][name] = value
        values, place = told.get("widgets_values"), places.index(promoted.index)
        if isinstance(values, list) and place < len(values):
            values[place] = value
        return True

    def _write_own(self, frame: Frame, node: Node, name: str, value: Any) -> bool:
        told = self._raw(frame, node)
        if told is None or node.type not in self._classes:
            return False
        specs, named = self._classes.inputs(node.type), told.get("widgets_values_named") or {}
        found = read_widgets(node.type, specs, told.get("widgets_values"), named, lambda note: None)
        if name not in {widget.name for widget in found}:
            return False
        if named:
            named[name] = value
        values = [value if widget.name == name else _kept(widget) for widget in found if widget.placed]
        told["widgets_values"] = values + as_list(told.get("widgets_values"))[len(values) :]  # what scripts have added
        return True

    def _raw(self, frame: Frame, node: Node) -> dict[str, Any] | None:
        """The node in the copy; None where it is not one node's own."""
        holder: Any = self.workflow
        if isinstance(frame, InnerFrame):
            if self._uses.count(frame.definition.id) != 1:
                return None
            holder = self._told.get(frame.definition.id)
        listed = as_list(holder.get("nodes")) if holder is not None else []
        return next((told for told in listed if key_of(told.get("id")) == node.id), None)


def _kept(widget: Widget) -> Any:
    if widget.value is MISSING:
        return FIXED if "control" in widget.name else None
    return widget.value


def _unwrapped(value: Any) -> Any:
    return value["__value__"] if isinstance(value, dict) and "__value__" in value else value
