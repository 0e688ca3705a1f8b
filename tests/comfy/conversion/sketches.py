"""Small workflows drawn by hand, and the classes of a server that knows what they need."""

from typing import Any

from spoonfeeder.comfy.conversion.convert import Converted, convert

NUMBER = ["INT", {"default": 20, "min": 1, "max": 10000}]
SEED = ["INT", {"default": 0, "min": 0, "max": 2**64 - 1, "control_after_generate": True}]
CHOICES = [["euler", "heun"], {"default": "heun"}]
LENGTH = ["INT", {"default": 81, "min": 1, "max": 1000, "step": 4}]
SHAPE = [
    "COMFY_DYNAMICCOMBO_V3",
    {
        "options": [
            {"key": "size", "inputs": {"required": {"width": NUMBER, "mask": ["MASK", {}]}}},
            {"key": "factor", "inputs": {"required": {"by": ["FLOAT", {"default": 1.0, "step": 0.01}]}}},
        ]
    },
]
CLASSES: dict[str, Any] = {
    "Make": {"input": {"required": {"width": NUMBER}}, "output": ["IMAGE", "MASK"]},
    "Text": {"input": {"required": {"text": ["STRING", {"multiline": True, "dynamicPrompts": True}]}}},
    "Line": {"input": {"required": {"text": ["STRING", {}], "note": ["STRING", {"default": "-"}]}}},
    "Sample": {
        "input": {
            "required": {"image": ["IMAGE", {}], "seed": SEED, "steps": NUMBER, "sampler": CHOICES},
            "optional": {"strength": ["FLOAT", {"default": 1.0, "min": 0.0, "max": 2.0, "step": 0.1}]},
            "hidden": {"prompt": "PROMPT"},
        }
    },
    "Resize": {"input": {"required": {"image": ["IMAGE", {}], "shape": SHAPE, "how": CHOICES}}},
    "Length": {"input": {"required": {"length": LENGTH}}},
    "Any": {"input": {"required": {"source": ["*", {}]}}},
    "Curve": {"input": {"required": {"curve": ["CURVE", {"default": {"points": []}}], "colors": ["COLORS", {}]}}},
    "Forced": {"input": {"required": {"text": ["STRING", {"forceInput": True}], "count": NUMBER}}},
    "Save": {
        "input": {"required": {"images": ["IMAGE", {}], "filename_prefix": ["STRING", {"default": "ComfyUI"}]}},
        "output_node": True,
        "python_module": "nodes",
        "display_name": "Save it",
    },
}


def node(node_id: Any, kind: str, values: Any = None, **more: Any) -> dict[str, Any]:
    return {"id": node_id, "type": kind, "widgets_values": values, **more}


def slot(name: str, link: Any = None, kind: str = "IMAGE", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "link": link, **more}


def widget(name: str, link: Any, kind: str = "INT") -> dict[str, Any]:
    return slot(name, link, kind, widget={"name": name})


def drawn(*nodes: dict[str, Any], links: list[Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"version": 0.4, "nodes": list(nodes), "links": links or [], **more}


def subgraph(key: str, nodes: list[Any], links: list[Any], inputs: list[Any], outputs: list[Any]) -> dict[str, Any]:
    """`links` are `[id, from node, from slot, to node, to slot]`."""
    words = ("id", "origin_id", "origin_slot", "target_id", "target_slot")
    told = [dict(zip(words, link, strict=True)) for link in links]
    return {"id": key, "nodes": nodes, "links": told, "inputs": inputs, "outputs": outputs}


def with_subgraphs(workflow: dict[str, Any], *definitions: dict[str, Any]) -> dict[str, Any]:
    return workflow | {"definitions": {"subgraphs": list(definitions)}}


def conversion(workflow: dict[str, Any]) -> Converted:
    return convert(workflow, CLASSES)


def inputs(workflow: dict[str, Any], node_id: str) -> dict[str, Any]:
    found: dict[str, Any] = conversion(workflow).graph[node_id]["inputs"]
    return found
