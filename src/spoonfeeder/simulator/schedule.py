"""Which nodes have to run, and which of those that can run goes next."""

from collections.abc import Callable, Mapping
from typing import Any

from spoonfeeder.simulator.values import digest_of

Graph = Mapping[str, Mapping[str, Any]]


def is_link(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], int)


def sources(node: Mapping[str, Any], known_inputs: set[str]) -> list[str]:
    """The nodes whose outputs go into this one."""
    return [value[0] for name, value in node["inputs"].items() if name in known_inputs and is_link(value)]


def signatures(graph: Graph, stamp: Callable[[str, Mapping[str, Any]], Any]) -> dict[str, str]:
    """By node a digest of its class, its inputs and everything upstream; `stamp` adds what else makes it differ."""
    known: dict[str, str] = {}

    def sign(node_id: str) -> str:
        if node_id not in known:
            node = graph[node_id]
            inputs = {
                name: [sign(value[0]), value[1]] if is_link(value) and value[0] in graph else value
                for name, value in node.get("inputs", {}).items()
            }
            known[node_id] = digest_of(node["class_type"], inputs, stamp(node_id, node))
        return known[node_id]

    for node_id in graph:
        sign(node_id)
    return known


class Schedule:
    """Nodes that wait, each with the nodes it waits for."""

    def __init__(self, is_output: Callable[[str], bool], is_done: Callable[[str], bool]) -> None:
        self._is_output = is_output
        self._is_done = is_done
        self._waits_for: dict[str, set[str]] = {}

    def add(self, node_id: str, needs: Callable[[str], list[str]]) -> None:
        """That node and what it needs upstream, save what is done already."""
        todo = [node_id]
        while todo:
            current = todo.pop()
            if current in self._waits_for:
                continue
            needed = [source for source in needs(current) if not self._is_done(source)]
            self._waits_for[current] = set(needed)
            todo.extend(reversed(needed))

    def wait_for(self, node_id: str, others: set[str]) -> None:
        self._waits_for[node_id] |= others & set(self._waits_for)

    def remove(self, node_id: str) -> None:
        self._waits_for.pop(node_id, None)
        for waits in self._waits_for.values():
            waits.discard(node_id)

    def pick(self) -> str | None:
        """Outputs first, then what lies just before an output, then in the order of the graph."""
        ready = [node_id for node_id, waits in self._waits_for.items() if not waits]
        for node_id in ready:
            if self._is_output(node_id):
                return node_id
        for node_id in ready:
            if any(node_id in waits and self._is_output(other) for other, waits in self._waits_for.items()):
                return node_id
        return ready[0] if ready else None
