"""Which nodes sample, and which of them is the main one (API.md, "two samplers")."""

from collections.abc import Iterator

from spoonfeeder.comfy.graph import Graph, Node
from spoonfeeder.comfy.links import downstream, link_at, output_nodes, upstream
from spoonfeeder.comfy.objects import ObjectInfo
from spoonfeeder.comfy.trace import producer

SAMPLERS = frozenset({"KSampler", "KSamplerAdvanced", "SamplerCustom", "SamplerCustomAdvanced"})


def is_sampler(node: Node) -> bool:
    """Custom samplers are known by their inputs."""
    inputs = node["inputs"]
    return node["class_type"] in SAMPLERS or ("latent_image" in inputs and ("positive" in inputs or "guider" in inputs))


def main_sampler(graph: Graph, object_info: ObjectInfo | None = None) -> str | None:
    """The first sampler, walking upstream from the first output node, whose latent comes from no other sampler."""
    samplers = {node_id for node_id, node in graph.items() if is_sampler(node)}
    if not samplers:
        return None
    later = downstream(graph, samplers) | samplers
    found = [node_id for node_id in _walk(graph, object_info) if node_id in samplers]
    for node_id in found:
        link = link_at(graph, node_id, "latent_image")
        if link is None or link[0] not in later:
            return node_id
    return found[0] if found else next(node_id for node_id in graph if node_id in samplers)


def _walk(graph: Graph, object_info: ObjectInfo | None) -> Iterator[str]:
    """Upstream from the first output, then from the second, and so on."""
    seen: set[str] = set()
    for output in output_nodes(graph, object_info):
        if output in seen:
            continue
        for node_id in upstream(graph, output, follow=lambda node, name: not _is_seen(graph, seen, node, name)):
            seen.add(node_id)
            yield node_id


def _is_seen(graph: Graph, seen: set[str], node_id: str, name: str) -> bool:
    link = link_at(graph, node_id, name)
    return link is not None and link[0] in seen


def guiding(graph: Graph, sampler: str) -> str:
    """The node that has the sampler's model and conditioning: its guider if it has one, else itself."""
    guider = producer(graph, link_at(graph, sampler, "guider"))
    return guider[0] if guider else sampler
