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
    """As many as the node has, each as the template says; how many there must be is ComfyUI's affair."""
    template = spec.options.get("template")
    told = next(_told(template.get("input")), None) if isinstance(template, Mapping) else None
    for name in values:
        if told and name.startswith(f"{spec.name}."):
            yield read_input(name, "optional", told[2])


def _told(inputs: Any) -> Iterator[tuple[str, str, Any]]:
    for section in SECTIONS:
        listed = inputs.get(section) if isinstance(inputs, Mapping) else None
        for name, told in listed.items() if isinstance(listed, Mapping) else ():
            yield section, name, told
