"""Widgets and their values, rule by rule."""

from datetime import UTC, datetime
from typing import Any

import pytest

from spoonfeeder.comfy.conversion.convert import convert
from tests.comfy.conversion.sketches import CLASSES, conversion, drawn, inputs, node, slot, widget

CURVE = {"__type__": "CURVE", "__value__": {"points": [1]}}
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("Sample", [7, "fixed", 30, "euler", 0.5], {"seed": 7, "steps": 30, "sampler": "euler", "strength": 0.5}),
        ("Sample", [7, True, 30, "euler"], {"seed": 7, "steps": 30, "sampler": "euler", "strength": 1.0}),
        ("Sample", [7, 30, "euler", 0.5], {"seed": 7, "steps": 30, "sampler": "euler", "strength": 0.5}),
        ("Sample", [2**64 - 1], {"seed": 2**64 - 1, "steps": 20, "sampler": "heun", "strength": 1.0}),
        ("Sample", None, {"seed": 0, "steps": 20, "sampler": "heun", "strength": 1.0}),
        ("Sample", [7, "fixed", "20", None, 9], {"seed": 7, "steps": "20", "sampler": "euler", "strength": 9}),
        ("Sample", {"seed": 5, "sampler": "euler"}, {"seed": 5, "steps": 20, "sampler": "euler", "strength": 1.0}),
        ("Sample", {"0": 5, "2": 9}, {"seed": 5, "steps": 9, "sampler": "heun", "strength": 1.0}),
        ("Make", [5, "surplus", 1], {"width": 5}),
        ("Text", [None], {"text": ""}),
        ("Line", [None], {"text": None, "note": "-"}),
        ("Line", ["a\r\nb", ["x", "y"]], {"text": "a\r\nb", "note": {"__value__": ["x", "y"]}}),
        ("Resize", ["size", 64, "euler"], {"shape": "size", "shape.width": 64, "how": "euler"}),
        ("Resize", ["factor", 0.5, "euler"], {"shape": "factor", "shape.by": 0.5, "how": "euler"}),
        ("Resize", ["unheard of", "euler"], {"shape": "unheard of", "how": "euler"}),
        ("Resize", [], {"shape": "size", "shape.width": 20, "how": "heun"}),
        ("Forced", [3], {"count": 3}),
        ("Curve", [{"points": [1]}, ["#fff"]], {"curve": CURVE, "colors": {"__value__": ["#fff"]}}),
        ("Line", [float("inf")], {"text": None, "note": "-"}),
    ],
)  # fmt: skip
def test_values_by_place(kind: str, values: Any, expected: dict[str, Any]) -> None:
    assert inputs(drawn(node(1, kind, values)), "1") == expected


@pytest.mark.parametrize(
    ("values", "named", "steps", "repaired"),
    [
        ([7, "fixed", 30, "euler"], {"seed": 7, "steps": 30, "sampler": "euler"}, 30, False),
        (["cpu", 7, "fixed", 30, "euler"], {"device": "cpu", "seed": 7, "steps": 30, "sampler": "euler"}, 30, True),
        ([], {"seed": 7, "steps": 30}, 30, False),
        ([7, "fixed", 30, "euler"], {"seed": 7, "steps": "many", "sampler": "euler"}, 30, False),
    ],
)
def test_values_by_name(values: list[Any], named: dict[str, Any], steps: int, repaired: bool) -> None:
    found = conversion(drawn(node(1, "Sample", values, widgets_values_named=named)))

    assert found.graph["1"]["inputs"]["steps"] == steps
    assert any("names" in warning.message for warning in found.warnings) is repaired


def test_a_value_of_another_kind_is_told() -> None:
    (warning,) = conversion(drawn(node(1, "Resize", ["unheard of", "euler"]))).warnings

    assert (warning.node_id, warning.class_type) == ("1", "Resize")
    assert "shape" in warning.message


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("a {red|blue {x|y}|green} car", "a red car"),
        ("{a {x|y} b|c} {one}", "a x b one"),
        ("open {a|b", "open a"),
        (r"\{a\|b\} | }", "{a|b} | }"),
        ("a /* not\n this */ b // nor this\nc /* open", "a  b \nc /* open"),
        ("{/* x */|b}", ""),
    ],
)
def test_choices_and_comments_in_prompts(text: str, sent: str) -> None:
    assert inputs(drawn(node(1, "Text", [text])), "1") == {"text": sent}
    assert inputs(drawn(node(1, "Line", [text])), "1")["text"] == text


def test_a_choice_that_was_taken_is_told() -> None:
    assert [warning.node_id for warning in conversion(drawn(node(3, "Text", ["{a|b}"]))).warnings] == ["3"]


@pytest.mark.parametrize(
    ("prefix", "at_a_time", "at_any_time"),
    [
        ("%date:yyyy-MM-dd%", "2026-01-02", "%year%-%month%-%day%"),
        ("%date:yy.M.d h:m:s%", "26.1.2 3:4:5", "%date:yy.M.d h:m:s%"),
        ("%Sample.seed%/%Big.width%", "7/a_b", "7/a_b"),
        ("%width%_%date%_%nobody.x%_100%", "%width%_%date%_%nobody.x%_100%", "%width%_%date%_%nobody.x%_100%"),
    ],
)
def test_tokens_in_file_names(prefix: str, at_a_time: str, at_any_time: str) -> None:
    workflow = drawn(
        node(1, "Save", [prefix]),
        node(2, "Sample", [7], properties={"Node name for S&R": "Sample"}),
        node(3, "Make", ["a/b"], title="Big"),
        node(4, "Line", [prefix]),
    )

    timed, timeless = convert(workflow, CLASSES, now=NOW).graph, convert(workflow, CLASSES).graph

    assert timed["1"]["inputs"]["filename_prefix"] == at_a_time
    assert timeless["1"]["inputs"]["filename_prefix"] == at_any_time
    assert timed["4"]["inputs"]["text"] == prefix


@pytest.mark.parametrize(
    ("kind", "name", "value", "sent"),
    [
        ("Make", "width", 99999, 10000),
        ("Make", "width", 0, 1),
        ("Length", "length", 81, 81),
        ("Length", "length", 83, 85),
        ("Sample", "strength", 0.27, 0.3),
        ("Sample", "strength", 5, 2.0),
        ("Sample", "seed", 2**64 - 1, 2**64 - 1),
        ("Sample", "sampler", "heun", "heun"),
        ("Text", "text", "{a|b}", "a"),
    ],
)
def test_a_typed_value_is_held_to_the_input_it_feeds(kind: str, name: str, value: Any, sent: Any) -> None:
    for mode in (0, 2, 4):
        workflow = drawn(
            node(1, kind, inputs=[widget(name, 1)]),
            node(2, "PrimitiveNode", [value, "fixed"], mode=mode),
            links=[[1, 2, 0, 1, 0, "*"]],
        )

        assert inputs(workflow, "1")[name] == sent


def test_a_title_is_the_nodes_own_or_its_classes() -> None:
    graph = conversion(drawn(node(1, "Save", title="Mine"), node(2, "Save"), node(3, "Make"))).graph

    assert [graph[key]["_meta"]["title"] for key in "123"] == ["Mine", "Save it", "Make"]


def test_a_node_that_the_server_does_not_know_keeps_what_it_says() -> None:
    workflow = drawn(
        node(1, "Alien", ["a", ["b", 1]], inputs=[slot("image", 1)]),
        node(2, "Make"),
        node(3, "Alien", {"rate": 24}),
        node(4, "Alien", mode=2),
        links=[[1, 2, 0, 1, 0, "IMAGE"]],
    )

    found = conversion(workflow)

    assert found.graph["1"]["inputs"] == {"UNKNOWN": "a", "UNKNOWN_1": {"__value__": ["b", 1]}, "image": ["2", 0]}
    assert found.graph["3"]["inputs"] == {"rate": 24}
    assert [warning.node_id for warning in found.warnings] == ["1", "3"]
