"""The widgets that an author shows on the outside of a subgraph."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from spoonfeeder.comfy.conversion.definitions import Definitions, subgraphs_of
from spoonfeeder.comfy.conversion.frames import Frame, InnerFrame, lay_open
from spoonfeeder.comfy.conversion.inputs import Classes
from spoonfeeder.comfy.conversion.naming import Ids
from spoonfeeder.comfy.conversion.promoted import OWN, proxies
from spoonfeeder.comfy.conversion.shapes import (
    INNER_INPUT,
    Node,
    Slot,
    as_list,
    as_mapping,
    require_shallow,
    scope_of,
)
from spoonfeeder.comfy.kinds import label_of
from spoonfeeder.comfy.objects import ObjectInfo
from spoonfeeder.comfy.top import PromotedWidget
from spoonfeeder.comfy.wording import clean

MAX_WIDGETS = 500
MAX_LABEL = 100


def promoted_widgets(workflow: Mapping[str, Any], object_info: ObjectInfo) -> list[PromotedWidget]:
    """Of the subgraphs of the top level, in their order. Raises GraphError for what `convert` refuses."""
    require_shallow(workflow)
    classes = Classes(object_info)
    frames = lay_open(scope_of(workflow), Definitions(workflow, classes).find, classes.has_output)
    outside = _Outside(workflow, frames, classes)
    found = (widget for inner in frames[0].inside.values() for widget in outside.of(inner))
    return list(islice(found, MAX_WIDGETS))


class _Outside:
    def __init__(self, workflow: Mapping[str, Any], frames: list[Frame], classes: Classes) -> None:
        self._told = {told.get("id"): told for told in subgraphs_of(workflow) if isinstance(told.get("id"), str)}
        self._classes = classes
        self._frames = set(frames)
        self._ids = Ids(frames)
        self._fed: dict[Frame, dict[int, list[tuple[Node, Slot]]]] = {}
        self._seen: set[tuple[Frame, str, str]] = set()

    def of(self, frame: InnerFrame) -> Iterator[PromotedWidget]:
        """As the instance orders them, then the inputs with a widget that it does not mention."""
        if frame not in self._frames:
            return
        told = as_mapping(self._told.get(frame.definition.id))
        title = clean(frame.instance.title or str(told.get("name") or frame.instance.type), MAX_LABEL)
        places = frame.definition.input_places
        for node_id, name in proxies(frame.instance):
            if node_id == OWN and name in places:
                yield from self._of_input(frame, places[name], _label(frame, places[name], told), title)
            elif node_id in frame.scope.nodes:
                yield from self._of_node(frame, frame.scope.nodes[node_id], name, label_of(name, None), title)
        for index in range(len(frame.definition.inputs)):
            yield from self._of_input(frame, index, _label(frame, index, told), title)

    def _of_input(self, frame: InnerFrame, index: int, label: str, title: str) -> Iterator[PromotedWidget]:
        for node, slot in self._targets(frame).get(index, []):
            if node.id in frame.inside or self._is_widget(node, slot):
                yield from self._of_node(frame, node, slot.name, label, title)

    def _of_node(self, frame: Frame, node: Node, name: str, label: str, title: str) -> Iterator[PromotedWidget]:
        """The node's own input, or those that it leads to where it is a subgraph in its turn."""
        if (frame, node.id, name) in self._seen:
            return
        self._seen.add((frame, node.id, name))
        inner = frame.inside.get(node.id)
        if inner is None:
            yield PromotedWidget(self._ids.of(frame, node), name, clean(label, MAX_LABEL), title)
        elif inner in self._frames and name in inner.definition.input_places:
            yield from self._of_input(inner, inner.definition.input_places[name], label, title)

    def _targets(self, frame: InnerFrame) -> dict[int, list[tuple[Node, Slot]]]:
        """The slots inside that each input of the subgraph feeds."""
        if frame not in self._fed:
            found = self._fed[frame] = {}
            for node in frame.scope.nodes.values():
                for link, slot in frame.scope.links_into(node).values():
                    if link.origin == INNER_INPUT:
                        found.setdefault(link.origin_slot, []).append((node, slot))
        return self._fed[frame]

    def _is_widget(self, node: Node, slot: Slot) -> bool:
        known = (spec for spec in self._classes.inputs(node.type) if spec.name == slot.name)
        return any(spec.widget for spec in known) or bool(slot.widget)


def _label(frame: InnerFrame, index: int, told: Mapping[str, Any]) -> str:
    listed = as_list(told.get("inputs"))
    label = as_mapping(listed[index]).get("label") if index < len(listed) else None
    if isinstance(label, str) and label.strip():
        return label
    return label_of(frame.definition.inputs[index].name, None)
