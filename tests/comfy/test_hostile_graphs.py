"""RELIABILITY A45: graphs made to be slow or to break; either refused or read with work that grows as they do.

How long that takes is measured in tests/bench/test_extraction.py.
"""

import json
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from spoonfeeder.comfy.graph import Graph, GraphError, parse
from spoonfeeder.comfy.links import problems
from spoonfeeder.comfy.parameters import extract
from spoonfeeder.comfy.plan import Planned, plan
from tests.comfy.graphs import node
from tests.comfy.hostile_shapes import SHAPES

NODES = 3_000
# One more line for each pair of nodes adds a tenth or more.
DOUBLE = 2.05
ENDLESS = 20_000_000


def planned(graph: Graph) -> Planned:
    problems(graph)
    return plan(graph, parameters={"steps": 9, "loras": ["a", "b"]}, prompt_text="x")


def lines_run(work: Callable[[Graph], object], graph: Graph) -> int:
    """How many lines of Python the work takes: the same on a fast, a slow and a loaded machine."""
    lines, before = 0, sys.gettrace()

    def count(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal lines
        lines += 1
        assert lines < ENDLESS, "it loops"
        return count

    sys.settrace(count)
    try:
        work(graph)
    finally:
        sys.settrace(before)
    return lines


def growth(work: Callable[[Graph], object], make: Callable[[int], Graph], nodes: int) -> float:
    """How many times the work twice the nodes take."""
    work(make(2 * nodes))  # what is remembered of names and classes is there from now on
    return lines_run(work, make(2 * nodes)) / lines_run(work, make(nodes))


@pytest.mark.parametrize("make", SHAPES)
def test_no_shape_is_slow_and_nothing_loops(make: Callable[[int], Graph]) -> None:
    assert growth(extract, make, 150) < DOUBLE  # where its parameters are not yet too many to be shown
    assert growth(planned, make, 200) < DOUBLE
    graph = parse(json.dumps(make(NODES)))
    extract(graph)
    assert len(planned(graph).graph) > 0
    assert graph == make(NODES)


@pytest.mark.parametrize(
    "graph",
    [
        {str(number): node("X") for number in range(100_000)},
        {str(number): node("X") for number in range(20_001)},
        {"1": node("X", list=[0] * 600_000)},
    ],
    ids=["100k nodes", "20,001 nodes", "600k values"],
)
def test_too_much_is_refused(graph: Graph) -> None:
    with pytest.raises(GraphError):
        parse(graph)
    with pytest.raises(GraphError):
        parse(json.dumps(graph))


def test_a_text_of_8_mb_is_kept() -> None:
    graph = {"1": node("CLIPTextEncode", text="ä" * 4_000_000)}
    assert parse(json.dumps(graph, ensure_ascii=False)) == graph
