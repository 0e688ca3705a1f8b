"""What real ComfyUI servers refused is found without them, and what they took is no error."""

import gzip
import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from spoonfeeder.comfy.checks.graph_check import check_graph
from spoonfeeder.comfy.graph import Graph, GraphError, parse
from tests.comfy.recorded import VERSIONS, document
from tests.fixtures.workflows import workflow

CASES = Path(__file__).parents[2] / "data" / "simulator" / "cases"
NOT_ABOUT_THE_GRAPH = {
    "number not a number",
    "extra_data null together with client_id",
    "partial_execution_targets naming no output",
    "foreign Origin on a loopback host",
}
AT_ITS_OWN_INPUT = {
    *("required_input_missing", "value_smaller_than_min", "value_bigger_than_max", "value_not_in_list"),
    *("return_type_mismatch", "bad_linked_input", "invalid_input_type", "custom_validation_failed"),
}
Place = tuple[str, str]


@cache
def classes(version: str) -> dict[str, Any]:
    """All that the server told of its nodes, without tooltips."""
    packed = resources.files("spoonfeeder.simulator").joinpath(f"data/object_info_{version}.json.gz").read_bytes()
    told: dict[str, Any] = json.loads(gzip.decompress(packed))
    return told


def errors(graph: Graph, version: str) -> set[tuple[str | None, str | None]]:
    listed = check_graph(graph, classes(version)).listed
    return {(problem.node_id, problem.input) for problem in listed if problem.severity == "error"}


def posted(version: str) -> list[tuple[str, Any, bool, set[Place]]]:
    """What was sent, whether it was taken whole, and the inputs that were named."""
    found = []
    for case in json.loads((CASES / f"prompt_{version.removeprefix('v')}.json").read_text()):
        body = json.loads(case["body"]) if case["body"].startswith("{") and case["what"] != "no JSON" else None
        if (
            case["what"].startswith(("replaced", *NOT_ABOUT_THE_GRAPH))
            or not isinstance(body, dict)
            or "prompt" not in body
        ):
            continue
        reply = case["reply"] if isinstance(case["reply"], dict) else {}
        told = {
            (node_id, error["extra_info"]["input_name"])
            for node_id, node in (reply.get("node_errors") or {}).items()
            for error in node["errors"]
            if error["type"] in AT_ITS_OWN_INPUT
        }
        found.append((case["what"], body["prompt"], case["status"] == 200 and not told, told))
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_every_recorded_answer(version: str) -> None:
    cases = posted(version)
    assert len(cases) > 30
    for what, prompt, is_taken, named in cases:
        try:
            graph = parse(prompt)
        except GraphError:
            assert not is_taken, what
            continue
        found = errors(graph, version)
        assert (not found) is is_taken, (what, found)
        assert named <= found, what


@pytest.mark.parametrize("version", VERSIONS)
def test_every_recorded_workflow(version: str) -> None:
    answers: dict[str, Any] = document("answers.json")[version]
    assert len(answers) > 30
    for name, answer in answers.items():
        found = errors(workflow(name), version)
        assert (not found) is (answer["status"] == 200 and not answer["faults"]), (name, found)
        assert {(node_id, entry) for node_id, entry, _ in answer["faults"]} <= found, name


@pytest.mark.parametrize("version", VERSIONS)
def test_without_a_server_nothing_that_one_took_is_an_error(version: str) -> None:
    for name, answer in document("answers.json")[version].items():
        if answer["status"] == 200:
            assert check_graph(workflow(name)).ok, name
