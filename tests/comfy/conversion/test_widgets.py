"""What authors show on the outside of their subgraphs."""

from typing import Any

import pytest

from spoonfeeder.comfy.conversion.convert import convert
from spoonfeeder.comfy.conversion.widgets import promoted_widgets
from spoonfeeder.comfy.top import PromotedWidget
from tests.comfy.conversion.corpus import names, object_info, workflow
from tests.comfy.conversion.sketches import CLASSES, drawn, node, slot, subgraph, widget, with_subgraphs

WIDTH = slot("width", kind="INT")
INNER = subgraph("in", [node(5, "Make", [64], inputs=[widget("width", 1)])], [[1, -10, 0, 5, 0]], [WIDTH], [])
OUTER = subgraph(
    "out",
    [node(7, "in", [128], inputs=[widget("width", 1)]), node(8, "Line", ["a", "b"])],
    [[1, -10, 0, 7, 0]],
    [WIDTH | {"label": "How wide"}],
    [],
) | {"name": "A block"}
OUTSIDE_VALUES = {"control_after_generate"}


def shown(*nodes: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    found = promoted_widgets(with_subgraphs(drawn(*nodes), INNER, OUTER), CLASSES)
    return [(one.node_id, one.input, one.label, one.title) for one in found]


def test_an_input_is_shown_where_its_value_stands_inside() -> None:
    assert shown(node(1, "in"), node(2, "in", title="Mine"), node(9, "Save")) == [
        ("1:5", "width", "Width", "in"),
        ("2:5", "width", "Width", "Mine"),
    ]


def test_through_two_walls_with_the_label_of_the_outer_one() -> None:
    assert shown(node(1, "out")) == [("1:7:5", "width", "How wide", "A block")]


def test_the_order_of_the_instance_comes_first() -> None:
    order = {"proxyWidgets": [["8", "note"], ["-1", "width"], ["8", "$$picture"], ["99", "gone"]]}
    assert [(place, name) for place, name, _, _ in shown(node(1, "out", properties=order))] == [
        ("1:8", "note"),
        ("1:7:5", "width"),
        ("1:8", "$$picture"),
    ]


def test_what_does_not_run_shows_nothing() -> None:
    assert shown(node(1, "out", mode=2), node(2, "in", mode=4)) == []


@pytest.mark.parametrize("name", names("sound"))
def test_real_workflows(name: str) -> None:
    told = workflow(name)
    graph = convert(told, object_info()).graph
    missing = [one for one in promoted_widgets(told, object_info()) if not stands(graph, one)]
    assert not [one for one in missing if one.input not in OUTSIDE_VALUES and not one.input.startswith("$$")]


def stands(graph: dict[str, Any], one: PromotedWidget) -> bool:
    return one.node_id in graph and one.input in graph[one.node_id]["inputs"]
