"""Values that were changed in the prompt, written back into the workflow it came from."""

import copy
from typing import Any

import pytest

from spoonfeeder.comfy.conversion.applied import applied
from spoonfeeder.comfy.conversion.convert import convert
from spoonfeeder.comfy.graph import Graph
from tests.comfy.conversion import corpus
from tests.comfy.conversion.sketches import CLASSES, drawn, node, slot, subgraph, widget, with_subgraphs

WIDTH = slot("width", kind="INT")
INNER = subgraph("in", [node(5, "Make", [64], inputs=[widget("width", 1)])], [[1, -10, 0, 5, 0]], [WIDTH], [])
PLAIN = drawn(node(1, "Sample", [7, "randomize", 30], pos=[1, 2]))
SCRIPTED = drawn(node(1, "Sample", [7, "fixed", 30, "heun", 1.0, "a button"]))
NAMED = drawn(node(1, "Sample", [7, "fixed", 30], widgets_values_named={"seed": 7, "steps": 30}))
TYPED = drawn(
    node(1, "Sample", inputs=[widget("steps", 1)]), node(2, "PrimitiveNode", [9, "fixed"]), links=[[1, 2, 0, 1, 0]]
)
PROMOTED = with_subgraphs(drawn(node(1, "in", [32]), node(2, "in", [16])), INNER)
INSIDE = with_subgraphs(drawn(node(1, "in", [])), INNER)
TWICE = with_subgraphs(drawn(node(1, "in", []), node(2, "in", [])), INNER)


def changed(workflow: dict[str, Any], node_id: str, name: str, value: Any) -> dict[str, Any]:
    graph = copy.deepcopy(convert(workflow, CLASSES).graph)
    graph[node_id]["inputs"][name] = value
    return graph


@pytest.mark.parametrize(
    ("workflow", "node_id", "name", "value", "values"),
    [
        (PLAIN, "1", "seed", 2**63 + 1, [2**63 + 1, "randomize", 30, "heun", 1.0]),
        (PLAIN, "1", "strength", 0.5, [7, "randomize", 30, "heun", 0.5]),
        (SCRIPTED, "1", "steps", 9, [7, "fixed", 9, "heun", 1.0, "a button"]),
        (NAMED, "1", "steps", 12, [7, "fixed", 12, "heun", 1.0]),
        (PROMOTED, "1:5", "width", 8, [8]),
    ],
)
def test_a_value_stands_in_its_place(
    workflow: dict[str, Any], node_id: str, name: str, value: Any, values: list[Any]
) -> None:
    before = copy.deepcopy(workflow)
    graph = changed(workflow, node_id, name, value)

    found = applied(workflow, graph, CLASSES)

    assert found is not None
    assert found["nodes"][0]["widgets_values"] == values
    assert found["nodes"][0].get("pos") == workflow["nodes"][0].get("pos")
    assert convert(found, CLASSES).graph == graph
    assert workflow == before


def test_a_value_that_is_fed_from_elsewhere_is_written_there() -> None:
    typed = applied(TYPED, changed(TYPED, "1", "steps", 12), CLASSES)
    inside = applied(INSIDE, changed(INSIDE, "1:5", "width", 12), CLASSES)

    assert typed is not None
    assert typed["nodes"][1]["widgets_values"] == [12, "fixed"]
    assert inside is not None
    assert inside["definitions"]["subgraphs"][0]["nodes"][0]["widgets_values"] == [12]


def test_a_file_name_that_is_made_of_a_changed_value_stays_as_the_author_wrote_it() -> None:
    named = node(1, "Sample", [7, "fixed", 30], properties={"Node name for S&R": "Sample"})
    workflow = drawn(named, node(2, "Save", ["%Sample.seed%"]))
    graph = changed(workflow, "1", "seed", 8)

    found = applied(workflow, graph, CLASSES)

    assert found is not None
    assert [each["widgets_values"] for each in found["nodes"]] == [[8, "fixed", 30, "heun", 1.0], ["%Sample.seed%"]]
    graph["2"]["inputs"]["filename_prefix"] = "mine"
    own = applied(workflow, graph, CLASSES)
    assert own is not None
    assert own["nodes"][1]["widgets_values"] == ["mine"]


def test_what_values_alone_cannot_say() -> None:
    added = changed(PLAIN, "1", "seed", 1) | {"2": {"class_type": "Make", "inputs": {}}}

    assert applied(PLAIN, added, CLASSES) is None
    assert applied(PLAIN, changed(PLAIN, "1", "seed", ["2", 0]), CLASSES) is None
    assert applied(TWICE, changed(TWICE, "1:5", "width", 12), CLASSES) is None
    assert applied(PLAIN, changed(PLAIN, "1", "steps", 30), CLASSES) == PLAIN


def without_file_names(graph: Graph) -> Graph:
    return {key: {**each, "inputs": each["inputs"] | {"filename_prefix": None}} for key, each in graph.items()}


def test_seeds_and_prompts_of_real_workflows() -> None:
    told = 0
    for name in corpus.names("sound"):
        workflow, graph = corpus.workflow(name), convert(corpus.workflow(name), corpus.object_info()).graph
        wanted = copy.deepcopy(graph)
        for each in wanted.values():
            for key, value in each["inputs"].items():
                if key in ("seed", "noise_seed", "text", "steps") and not isinstance(value, list):
                    each["inputs"][key] = 123 if isinstance(value, int) else "changed"
        found = applied(workflow, wanted, corpus.object_info())
        told += found is not None and wanted != graph
        again = wanted if found is None else convert(found, corpus.object_info()).graph
        assert without_file_names(again) == without_file_names(wanted)
    assert told >= 20
