"""The node classes of one ComfyUI, each read once: the inputs that a node has, and the types of its outputs."""

from collections.abc import Iterator, Mapping
from typing import Any

from spoonfeeder.comfy.graph import Node
from spoonfeeder.comfy.objects import InputSpec, ObjectInfo, inputs_of, read_input

DYNAMIC, GROWING = "COMFY_DYNAMICCOMBO_V3", "COMFY_AUTOGROW_V3"
MAX_INNER = 500
"""Inputs that choices of one node may bring along."""
SECTIONS = ("required", "optional")


class Definitions:
    def __init__(self, object_info: ObjectInfo) -> None:
        self._told = object_info
        self._inputs: dict[str, dict[str, InputSpec]] = {}
        self._plain: dict[str, bool] = {}

    def __contains__(self, class_type: str) -> bool:
        return isinstance(self._told.get(class_type), dict)

    def inputs(self, node: Node) -> Mapping[str, InputSpec]:
        """Those of its class, and those that its choices bring along: `mode.strength` where `mode` is "manual"."""
        class_type = node["class_type"]
        own = self._inputs.get(class_type)
        if own is None:
            read = inputs_of(self._told, class_type)
            own = self._inputs[class_type] = {name: spec for name, spec in read.items() if spec.section in SECTIONS}
            self._plain[class_type] = not any(spec.type in (DYNAMIC, GROWING) for spec in own.values())
        return own if self._plain[class_type] else _with_inner(own, node["inputs"])

    def outputs(self, class_type: str) -> list[Any] | None:
        """Types, or lists of choices; None for a class whose outputs are not known."""
        told = self._told.get(class_type)
        listed = told.get("output") if isinstance(told, Mapping) else None
        return listed if isinstance(listed, list) else None


def _with_inner(own: Mapping[str, InputSpec], values: Mapping[str, Any]) -> dict[str, InputSpec]:
    found = dict(own)
    waiting = list(own.values())
    while waiting and len(found) < len(own) + MAX_INNER:
        for spec in _inner(waiting.pop(), values):
            found[spec.name] = spec
            waiting.append(spec)
    return found


def _inner(spec: InputSpec, values: Mapping[str, Any]) -> Iterator[InputSpec]:
    if spec.type == DYNAMIC:
        chosen = values.get(spec.name)
        for choice in spec.choices:
            if isinstance(choice, Mapping) and choice.get("key") == chosen:
                for section, name, told in _told(choice.get("inputs")):
                    yield read_input(f"{spec.name}.{name}", section, told)
                return
    elif spec.type == GROWING:
        yield from _grown(spec, values)


def _grown(spec: InputSpec, values: Mapping[str, Any]) -> Iterator[InputSpec]:
    """The first of the template's names, as many as there must be, and of the others those that the node has."""
    template = spec.options.get("template")
    if not isinstance(template, Mapping) or (told := next(_told(template.get("input")), None)) is None:
        return
    section, _, definition = told
    least = _count(template.get("min"), 0) if section == "required" else 0
    for place, inner in enumerate(_names(template)):
        name = f"{spec.name}.{inner}"
        if place < least or name in values:
            yield read_input(name, "required" if place < least else "optional", definition)


def _names(template: Mapping[str, Any]) -> Iterator[str]:
    listed = template.get("names")
    if isinstance(listed, list):
        yield from (name for name in listed[:MAX_INNER] if isinstance(name, str))
    else:
        yield from (f"{template.get('prefix', '')}{place}" for place in range(_count(template.get("max"), MAX_INNER)))


def _count(told: Any, otherwise: int) -> int:
    return min(told, MAX_INNER) if isinstance(told, int) and not isinstance(told, bool) else otherwise


def _told(inputs: Any) -> Iterator[tuple[str, str, Any]]:
    for section in SECTIONS:
        listed = inputs.get(section) if isinstance(inputs, Mapping) else None
        for name, told in listed.items() if isinstance(listed, Mapping) else ():
            yield section, name, told
