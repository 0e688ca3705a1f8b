"""Subgraphs, promoted widgets and group nodes, rule by rule."""

from typing import Any

import pytest

from tests.comfy.conversion.sketches import (
    conversion,
    drawn,
    inputs,
    node,
    slot,
    subgraph,
    widget,
    with_subgraphs,
)

WIDTH, OUT = slot("width", kind="INT"), slot("IMAGE")
# One image, whose width is an input of the subgraph.
INNER = subgraph(
    "in", [node(5, "Make", [64], inputs=[widget("width", 1)])], [[1, -10, 0, 5, 0], [2, 5, 0, -20, 0]], [WIDTH], [OUT]
)
# The same once more wrapped.
OUTER = subgraph(
    "out", [node(7, "in", [128], inputs=[widget("width", 1)])], [[1, -10, 0, 7, 0], [2, 7, 0, -20, 0]], [WIDTH], [OUT]
)
SAVE = node(9, "Save", ["x"], inputs=[slot("images", 1)])
LINK = [1, 1, 0, 9, 0, "IMAGE"]


def test_the_inside_takes_the_place_of_the_instance() -> None:
    workflow = with_subgraphs(drawn(node(1, "in"), SAVE, links=[LINK]), INNER)

    graph = conversion(workflow).graph

    assert set(graph) == {"1:5", "9"}
    assert graph["9"]["inputs"]["images"] == ["1:5", 0]


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [("in", [32], 32), ("in", [], 64), ("in", None, 64), ("out", [16], 16), ("out", [], 128)],
)
def test_the_outermost_promoted_value_wins(kind: str, values: Any, expected: int) -> None:
    graph = conversion(with_subgraphs(drawn(node(1, kind, values)), INNER, OUTER)).graph

    assert [made["inputs"] for made in graph.values()] == [{"width": expected}]


@pytest.mark.parametrize(("mode", "expected"), [(0, ["2", 0]), (2, 64)])
def test_a_link_into_the_instance_wins_over_its_value(mode: int, expected: Any) -> None:
    instance = node(1, "in", [32], inputs=[widget("width", 1)])
    workflow = with_subgraphs(drawn(instance, node(2, "Any", mode=mode), links=[[1, 2, 0, 1, 0, "INT"]]), INNER)

    assert inputs(workflow, "1:5") == {"width": expected}


def test_instances_have_values_of_their_own() -> None:
    workflow = with_subgraphs(drawn(node(1, "in", [1]), node(2, "in", [2])), INNER)

    assert (inputs(workflow, "1:5"), inputs(workflow, "2:5")) == ({"width": 1}, {"width": 2})


def test_a_promoted_value_goes_to_every_slot_that_the_input_feeds() -> None:
    nodes = [node(5, "Make", [64], inputs=[widget("width", 1)]), node(6, "Any", inputs=[slot("source", 2, "*")])]
    both = subgraph("both", nodes, [[1, -10, 0, 5, 0], [2, -10, 0, 6, 0]], [WIDTH], [])

    said = with_subgraphs(drawn(node(1, "both", [8])), both)
    unsaid = with_subgraphs(drawn(node(1, "both", [])), both)

    assert (inputs(said, "1:5"), inputs(said, "1:6")) == ({"width": 8}, {"source": 8})
    assert (inputs(unsaid, "1:5"), inputs(unsaid, "1:6")) == ({"width": 64}, {"source": 64})


def test_only_inputs_that_lead_to_a_widget_have_a_place() -> None:
    nodes = [node(5, "Sample", [7, "fixed", 30], inputs=[slot("image", 1), widget("steps", 2)])]
    mixed = subgraph(
        "mixed", nodes, [[1, -10, 0, 5, 0], [2, -10, 1, 5, 1]], [slot("image"), slot("steps", kind="INT")], []
    )

    assert inputs(with_subgraphs(drawn(node(1, "mixed", [3])), mixed), "1:5")["steps"] == 3


@pytest.mark.parametrize(("named", "expected"), [({"width": 32}, 32), ({"other": 1}, 11), ({}, 11)])
def test_names_of_promoted_values_win(named: dict[str, Any], expected: int) -> None:
    workflow = with_subgraphs(drawn(node(1, "in", [11], widgets_values_named=named)), INNER)

    assert inputs(workflow, "1:5") == {"width": expected}


@pytest.mark.parametrize(
    ("proxies", "values"),
    [
        ([["5", "seed"], ["5", "control_after_generate"], ["-1", "steps"]], [3, 4]),
        ([["5", "seed"], ["5", "$$canvas-image-preview"], ["5", "steps"]], [3, 4]),
        ([["5", "seed"], ["5", "control_after_generate"], ["-1", "steps"]], [3, "fixed", 4]),
    ],
)
def test_files_of_2025_list_what_they_promote(proxies: list[Any], values: list[Any]) -> None:
    nodes = [node(5, "Sample", [7, "fixed", 30], inputs=[widget("steps", 1)])]
    old = subgraph("old", nodes, [[1, -10, 0, 5, 0]], [slot("steps", kind="INT")], [])
    workflow = with_subgraphs(drawn(node(1, "old", values, properties={"proxyWidgets": proxies})), old)

    found = inputs(workflow, "1:5")

    assert (found["seed"], found["steps"]) == (3, 4)


@pytest.mark.parametrize(("mode", "ids", "images"), [(2, {"9"}, None), (4, {"2", "9"}, ["2", 0])])
def test_muted_and_bypassed_instances(mode: int, ids: set[str], images: Any) -> None:
    nodes = [node(5, "Resize", ["factor"], inputs=[slot("image", 1)])]
    turned = subgraph("turned", nodes, [[1, -10, 0, 5, 0], [2, 5, 0, -20, 0]], [slot("image")], [OUT])
    parts = [node(1, "turned", inputs=[slot("image", 2)], mode=mode), node(2, "Make", mode=0 if mode == 4 else 2), SAVE]
    workflow = with_subgraphs(drawn(*parts, links=[LINK, [2, 2, 0, 1, 0, "IMAGE"]]), turned)

    assert set(conversion(workflow).graph) == ids
    assert inputs(workflow, "9").get("images") == images


@pytest.mark.parametrize(("kind", "stays"), [("Make", True), ("Save", False)])
def test_what_is_bypassed_inside_a_subgraph_never_runs(kind: str, stays: bool) -> None:
    inner = subgraph("in", [node(5, kind)], [], [], [])
    outer = subgraph("out", [node(7, "in", mode=4)], [], [], [])

    graph = conversion(with_subgraphs(drawn(node(1, "out")), inner, outer)).graph

    assert ("1:7:5" in graph) is stays


def test_an_input_wired_straight_to_an_output() -> None:
    through = subgraph("through", [], [[1, -10, 0, -20, 0]], [slot("image")], [OUT])
    workflow = with_subgraphs(
        drawn(
            node(1, "through", inputs=[slot("image", 2)]), node(2, "Make"), SAVE, links=[LINK, [2, 2, 0, 1, 0, "IMAGE"]]
        ),
        through,
    )

    assert inputs(workflow, "9")["images"] == ["2", 0]


def test_ids_stay_apart() -> None:
    graph = conversion(with_subgraphs(drawn(node(1, "in"), node("1:5", "Any"), node(1, "Line")), INNER)).graph

    assert len(graph) == 3
    assert graph["1:5"]["class_type"] == "Any"


@pytest.mark.parametrize("prefix", ["workflow>", "workflow/"])
@pytest.mark.parametrize("config", [{}, {"0": {"input": {"width": {"visible": False}}}}])
def test_group_nodes(prefix: str, config: dict[str, Any]) -> None:
    group = {
        "nodes": [
            {"index": 0, "type": "Make", "widgets_values": [64], "outputs": [OUT]},
            {
                "index": 1,
                "type": "Sample",
                "inputs": [slot("image")],
                "widgets_values": [7, "fixed", 30],
                "outputs": [OUT],
            },
            {"index": 2, "type": "Resize", "inputs": [slot("image")], "widgets_values": ["factor"], "outputs": [OUT]},
        ],
        "links": [[0, 0, 1, 0, 3, "IMAGE"], [None, 0, 2, 0, 4, "IMAGE"]],
        "external": [[{"index": 1}, 0, "IMAGE"]],
        "config": config,
    }
    values = [5, 1, "randomize", 9, "euler", 0.5, "factor", 2.0, "euler"][bool(config) :]
    workflow = drawn(
        node(1, f"{prefix}G", values, inputs=[slot("image", 2)], outputs=[slot("a"), slot("b")]),
        node(2, "Make"),
        node(9, "Save", ["x"], inputs=[slot("images", 1)]),
        node(8, "Save", ["x"], inputs=[slot("images", 3)]),
        links=[[1, 1, 0, 9, 0, "IMAGE"], [2, 2, 0, 1, 0, "IMAGE"], [3, 1, 1, 8, 0, "IMAGE"]],
        extra={"groupNodes": {"G": group}},
    )

    graph = conversion(workflow).graph

    assert graph["1:0"]["inputs"] == {"width": 64 if config else 5}
    assert graph["1:1"]["inputs"] == {"image": ["1:0", 0], "seed": 1, "steps": 9, "sampler": "euler", "strength": 0.5}
    assert graph["1:2"]["inputs"] == {"image": ["2", 0], "shape": "factor", "shape.by": 2.0, "how": "euler"}
    assert (graph["9"]["inputs"]["images"], graph["8"]["inputs"]["images"]) == (["1:1", 0], ["1:2", 0])
