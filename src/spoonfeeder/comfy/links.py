"""Links between nodes: `[node id, output slot]` in the place of a value."""

from collections import deque
from collections.abc import Callable, Collection, Iterator
from typing import Any

from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.objects import ObjectInfo, is_output

Link = tuple[str, int]
Consumer = tuple[str, str, int]

MAX_PROBLEMS = 50


def as_link(value: Any) -> Link | None:
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and type(value[1]) is int:
        return value[0], value[1]
    return None


def looks_linked(value: Any) -> bool:
    """ComfyUI takes every list of two for a link (PROTOCOL 2)."""
    return isinstance(value, list) and len(value) == 2


def link_at(graph: Graph, node_id: str, name: str) -> Link | None:
    """The link in this input if its source exists."""
    link = as_link(graph[node_id]["inputs"].get(name))
    return link if link and link[0] in graph else None


def upstream(graph: Graph, *starts: str, follow: Callable[[str, str], bool] | None = None) -> Iterator[str]:
    """The starts and all they depend on, nearest first, each once, in the order of the inputs.

    `follow(node id, input)` may leave inputs out.
    """
    seen = set(starts)
    waiting = deque(start for start in starts if start in graph)
    while waiting:
        node_id = waiting.popleft()
        yield node_id
        for name, value in graph[node_id]["inputs"].items():
            link = as_link(value)
            if link and link[0] in graph and link[0] not in seen and (follow is None or follow(node_id, name)):
                seen.add(link[0])
                waiting.append(link[0])


def consumers(graph: Graph) -> dict[str, list[Consumer]]:
    """By source node: who takes which slot, as (node id, input, slot)."""
    found: dict[str, list[Consumer]] = {}
    for node_id, node in graph.items():
        for name, value in node["inputs"].items():
            if link := as_link(value):
                found.setdefault(link[0], []).append((node_id, name, link[1]))
    return found


def downstream(graph: Graph, starts: Collection[str]) -> set[str]:
    """All nodes that depend on one of the starts; a start itself only if it depends on one."""
    takers = consumers(graph)
    found: set[str] = set()
    waiting = list(starts)
    while waiting:
        for node_id, _, _ in takers.get(waiting.pop(), ()):
            if node_id not in found:
                found.add(node_id)
                waiting.append(node_id)
    return found


def output_nodes(graph: Graph, object_info: ObjectInfo | None = None) -> list[str]:
    """What the graph is run for, in its order; where nothing is known to be an output, the nodes nobody links to."""
    known = [node_id for node_id, node in graph.items() if is_output(object_info, node["class_type"])]
    if known:
        return known
    used = consumers(graph)
    return [node_id for node_id in graph if node_id not in used]


def problems(graph: Graph) -> list[str]:
    """Sentences on links that cannot work; such a graph can be kept, but ComfyUI will refuse it."""
    found = []
    for node_id, node in graph.items():
        for name, value in node["inputs"].items():
            link = as_link(value)
            if link and link[0] not in graph:
                found.append(f"Node {node_id}: input {name} is linked to node {link[0]}, which does not exist.")
            elif looks_linked(value) and not link:
                found.append(f"Node {node_id}: input {name} is a list of two that is no link [node id, output].")
            if len(found) == MAX_PROBLEMS:
                return found
    if circle := nodes_in_a_circle(graph):
        found.append(f"Nodes depend on each other in a circle: {', '.join(circle[:10])}.")
    return found


def nodes_in_a_circle(graph: Graph) -> list[str]:
    """In the order of the graph; of several circles all."""
    needs = {
        node_id: {link[0] for value in node["inputs"].values() if (link := as_link(value)) and link[0] in graph}
        for node_id, node in graph.items()
    }
    left = _peel(needs)
    gives: dict[str, set[str]] = {node_id: set() for node_id in left}
    for node_id in left:
        for source in needs[node_id] & left:
            gives[source].add(node_id)
    circle = _peel(gives)
    return [node_id for node_id in graph if node_id in circle]


def _peel(needs: dict[str, set[str]]) -> set[str]:
    """The nodes that are left when those that need nothing are taken away, again and again."""
    needed_by: dict[str, list[str]] = {}
    for node_id, sources in needs.items():
        for source in sources:
            needed_by.setdefault(source, []).append(node_id)
    open_needs = {node_id: len(sources) for node_id, sources in needs.items()}
    free = [node_id for node_id, number in open_needs.items() if not number]
    while free:
        for node_id in needed_by.get(free.pop(), ()):
            open_needs[node_id] -= 1
            if not open_needs[node_id]:
                free.append(node_id)
    return {node_id for node_id, number in open_needs.items() if number}
