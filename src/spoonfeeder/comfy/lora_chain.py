"""Making the chain of LoRA loaders what a request wants: existing loaders first, then new ones, surplus ones go."""

from dataclasses import dataclass
from itertools import count
from typing import Any

from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.links import Link, as_link, link_at
from spoonfeeder.comfy.loras import CLIP, MODEL, Chain, Lora
from spoonfeeder.comfy.trace import literal_at


def set_loras(graph: Graph, chain: Chain, wanted: list[Lora]) -> None:
    """Changes `graph`, which must be the caller's own copy; the chain must have a model."""
    for loader, lora in zip(chain.loaders, wanted, strict=False):
        _change(graph, loader, lora)
    kept = chain.loaders[: len(wanted)]
    _remove(graph, chain.loaders[len(wanted) :])
    if len(wanted) > len(kept):
        _Tail.of(graph, chain).append(wanted[len(kept) :])


def _change(graph: Graph, loader: str, lora: Lora) -> None:
    values: dict[str, Any] = {
        "lora_name": lora.name,
        "strength_model": lora.strength_model,
        "strength_clip": lora.strength_clip,
    }
    for field, value in values.items():
        place = literal_at(graph, loader, field)
        if place:
            graph[place.node]["inputs"][place.input] = value


def _remove(graph: Graph, loaders: list[str]) -> None:
    """Whoever used the outputs of these loaders, given in their order, gets what the first of them was fed with."""
    instead: dict[Link, Link] = {}
    for loader in loaders:
        for slot, name in ((MODEL, "model"), (CLIP, "clip")):
            if source := link_at(graph, loader, name):
                instead[loader, slot] = instead.get(source, source)
    for loader in loaders:
        del graph[loader]
    relink(graph, instead)


def relink(graph: Graph, instead: dict[Link, Link]) -> None:
    for node in graph.values():
        for name, value in node["inputs"].items():
            if (link := as_link(value)) and link in instead:
                node["inputs"][name] = list(instead[link])


@dataclass(slots=True)
class _Tail:
    """The outputs that new loaders are put behind."""

    graph: Graph
    model: Link
    clip: Link | None

    @classmethod
    def of(cls, graph: Graph, chain: Chain) -> "_Tail":
        """Behind the last loader; if all loaders change the model alone, so do new ones."""
        assert chain.model
        if not chain.loaders:
            return cls(graph, chain.model, chain.clip)
        with_clip = [loader for loader in chain.loaders if link_at(graph, loader, "clip")]
        return cls(graph, (chain.loaders[-1], MODEL), (with_clip[-1], CLIP) if with_clip else None)

    def append(self, loras: list[Lora]) -> None:
        for node_id, lora in zip(_fresh_ids(self.graph, len(loras)), loras, strict=True):
            self._append(node_id, lora)

    def _append(self, node_id: str, lora: Lora) -> None:
        clip = self.clip if lora.strength_clip else None
        node: dict[str, Any] = {
            "class_type": "LoraLoader" if clip else "LoraLoaderModelOnly",
            "inputs": {"lora_name": lora.name, "strength_model": lora.strength_model, "model": list(self.model)},
            "_meta": {"title": lora.name},
        }
        relink(self.graph, {self.model: (node_id, MODEL)})
        self.model = (node_id, MODEL)
        if clip:
            node["inputs"] |= {"strength_clip": lora.strength_clip, "clip": list(clip)}
            relink(self.graph, {clip: (node_id, CLIP)})
            self.clip = (node_id, CLIP)
        self.graph[node_id] = node


def _fresh_ids(graph: Graph, wanted: int) -> list[str]:
    """Ids that no node has and no link, even a dangling one, names."""
    linked = {link[0] for node in graph.values() for value in node["inputs"].values() if (link := as_link(value))}
    taken = linked | graph.keys()
    numbers = [int(node_id) for node_id in taken if node_id.isascii() and node_id.isdigit() and len(node_id) < 16]
    return [str(number) for number, _ in zip(count(max(numbers, default=0) + 1), range(wanted), strict=False)]
