"""Which function plays which node class."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from spoonfeeder.simulator.node_run import NodeRun

Inputs = Mapping[str, Any]


@dataclass(frozen=True)
class Result:
    """`outputs` by slot, `ui` as it goes into `executed` and the history. With `expansion` (a graph of new nodes) the
    outputs are links into it."""

    outputs: tuple[Any, ...] = ()
    ui: dict[str, Any] | None = None
    expansion: dict[str, dict[str, Any]] | None = None


NodeFunction = Callable[[NodeRun, Inputs], Result]
FUNCTIONS: dict[str, NodeFunction] = {}
UNCACHED: set[str] = set()


def node(*class_types: str, cached: bool = True) -> Callable[[NodeFunction], NodeFunction]:
    def register(function: NodeFunction) -> NodeFunction:
        for class_type in class_types:
            FUNCTIONS[class_type] = function
            if not cached:
                UNCACHED.add(class_type)
        return function

    return register
