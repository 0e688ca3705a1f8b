"""The chain of LoRA loaders on the main sampler's model path: read, changed, lengthened and shortened."""

from dataclasses import dataclass
from typing import Any

from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.links import Link, as_link, link_at
from spoonfeeder.comfy.samplers import guiding
from spoonfeeder.comfy.trace import literal_at, producer, value_at

MODEL, CLIP = 0, 1
MODEL_INPUTS = ("model", "model1", "base_model")


@dataclass(frozen=True, slots=True)
class Lora:
    name: str
    strength_model: float = 1.0
    strength_clip: float = 1.0

    def as_dict(self) -> dict[str, Any]:
        return {"name": self.name, "strength_model": self.strength_model, "strength_clip": self.strength_clip}


@dataclass(frozen=True, slots=True)
class Chain:
    """Loaders in the order of application, and the outputs that feed the first of them.

    `model` is None where the sampler has no model; `clip` is None where no text encoder of its shares a CLIP.
    """

    loaders: list[str]
    model: Link | None
    clip: Link | None


def find_chain(graph: Graph, sampler: str | None, encoder: str | None) -> Chain:
    """`encoder` is the node of the main prompt's text, whose CLIP a new loader changes too."""
    if sampler is None:
        return Chain([], None, None)
    loaders: list[str] = []
    link = _model_of(graph, guiding(graph, sampler))
    base, seen = link, set[str]()
    while link and link[0] not in seen:
        seen.add(link[0])
        base = link
        if is_loader(graph, link[0]):
            loaders.append(link[0])
        link = _model_of(graph, link[0])
    return Chain(loaders[::-1], base, _base_clip(graph, encoder))


def is_loader(graph: Graph, node_id: str) -> bool:
    """LoraLoader, LoraLoaderModelOnly, and others of their inputs."""
    inputs = graph[node_id]["inputs"]
    return "lora_name" in inputs and as_link(inputs.get("model")) is not None


def loras_of(graph: Graph, chain: Chain) -> list[Lora]:
    return [_read(graph, loader) for loader in chain.loaders if loader in graph]


def _read(graph: Graph, loader: str) -> Lora:
    """A loader for the model alone has no strength on CLIP."""
    name = value_at(graph, literal_at(graph, loader, "lora_name"))
    strengths = [value_at(graph, literal_at(graph, loader, field)) for field in ("strength_model", "strength_clip")]
    model, clip = (value if _is_number(value) else 0.0 for value in strengths)
    return Lora(name if isinstance(name, str) else "", model, clip)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _model_of(graph: Graph, node_id: str) -> Link | None:
    links = (link_at(graph, node_id, name) for name in MODEL_INPUTS)
    return producer(graph, next(filter(None, links), None))


def _base_clip(graph: Graph, encoder: str | None) -> Link | None:
    """The output that the encoder's CLIP begins at, or the last loader's that it passes."""
    link = producer(graph, link_at(graph, encoder, "clip")) if encoder else None
    seen: set[str] = set()
    while link and link[0] not in seen and not is_loader(graph, link[0]):
        seen.add(link[0])
        before = producer(graph, link_at(graph, link[0], "clip"))
        if before is None:
            break
        link = before
    return link
