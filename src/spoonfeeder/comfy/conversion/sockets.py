"""The inputs of a node as the editor lays them out anew from the definition, whatever order the file has."""

from collections.abc import Iterator

from spoonfeeder.comfy.conversion.inputs import AUTOGROW, DYNAMIC, MATCHTYPE, Classes, Input
from spoonfeeder.comfy.conversion.shapes import Node, Slot, as_mapping, type_name


def sockets(node: Node, classes: Classes) -> tuple[Slot, ...]:
    """What takes only links comes before the widgets; slots that only the file knows come last."""
    if node.type not in classes:
        return node.inputs
    listed = {slot.name: slot for slot in reversed(node.inputs)}
    grown: dict[str, list[Slot]] = {}
    for slot in node.inputs:
        grown.setdefault(slot.name.partition(".")[0], []).append(slot)
    specs = sorted(classes.inputs(node.type), key=lambda spec: bool(spec.widget))
    laid = {slot.name: slot for spec in specs for slot in _of(spec, listed, grown.get(spec.name, []))}
    return tuple((listed | laid)[name] for name in dict.fromkeys([*laid, *(slot.name for slot in node.inputs)]))


def _of(spec: Input, listed: dict[str, Slot], grown: list[Slot]) -> Iterator[Slot]:
    if spec.type in (DYNAMIC, AUTOGROW):
        yield from (slot for slot in grown if slot.name != spec.name)
    if spec.type == AUTOGROW:
        return
    if spec.type == MATCHTYPE:
        yield listed.get(spec.name) or Slot(spec.name, _allowed(spec))
    else:
        yield Slot(spec.name, spec.type)


def _allowed(spec: Input) -> str:
    return type_name(as_mapping(spec.options.get("template")).get("allowed_types"))
