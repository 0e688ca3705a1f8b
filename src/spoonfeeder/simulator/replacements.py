"""Classes that ComfyUI replaces by others when a prompt comes in, as GET /node_replacements lists them."""

from collections.abc import Collection
from typing import Any

Replacements = dict[str, list[dict[str, Any]]]


def _replace(old: str, new: str, **told: Any) -> dict[str, Any]:
    unsaid = {"old_widget_ids": None, "input_mapping": None, "output_mapping": None}
    return {"new_node_id": new, "old_node_id": old, **unsaid, **told}


def _listed(*entries: dict[str, Any]) -> Replacements:
    return {entry["old_node_id"]: [entry] for entry in entries}


CORE_REPLACEMENTS = _listed(
    _replace(
        "T2IAdapterLoader",
        "ControlNetLoader",
        input_mapping=[{"new_id": "control_net_name", "old_id": "t2i_adapter_name"}],
    ),
    _replace("Load3DAnimation", "Load3D"),
    _replace("Preview3DAnimation", "Preview3D"),
    _replace("SDV_img2vid_Conditioning", "SVD_img2vid_Conditioning"),
    _replace("ConditioningAverage ", "ConditioningAverage"),
)
PROBE_REPLACEMENTS = _listed(
    _replace(
        "ProbeScaleOld",
        "ImageScale",
        old_widget_ids=["wide", "high"],
        input_mapping=[
            {"new_id": "image", "old_id": "picture"},
            {"new_id": "width", "old_id": "wide"},
            {"new_id": "height", "old_id": "high"},
            {"new_id": "upscale_method", "set_value": "area"},
            {"new_id": "crop", "set_value": "disabled"},
        ],
        output_mapping=[{"new_idx": 0, "old_idx": 1}],
    )
)


def replace_classes(graph: Any, replacements: Replacements, known: Collection[str]) -> None:
    """In place. Raises KeyError, as ComfyUI 0.33.0 does, for a node without `_meta` or an input that is taken over."""
    replaced = {}
    for node_id, node in graph.items():
        if "class_type" not in node or "inputs" not in node:
            continue
        [entry] = replacements.get(node["class_type"], [None])
        if entry is not None and node["class_type"] not in known and entry["new_node_id"] in known:
            replaced[node_id] = entry
            graph[node_id] = {
                **node,
                "class_type": entry["new_node_id"],
                "inputs": {each["new_id"]: _value(each, node["inputs"]) for each in entry["input_mapping"] or ()},
                "_meta": {**node["_meta"]},
            }
    for node in graph.values():
        for value in node.get("inputs", {}).values():
            if isinstance(value, list) and len(value) == 2 and value[0] in replaced:
                _relink(value, replaced[value[0]])


def _value(each: dict[str, Any], inputs: dict[str, Any]) -> Any:
    return each["set_value"] if "set_value" in each else inputs[each["old_id"]]


def _relink(link: list[Any], entry: dict[str, Any]) -> None:
    moved = {each["old_idx"]: each["new_idx"] for each in entry["output_mapping"] or ()}
    link[1] = moved.get(link[1], link[1])
