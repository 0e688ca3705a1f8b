"""Node classes that a ComfyUI no longer has, but takes, putting others in their place when a graph comes in."""

from collections.abc import Mapping
from typing import Any

from spoonfeeder.comfy.definitions import GROWING, Definitions
from spoonfeeder.comfy.objects import InputSpec, ObjectInfo

ANYTHING: list[Any] = ["*", {}]
MAX_REPLACED = 10_000


def with_replaced(object_info: ObjectInfo, told: Any) -> dict[str, Any]:
    """The definitions, and one for each class of `told`, the answer of /node_replacements, that ComfyUI replaces.

    It has the old inputs, all of them needed, each as the new class has the one that it becomes. A class that ComfyUI
    would replace by one with too few inputs is left out, since no graph with it runs.
    """
    found = dict(object_info)
    definitions = Definitions(object_info)
    for name, entries in list(told.items())[:MAX_REPLACED] if isinstance(told, dict) else ():
        entry = entries[0] if isinstance(entries, list) and entries else None
        if isinstance(entry, dict) and name not in found:
            definition = _definition(object_info, definitions, entry)
            if definition is not None:
                found[name] = definition
    return found


def _definition(object_info: ObjectInfo, definitions: Definitions, entry: Mapping[str, Any]) -> dict[str, Any] | None:
    new = entry.get("new_node_id")
    outputs = definitions.outputs(new) if isinstance(new, str) else None
    if not isinstance(new, str) or outputs is None:
        return None
    becomes = [each for each in _mappings(entry, "input_mapping") if isinstance(each.get("new_id"), str)]
    given = {each["new_id"]: each.get("set_value") for each in becomes}
    specs = definitions.inputs({"class_type": new, "inputs": given})
    if any(spec.section == "required" and spec.type != GROWING and name not in given for name, spec in specs.items()):
        return None
    old = {
        each["old_id"]: _as_told(specs.get(each["new_id"]))
        for each in becomes
        if "set_value" not in each and isinstance(each.get("old_id"), str)
    }
    widgets = entry.get("old_widget_ids")
    first = [name for name in widgets if isinstance(name, str) and name in old] if isinstance(widgets, list) else []
    required = {name: old[name] for name in (*first, *old)}
    return {**object_info[new], **_in_old_words(required), "output": _old_outputs(outputs, entry)}


def _in_old_words(required: dict[str, Any]) -> dict[str, Any]:
    return {"input": {"required": required}, "input_order": {"required": list(required)}}


def _as_told(spec: InputSpec | None) -> list[Any]:
    if spec is None:
        return ANYTHING
    return [list(spec.choices) if spec.type == "COMBO" else spec.type, dict(spec.options)]


def _old_outputs(outputs: list[Any], entry: Mapping[str, Any]) -> list[Any]:
    """By the old places; a place that nothing is said of stays what it is."""
    found = list(outputs)
    for each in _mappings(entry, "output_mapping"):
        old, new = each.get("old_idx"), each.get("new_idx")
        if isinstance(old, int) and isinstance(new, int) and 0 <= new < len(outputs) and 0 <= old < 100:
            found += ["*"] * (old + 1 - len(found))
            found[old] = outputs[new]
    return found


def _mappings(entry: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    listed = entry.get(name)
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
