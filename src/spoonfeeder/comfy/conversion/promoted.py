"""The values that stand on the instance of a subgraph instead of on the nodes inside it."""

from collections.abc import Callable
from typing import Any

from spoonfeeder.comfy.conversion.frames import Frame, InnerFrame
from spoonfeeder.comfy.conversion.inputs import MISSING, Classes
from spoonfeeder.comfy.conversion.resolve import Promoted
from spoonfeeder.comfy.conversion.saved import same
from spoonfeeder.comfy.conversion.shapes import INNER_INPUT, Node, Slot, as_list, key_of

# A node inside a subgraph and one of its slots.
Target = tuple[Node, Slot]
OWN = "-1"
CONTROL = "control_after_generate"


class Promotions:
    """What every instance says about its inside, read once per frame."""

    def __init__(self, classes: Classes, values_of: Callable[[Node], dict[str, Any]]) -> None:
        self._classes = classes
        self._values_of = values_of
        self._stand_ins: dict[Promoted, Any] = {}
        self._values: dict[InnerFrame, dict[int, Any]] = {}
        self._inside: dict[InnerFrame, dict[tuple[str, str], Any]] = {}
        self._fed: dict[InnerFrame, dict[int, None]] = {}
        self._aims: dict[InnerFrame, dict[int, list[Target]]] = {}

    def value(self, inputs: list[Promoted]) -> Any:
        """Of inputs that lead into each other, outermost first, the first that says a value; else MISSING."""
        for each in inputs:
            value = self._read(each.frame).get(each.index, MISSING)
            if value is not MISSING:
                return value
        return MISSING

    def stand_in(self, promoted: Promoted) -> Any:
        """What the editor shows on an instance that says no value: that of the first widget inside."""
        if promoted not in self._stand_ins:
            self._stand_ins[promoted] = MISSING
            self._stand_ins[promoted] = self._first_inside(promoted)
        return self._stand_ins[promoted]

    def _first_inside(self, promoted: Promoted) -> Any:
        frame = promoted.frame
        for node, slot in self._targets(frame).get(promoted.index, []):
            if not self._is_widget(frame, node, slot):
                continue
            inner = frame.inside.get(node.id)
            if inner is None:
                return self._values_of(node).get(slot.name, MISSING)
            deeper = Promoted(inner, inner.definition.input_places[slot.name])
            value = self.value([deeper])
            return self.stand_in(deeper) if value is MISSING else value
        return MISSING

    def override(self, frame: Frame, node: Node, name: str) -> Any:
        """What a file of 2025 keeps on the instance for a widget inside that no input leads to."""
        if not isinstance(frame, InnerFrame):
            return MISSING
        self._read(frame)
        return self._inside[frame].get((node.id, name), MISSING)

    def _read(self, frame: InnerFrame) -> dict[int, Any]:
        known = self._values.get(frame)
        if known is None:
            self._inside[frame] = {}
            known = self._values[frame] = {}
            self._take(frame)
            self._take_from_outside(frame)
        return known

    def _take(self, frame: InnerFrame) -> None:
        instance = frame.instance
        entries = proxies(instance)
        values = instance.values if isinstance(instance.values, list) else []
        if entries and values:
            self._take_proxies(frame, _without_controls(entries, len(values)), values)
            return
        listed = dict(zip(self.fed(frame), values, strict=False))
        slots = frame.definition.inputs
        named = {
            index: instance.named[slots[index].name] for index in self.fed(frame) if slots[index].name in instance.named
        }
        agree = all(same(listed[index], value) for index, value in named.items() if index in listed)
        self._values[frame].update(listed if agree else {})
        self._values[frame].update(named)

    def _take_proxies(self, frame: InnerFrame, entries: list[tuple[str, str]], values: list[Any]) -> None:
        feeding = {
            (node.id, name): index
            for index, aims in self._targets(frame).items()
            for node, slot in aims
            for name in {slot.name, slot.widget}
        }
        own = frame.definition.input_places
        for (node_id, name), value in zip(entries, values, strict=False):
            index = own.get(name) if node_id == OWN else feeding.get((node_id, name))
            if index is not None:
                self._values[frame][index] = value
            elif node_id != OWN:
                self._inside[frame][node_id, name] = value

    def _take_from_outside(self, frame: InnerFrame) -> None:
        """An outer instance may name a widget of this one as its own."""
        if not isinstance(frame.parent, InnerFrame):
            return
        self._read(frame.parent)
        outer = self._inside[frame.parent]
        if not outer:
            return
        for index, slot in enumerate(frame.definition.inputs):
            if (frame.instance.id, slot.name) in outer:
                self._values[frame][index] = outer[frame.instance.id, slot.name]
        for node_id, name in proxies(frame.instance):
            if (frame.instance.id, name) in outer:
                self._inside[frame][node_id, name] = outer[frame.instance.id, name]

    def fed(self, frame: InnerFrame) -> dict[int, None]:
        """The inputs of the subgraph that lead to a widget inside, in order."""
        known = self._fed.get(frame)
        if known is None:
            places = (
                index
                for index, aims in self._targets(frame).items()
                if any(self._is_widget(frame, *aim) for aim in aims)
            )
            known = self._fed[frame] = dict.fromkeys(sorted(places))
        return known

    def _targets(self, frame: InnerFrame) -> dict[int, list[Target]]:
        """The slots inside that each input of the subgraph feeds."""
        known = self._aims.get(frame)
        if known is None:
            known = self._aims[frame] = {}
            for link in frame.scope.by_id.values():
                node = frame.scope.nodes.get(link.target) if link.origin == INNER_INPUT else None
                if node is None or not 0 <= link.origin_slot < len(frame.definition.inputs):
                    continue
                if 0 <= link.target_slot < len(node.inputs):
                    known.setdefault(link.origin_slot, []).append((node, node.inputs[link.target_slot]))
        return known

    def _is_widget(self, frame: InnerFrame, node: Node, slot: Slot) -> bool:
        inner = frame.inside.get(node.id)
        if inner is not None:
            return inner.definition.input_places.get(slot.name) in self.fed(inner)
        for spec in self._classes.inputs(node.type):
            if spec.name == slot.name:
                return bool(spec.widget)
        return bool(slot.widget)


def proxies(instance: Node) -> list[tuple[str, str]]:
    entries = [
        entry
        for entry in as_list(instance.properties.get("proxyWidgets"))
        if isinstance(entry, list) and len(entry) > 1
    ]
    return [(key_of(node) or OWN, name) for node, name, *_ in entries if isinstance(name, str)]


def _without_controls(entries: list[tuple[str, str]], count: int) -> list[tuple[str, str]]:
    """Pictures have no value; the words for what follows a run have one only in some files."""
    entries = [entry for entry in entries if not entry[1].startswith("$$")]
    return entries if len(entries) == count else [entry for entry in entries if entry[1] != CONTROL]
