import copy
import json
from typing import Any

import pytest

from spoonfeeder.comfy.graph import GraphError, parse
from tests.comfy.graphs import node, txt2img
from tests.fixtures.workflows import FOLDER, workflow


def refusal(source: Any) -> str:
    with pytest.raises(GraphError) as raised:
        parse(source)
    assert (raised.value.status, raised.value.code) == (422, "WORKFLOW_FORMAT")
    return raised.value.message


def test_object_and_text_give_the_same_graph() -> None:
    graph = txt2img()
    assert parse(graph) == parse(json.dumps(graph)) == parse(json.dumps(graph).encode()) == graph


@pytest.mark.parametrize("name", ["wrapped_request_body", "wrapped_png_metadata_prompt_and_workflow"])
def test_the_graph_is_taken_out_of_what_people_paste(name: str) -> None:
    text = (FOLDER / f"{name}.json").read_text()
    graph = parse(text)
    assert graph == json.loads(text)["prompt"]
    assert graph["3"]["class_type"] == "KSampler"


@pytest.mark.parametrize("wrapper", ["prompt", "output", "workflow_json", "workflow"])
def test_wrapped_graphs_may_be_text_themselves(wrapper: str) -> None:
    assert parse({wrapper: json.dumps(txt2img()), "client_id": "x"}) == txt2img()


@pytest.mark.parametrize("name", ["ui_txt2img_sd15", "ui_subgraph", "ui_lora_note_bypass_mute_primitive_reroute"])
def test_the_editor_format_is_named_with_a_way_out(name: str) -> None:
    assert "Export (API)" in refusal((FOLDER / f"{name}.json").read_text())
    assert "Export (API)" in refusal({"workflow": workflow(name)})


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ({}, "no nodes"),
        ("{}", "no nodes"),
        ({"prompt": {}}, "no nodes"),
        ("[1, 2]", "is no ComfyUI workflow"),
        ([], "is no ComfyUI workflow"),
        (None, "is no ComfyUI workflow"),
        (7, "is no ComfyUI workflow"),
        ("{", "not valid JSON"),
        ('{"a": NaN}', "not valid JSON"),
        ({"3": 5}, "is no ComfyUI workflow"),
        ({"name": "x", "prompt": None}, "is no ComfyUI workflow"),
        ({"2": {"class_type": "KSampler", "inputs": {}}, "3": 5}, "Node '3' is not an object"),
        ({"2": {"class_type": "KSampler", "inputs": {}}, "3": None}, "Node '3' is not an object"),
        ({"3": {"inputs": {}}}, "Node '3' has no class_type"),
        ({"3": {"class_type": 7, "inputs": {}}}, "Node '3' has no class_type"),
        ({"3": {"class_type": "KSampler"}}, "Node '3' (KSampler) has no inputs"),
        ({"3": {"class_type": "KSampler", "inputs": [1]}}, "Node '3' (KSampler) has no inputs"),
    ],
)
def test_what_is_no_graph_is_refused_with_a_sentence(source: Any, told: str) -> None:
    assert told in refusal(source)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (float("nan"), "NaN"),
        (float("inf"), "infinite"),
        (2**64, "2^64"),
        (-(2**70), "2^64"),
        ("a\x00b", "U+0000"),
        ({"\x00": 1}, "U+0000"),
        ("\ud800", "surrogate"),
        ({1, 2}, "no JSON"),
    ],
)
def test_what_cannot_be_given_back_exactly_is_refused(value: Any, told: str) -> None:
    assert told in refusal({"1": node("X", value=value)})


def test_numbers_keep_every_digit() -> None:
    text = json.dumps({"1": node("RandomNoise", noise_seed=2**64 - 1, small=-(2**63), exact=0.1)})
    assert json.dumps(parse(text)) == text


def test_depth_is_limited() -> None:
    deep: Any = 1
    for _ in range(300):
        deep = [deep]
    assert "deep" in refusal({"1": node("X", value=deep)})


@pytest.mark.parametrize("node_id", ["__proto__", "constructor", "🎨", "57:8", "a.b.c", "", " ", "é" * 300])
def test_node_ids_may_be_any_text(node_id: str) -> None:
    graph = {node_id: node("EmptyImage", width=8)}
    assert parse(json.dumps(graph)) == graph


def test_a_node_may_be_called_like_a_wrapper() -> None:
    graph = {"prompt": node("EmptyImage", width=8), "workflow": node("SaveImage", images=["prompt", 0])}
    assert parse(graph) == graph


def test_parsing_does_not_change_its_argument() -> None:
    source = {"prompt": txt2img(), "extra_data": {}}
    before = copy.deepcopy(source)
    parse(source)
    assert source == before
