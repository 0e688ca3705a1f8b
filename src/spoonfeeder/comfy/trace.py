"""Following a linked input to the literal that decides it; the link itself is never overwritten."""

from typing import Any, NamedTuple

from spoonfeeder.comfy.graph import Graph, Node
from spoonfeeder.comfy.links import Link, as_link, link_at, looks_linked

# Nodes that hand on one input as it is.
PASSING: dict[str, str] = {"PreviewAny": "source", "ShowText|pysssss": "text"}
SWITCHES = frozenset({"ComfySwitchNode"})
# What the only input of a value node is called.
VALUES = frozenset({"int", "float", "number", "string", "text", "boolean", "seed", "val"})
MAX_HOPS = 32


class Place(NamedTuple):
    """An input that holds a literal."""

    node: str
    input: str

    def __str__(self) -> str:
        return f"{self.node}.{self.input}"


def literal_at(graph: Graph, node_id: str, name: str) -> Place | None:
    """Where the value of this input stands; None if the input is absent or a node computes it."""
    for _ in range(MAX_HOPS):
        if name not in graph[node_id]["inputs"]:
            return None
        if not looks_linked(graph[node_id]["inputs"][name]):
            return Place(node_id, name)
        link = link_at(graph, node_id, name)
        held = link and _held(graph, link[0], name)
        if not link or not held:
            return None
        node_id, name = link[0], held
    return None


def value_at(graph: Graph, place: Place | None) -> Any:
    return graph[place.node]["inputs"].get(place.input) if place and place.node in graph else None


def producer(graph: Graph, link: Link | None) -> Link | None:
    """The output that really comes through this link: reroutes and switches are passed."""
    for _ in range(MAX_HOPS):
        through = passed_input(graph, link[0]) if link and link[0] in graph else None
        if link is None or through is None:
            return link if link and link[0] in graph else None
        link = as_link(graph[link[0]]["inputs"].get(through))
    return None


def passed_input(graph: Graph, node_id: str) -> str | None:
    """The input that this node only hands on."""
    node = graph[node_id]
    class_type, inputs = node["class_type"], node["inputs"]
    if class_type in PASSING:
        return PASSING[class_type]
    if class_type in SWITCHES:
        return _chosen(graph, node_id)
    if "Reroute" in class_type and len(inputs) == 1:
        return str(next(iter(inputs)))
    return None


def _chosen(graph: Graph, node_id: str) -> str | None:
    """The branch of a switch, where its switch is a literal or a value node."""
    switch = graph[node_id]["inputs"].get("switch")
    if link := link_at(graph, node_id, "switch"):
        switch = graph[link[0]]["inputs"].get("value")
    return {True: "on_true", False: "on_false"}.get(switch) if isinstance(switch, bool) else None


def _held(graph: Graph, node_id: str, wanted: str) -> str | None:
    """The input of a value node that its output repeats."""
    node = graph[node_id]
    inputs = node["inputs"]
    through = passed_input(graph, node_id)
    if through in inputs:
        return through
    if "value" in inputs:
        return "value"
    if wanted in inputs and not looks_linked(inputs[wanted]):
        return wanted
    return _only_literal(node)


def _only_literal(node: Node) -> str | None:
    if len(node["inputs"]) != 1:
        return None
    [(name, value)] = node["inputs"].items()
    return name if name.lower() in VALUES and not looks_linked(value) else None
