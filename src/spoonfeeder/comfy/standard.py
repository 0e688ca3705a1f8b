"""Standard parameter names, and where each of them stands in a graph."""

from typing import Any

from spoonfeeder.comfy.fields import standard_name
from spoonfeeder.comfy.graph import Graph, Node
from spoonfeeder.comfy.links import output_nodes, upstream
from spoonfeeder.comfy.objects import ObjectInfo
from spoonfeeder.comfy.trace import Place, literal_at, passed_input, value_at

ALIASES = {
    "cfg": "cfg_scale",
    "ckpt_name": "checkpoint_name",
    "unet_name": "checkpoint_name",
    "vae_name": "vae",
    "noise_seed": "seed",
    "frames": "length",
}
LATENTS = frozenset({"latent_image", "latent", "latents", "av_latent", "video_latent", "destination"})
SAMPLES = frozenset({"samples", "samples1", "samples_to", "samples_from"})
LATENT_PATH = LATENTS | SAMPLES | {"pixels", "image", "images"}
MODEL_PATH = frozenset({"guider", "sigmas", "model", "model1", "base_model"})
CONDITIONING_PATH = frozenset({"guider", "positive", "conditioning", "conditioning_1", "conditioning_to", "cond1"})
OUTPUT_PATH = frozenset({"images", "image", "samples", "video", "audio", "vae", "pixels", "mesh"})
# Which inputs lead from the main sampler to the node that has the value.
PATHS: dict[str, frozenset[str]] = {
    "width": LATENT_PATH,
    "height": LATENT_PATH,
    "length": LATENT_PATH,
    "batch_size": LATENT_PATH,
    "steps": frozenset({"sigmas"}),
    "cfg_scale": frozenset({"guider"}),
    "guidance": CONDITIONING_PATH,
    "seed": frozenset({"noise"}),
    "sampler_name": frozenset({"sampler"}),
    "scheduler": frozenset({"sigmas"}),
    "denoise": frozenset({"sigmas"}),
    "checkpoint_name": MODEL_PATH,
    "vae": OUTPUT_PATH,
    "fps": frozenset(),
    "input_image": frozenset(),
}
TEXTUAL = frozenset({"sampler_name", "scheduler", "checkpoint_name", "vae", "input_image"})
FROM_OUTPUTS = frozenset({"vae", "fps", "input_image"})
NAMES = (*PATHS, "loras")


def find_places(graph: Graph, sampler: str | None, object_info: ObjectInfo | None = None) -> dict[str, list[Place]]:
    """By standard name: the literal that it changes first, then all others that hold the same value for it.

    Names without a place in the graph are absent.
    """
    standing = {node_id: _standing(node) for node_id, node in graph.items()}
    outputs = output_nodes(graph, object_info)
    found: dict[str, dict[Place, None]] = {}
    for name in PATHS:
        starts = outputs if sampler is None or name in FROM_OUTPUTS else [sampler]
        if place := _nearest(graph, name, starts, standing, everywhere=sampler is None or not PATHS[name]):
            found[name] = {place: None}
    values = {name: value_at(graph, next(iter(places))) for name, places in found.items()}
    for node_id, fields in standing.items():
        for field, name in fields.items():
            place = literal_at(graph, node_id, field) if name in found else None
            if place and _same(value_at(graph, place), values[name]):
                found[name][place] = None
    return {name: list(places) for name, places in found.items()}


def _standing(node: Node) -> dict[str, str]:
    """The inputs of a node that stand for a standard name."""
    names = ((field, standard_name(node["class_type"], field)) for field in node["inputs"])
    return {field: name for field, name in names if name}


def _same(one: Any, other: Any) -> bool:
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def _nearest(
    graph: Graph, name: str, starts: list[str], standing: dict[str, dict[str, str]], *, everywhere: bool
) -> Place | None:
    """The nearest input that stands for the name; if a node computes it, there is no place for it."""
    path = PATHS[name]

    def leads_on(node_id: str, field: str) -> bool:
        return everywhere or field in path or passed_input(graph, node_id) == field

    for node_id in upstream(graph, *starts, follow=leads_on):
        for field, known in standing[node_id].items():
            if known == name:
                place = literal_at(graph, node_id, field)
                return place if place and _fits(name, value_at(graph, place)) else None
    return None


def _fits(name: str, value: Any) -> bool:
    if name in TEXTUAL:
        return isinstance(value, str)
    if name == "seed":
        return type(value) is int
    return isinstance(value, int | float) and not isinstance(value, bool)


def standard_at(graph: Graph, node_id: str, field: str) -> str | None:
    return standard_name(graph[node_id]["class_type"], field)
