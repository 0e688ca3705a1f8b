"""Finding a circle in a graph."""

from collections.abc import Mapping
from typing import Any


def find_cycle(graph: Mapping[str, Any], start: str) -> list[str]:
    """The nodes of the first circle met upstream of `start`, or none."""
    path: list[str] = []
    done: set[str] = set()
    todo = [(start, iter(_sources(graph, start)))]
    path.append(start)
    while todo:
        _, rest = todo[-1]
        following = next(rest, None)
        if following is None:
            todo.pop()
            done.add(path.pop())
        elif following in path:
            return path[path.index(following) :]
        elif following not in done:
            todo.append((following, iter(_sources(graph, following))))
            path.append(following)
    return []


def _sources(graph: Mapping[str, Any], node_id: str) -> list[str]:
    inputs = graph[node_id].get("inputs")
    values = inputs.values() if isinstance(inputs, dict) else ()
    links = [value[0] for value in values if isinstance(value, list) and len(value) == 2]
    return [source for source in links if isinstance(source, str) and source in graph]
