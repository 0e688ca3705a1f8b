"""The editor's own answers to real and crafted workflows, and where ours is meant to be better."""

import json
from typing import Any

import pytest

from spoonfeeder.comfy.conversion.convert import CORPUS_CLOCK, Converted, convert
from tests.comfy.conversion import corpus

# Class and input of nodes whose lists of values were saved for other definitions: what their names say.
REPAIRED: list[tuple[str, str, dict[str, Any]]] = [
    ("3d_hunyuan3d-v2.1", "KSampler", {"steps": 30, "cfg": 5, "sampler_name": "euler", "scheduler": "normal"}),
    ("3d_hunyuan3d-v2.1", "ImageOnlyCheckpointLoader", {"ckpt_name": "hunyuan_3d_v2.1.safetensors"}),
    ("3d_pixal3d_trellis2_image_to_model", "RemeshMesh", {"band": 1, "smooth_iters": 20, "fix_poles": False}),
    ("api_elevenlabs_v4_text_to_speech", "ElevenLabsTextToSpeech", {"language_code": "", "seed": 755636914}),
    ("api_minimax_h3_max_turbo_t2v", "MinimaxHailuo03TextToVideoNode", {"seed": 2375687420, "watermark": False}),
]


def converted(name: str) -> Converted:
    return convert(corpus.workflow(name), corpus.object_info(), now=CORPUS_CLOCK)


def of_class(graph: dict[str, Any], class_type: str) -> dict[str, Any]:
    inputs: dict[str, Any] = next(node["inputs"] for node in graph.values() if node["class_type"] == class_type)
    return inputs


@pytest.mark.parametrize("name", corpus.names("sound"))
def test_runs_the_same_as_the_editors_own(name: str) -> None:
    before = json.dumps(corpus.workflow(name))

    graph = converted(name).graph

    assert corpus.meaning(graph) == corpus.meaning(corpus.prompt(name))
    plain = [node_id for node_id in corpus.prompt(name) if ":" not in node_id]
    assert {node_id for node_id in graph if ":" not in node_id} == set(plain)
    assert json.dumps(corpus.workflow(name)) == before


@pytest.mark.parametrize(("name", "class_type", "expected"), REPAIRED)
def test_names_repair_a_list_that_was_saved_for_another_definition(
    name: str, class_type: str, expected: dict[str, Any]
) -> None:
    inputs = of_class(converted(name).graph, class_type)

    assert {name: inputs[name] for name in expected} == expected
    assert inputs != of_class(corpus.prompt(name), class_type)


def test_a_repair_is_told() -> None:
    warnings = converted("api_elevenlabs_v4_text_to_speech").warnings

    assert [warning.node_id for warning in warnings if "names" in warning.message] == ["208"]


def test_a_list_that_the_server_takes_wins_over_a_name_that_it_does_not() -> None:
    inputs = of_class(converted("api_fishaudio_speech_to_text").graph, "LoadAudio")

    assert inputs["audio"] == "fish_audio_example.mp3"


def test_a_word_where_a_number_is_taken_now_becomes_the_default() -> None:
    found = converted("video_ltx2_3_ic_lora")

    assert of_class(found.graph, "CreateVideo")["bit_depth"] == 8
    assert any("bit_depth" in warning.message for warning in found.warnings)


def test_every_node_that_the_server_does_not_know_is_named() -> None:
    for name in corpus.names("missing_types"):
        found = converted(name)
        unknown = {key for key, node in found.graph.items() if node["class_type"] not in corpus.object_info()}

        assert unknown
        assert unknown <= {warning.node_id for warning in found.warnings}


def test_an_unknown_node_inside_takes_no_places_from_the_promoted_values() -> None:
    graph = converted("audio_yue2_text2music").graph

    assert of_class(graph, "CheckpointLoaderSimple")["ckpt_name"] == "yue2_3b_int8_convrot.safetensors"
    assert of_class(graph, "SeedNode")["seed"] == 0


def test_a_seed_without_its_word_shifts_nothing() -> None:
    found = converted("craft__control_after_generate_forms")

    sampler = found.graph["5"]["inputs"]
    assert (sampler["steps"], sampler["cfg"], sampler["sampler_name"]) == (11, 3.5, "heun")
    assert (sampler["scheduler"], sampler["denoise"]) == ("karras", 0.9)
    assert "5" in {warning.node_id for warning in found.warnings}
    others = {key: node["inputs"] for key, node in found.graph.items() if key != "5"}
    assert others == {
        key: node["inputs"] for key, node in corpus.prompt("craft__control_after_generate_forms").items() if key != "5"
    }


def test_a_typed_value_passes_a_reroute() -> None:
    sampler = converted("craft__primitive_muted_reroute").graph["5"]["inputs"]

    assert sampler["steps"] == 33


def test_values_by_name_are_taken_by_name() -> None:
    sampler = converted("craft__widgets_values_dict").graph["5"]["inputs"]

    assert (sampler["seed"], sampler["steps"], sampler["scheduler"]) == (5, 11, "karras")


def test_two_nodes_with_one_id_both_stay() -> None:
    found = converted("craft__duplicate_node_ids").graph

    assert corpus.meaning(found) == corpus.meaning(corpus.prompt("craft__duplicate_node_ids"))


def test_what_stops_the_editor_is_converted() -> None:
    through = converted("craft__subgraph_passthrough").graph
    with_null = converted("craft__null_link_entry").graph

    assert through["3"]["inputs"] == {"images": ["1", 0]}
    assert with_null["7"]["inputs"]["images"] == ["6", 0]


@pytest.mark.parametrize(
    "name", ["ex__edit_models__sdxl_edit_model", "ex__stable_cascade__stable_cascade__inpaint_controlnet"]
)
def test_the_links_of_a_group_node_find_their_slots(name: str) -> None:
    graph = converted(name).graph

    for key, node in graph.items():
        if ":" in key:
            told = corpus.object_info()[node["class_type"]]["input"]["required"]
            assert set(told) - set(node["inputs"]) <= {"style"}
