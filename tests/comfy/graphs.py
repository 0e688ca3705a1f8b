"""Graphs for tests of the pure parts of comfy."""

import json
from pathlib import Path
from typing import Any

from spoonfeeder.comfy.graph import Graph, Node
from tests.fixtures.workflows import workflow

OBJECTS = Path(__file__).parents[1] / "data" / "objects"
FORMATS = ("ui_", "wrapped_")


def object_info(version: str = "v0.33.0") -> dict[str, Any]:
    """A part of what a real ComfyUI of that version told."""
    told: dict[str, Any] = json.loads((OBJECTS / f"{version}.json").read_text())
    return told


def api_workflows() -> list[str]:
    folder = OBJECTS.parent / "workflows"
    return sorted(path.stem for path in folder.glob("*.json") if not path.stem.startswith(FORMATS))


def node(class_type: str, **inputs: Any) -> Node:
    return {"class_type": class_type, "inputs": inputs}


def txt2img(**changed: Node) -> Graph:
    """KSampler 3, checkpoint 4, latent 5, prompt 6, negative prompt 7, decode 8, save 9; `n3=` replaces or adds."""
    return workflow("txt2img_sd15") | {name.removeprefix("n"): changed_node for name, changed_node in changed.items()}


def sampler(**inputs: Any) -> Node:
    """Node 3 of `txt2img` with other inputs."""
    return node("KSampler", **(workflow("txt2img_sd15")["3"]["inputs"] | inputs))


def inputs_of(graph: Graph, node_id: str) -> dict[str, Any]:
    inputs: dict[str, Any] = graph[node_id]["inputs"]
    return inputs
