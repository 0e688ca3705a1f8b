"""One node after the other, as the server wants it."""

from datetime import datetime
from typing import Any

from spoonfeeder.comfy.conversion.frames import Frame
from spoonfeeder.comfy.conversion.inputs import DYNAMIC, MISSING, Classes, Input
from spoonfeeder.comfy.conversion.naming import Ids, Names
from spoonfeeder.comfy.conversion.places import CUSTOM_COMBO, Widget
from spoonfeeder.comfy.conversion.promoted import Promotions
from spoonfeeder.comfy.conversion.resolve import Output, Promoted, Resolver, Typed, promotions
from spoonfeeder.comfy.conversion.saved import fits, read_widgets
from spoonfeeder.comfy.conversion.shapes import Node, Wire, as_list, as_mapping
from spoonfeeder.comfy.conversion.texts import fill_tokens, first_choices
from spoonfeeder.comfy.conversion.values import as_sent, held, own
from spoonfeeder.comfy.conversion.warnings import Warnings
from spoonfeeder.comfy.graph import Node as Built

FILENAME = "filename_prefix"
REPLACE = "Run widget replace on values"
UNKNOWN = "The server does not know this node. Install what brings it, or take it out."
CHOICE = "The text holds choices in braces; the first of each was taken."


class Sender:
    def __init__(self, frames: list[Frame], classes: Classes, warnings: Warnings, now: datetime | None) -> None:
        self._classes = classes
        self._warnings = warnings
        self._now = now
        self._read: dict[Node, dict[str, Any]] = {}
        self._resolver = Resolver(classes)
        self._promotions = Promotions(classes, self._named_widgets)
        self._names = Names(frames, self._named_widgets)
        self.ids = Ids(frames)

    def node(self, frame: Frame, node: Node) -> Built:
        inputs = self._inputs(frame, node) if node.type in self._classes else self._unknown(frame, node)
        title = node.title or self._classes.title(node.type)
        return {"inputs": inputs, "class_type": node.type, "_meta": {"title": title}}

    def _inputs(self, frame: Frame, node: Node) -> dict[str, Any]:
        links = dict(frame.scope.links_into(node))
        inputs: dict[str, Any] = {}
        for widget in self._widgets(frame, node):
            wire = links.pop(widget.name, None)
            if not widget.sent:
                continue
            value = self._linked(frame, node, wire, widget.spec) if wire else MISSING
            if value is MISSING:
                value = self._own(frame, node, widget)
            if value is not MISSING:
                inputs[widget.name] = value
        self._add_links(frame, node, links, inputs)
        if node.type == CUSTOM_COMBO:
            inputs["index"] = _chosen_place(inputs)
        return inputs

    def _add_links(self, frame: Frame, node: Node, links: dict[str, Wire], inputs: dict[str, Any]) -> None:
        for name, wire in links.items():
            value = self._linked(frame, node, wire, None)
            if value is not MISSING:
                inputs[name] = value

    def _linked(self, frame: Frame, node: Node, wire: Wire, spec: Input | None) -> Any:
        """What a link brings; MISSING if it leads to nothing."""
        link, slot = wire
        wanted = self._classes.slot_type(node.type, slot.name) or slot.type
        match self._resolver.source(frame, link, wanted):
            case Output(level, origin, index):
                return [self.ids.of(level, origin), index]
            case Typed(level, primitive):
                value = self._typed(level, primitive)
                if isinstance(value, str) and spec is not None:
                    value = self._text(frame, node, spec, value)
                return value if value is MISSING else as_sent(held(value, spec))
            case Promoted() as promoted:
                value = self._promotions.value(promotions(frame, link) or [promoted])
                if value is MISSING and spec is None:
                    value = self._promotions.stand_in(promoted)
                return value if value is MISSING else as_sent(value)
        return MISSING

    def _typed(self, frame: Frame, primitive: Node) -> Any:
        values = as_list(primitive.values)
        value = self._promotions.override(frame, primitive, "value")
        if value is MISSING:
            value = values[0] if values else MISSING
        if isinstance(value, str) and primitive.properties.get(REPLACE):
            value = fill_tokens(value, self._now, self._names.look)
        return value

    def _own(self, frame: Frame, node: Node, widget: Widget) -> Any:
        value, spec = widget.value, widget.spec
        if value is MISSING or spec is None:
            return value
        told = self._promotions.override(frame, node, widget.name)
        if told is not MISSING:
            return as_sent(told)
        if isinstance(value, str):
            value = self._text(frame, node, spec, value)
        return as_sent(own(value, node.type, spec))

    def _text(self, frame: Frame, node: Node, spec: Input, text: str) -> str:
        if spec.widget == "STRING" and spec.options.get("dynamicPrompts") is True:
            chosen = first_choices(text)
            if chosen != text and "|" in text:
                self._warn(frame, node, CHOICE)
            return chosen
        if spec.name == FILENAME and self._classes.saves(node.type):
            return fill_tokens(text, self._now, self._names.look)
        return text

    def _widgets(self, frame: Frame, node: Node) -> list[Widget]:
        def note(message: str) -> None:
            self._warn(frame, node, message)

        found = read_widgets(node.type, self._classes.inputs(node.type), node.values, node.named, note)
        linked = frame.scope.links_into(node)
        for widget in found:
            if widget.spec and widget.name not in linked and not plausible(widget):
                note(f"The value of {widget.name} is not one that this node takes.")
        return found

    def _named_widgets(self, node: Node) -> dict[str, Any]:
        known = self._read.get(node)
        if known is None:
            specs = self._classes.inputs(node.type)
            found = read_widgets(node.type, specs, node.values, node.named, lambda note: None)
            known = {widget.name: widget.value for widget in found if widget.value is not MISSING}
            self._read[node] = known
        return known

    def _unknown(self, frame: Frame, node: Node) -> dict[str, Any]:
        """Of a class that the server does not know only the saved names are sure."""
        self._warn(frame, node, UNKNOWN)
        named = node.named or as_mapping(node.values)
        listed = {f"UNKNOWN_{place}" if place else "UNKNOWN": value for place, value in enumerate(as_list(node.values))}
        inputs = {name: as_sent(value) for name, value in (named or listed).items()}
        self._add_links(frame, node, frame.scope.links_into(node), inputs)
        return inputs

    def _warn(self, frame: Frame, node: Node, message: str) -> None:
        self._warnings.add(self.ids.of(frame, node), node.type, message)


def plausible(widget: Widget) -> bool:
    """Whether the value is of the widget's kind. What a combo offers differs between servers and is no fault."""
    if widget.spec is None or widget.value is MISSING:
        return True
    if widget.spec.widget in ("INT", "FLOAT", "BOOLEAN", "STRING", DYNAMIC):
        return fits(widget.value, widget.spec)
    return True


def _chosen_place(inputs: dict[str, Any]) -> int:
    choices = [value for name, value in inputs.items() if name.startswith("option")]
    choice = inputs.get("choice")
    return choices.index(choice) if choice in choices else 0
