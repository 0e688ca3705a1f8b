"""Extraction: what a form shows of a workflow."""

from typing import Any

import orjson
import pytest

from spoonfeeder.comfy.anatomy import Anatomy
from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.parameters import (
    MAX_OPTIONS,
    MAX_PARAMETERS,
    ExtractedParameter,
    PromotedWidget,
    extract,
    unknown_classes,
)
from spoonfeeder.comfy.plan import plan
from tests.comfy.graphs import api_workflows, node, object_info, sampler, txt2img
from tests.fixtures.workflows import workflow

WISHES = {"denoise": 0.25, "fps": 12.5}
DOCUMENTED_TYPES = {"string", "number", "seed", "select"}


def shown(graph: Graph, told: dict[str, Any] | None = None) -> dict[tuple[str, str], ExtractedParameter]:
    return {(one["nodeId"], one["field"]): one for one in extract(graph, told)}


def test_the_documented_shape() -> None:
    found = shown(txt2img())
    assert found["3", "seed"] == {
        "nodeId": "3",
        "field": "seed",
        "label": "Seed",
        "type": "seed",
        "value": 42,
        "min": 0,
        "max": 2**53 - 1,
        "kind": "seed",
        "step": 1,
        "group": "sampling",
        "title": "KSampler",
        "standard": "seed",
        "default": 0,
        "known": True,
        "promoted": "common",
    }
    steps, width = found["3", "steps"], found["5", "width"]
    assert (steps["type"], steps["min"], steps["max"], steps["value"]) == ("number", 1, 150, 8)
    assert (width["type"], width["label"]) == ("select", "Width")
    assert width["options"] == [64, 512, 768, 1024, 1280, 1536, 2048]


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        (
            "txt2img_sd15",
            "3.seed 3.steps 3.cfg 3.sampler_name 3.scheduler 3.denoise 4.ckpt_name 5.width 5.height 5.batch_size",
        ),
        ("two_sampler_ksampler_advanced", "8.noise_seed 8.steps 8.cfg 8.start_at_step 8.end_at_step 9.noise_seed"),
        ("sampler_custom_advanced_sd15", "25.noise_seed 22.cfg 16.sampler_name 17.scheduler 17.steps 17.denoise"),
        (
            "flux_dev_sampler_custom_advanced",
            "12.unet_name 10.vae_name 11.clip_name1 11.clip_name2 6.clip_l 6.t5xxl 6.guidance 5.width",
        ),
        ("hunyuan_video_t2v", "45.width 45.height 45.length 26.guidance 75.fps"),
        ("txt2img_sd15_lora_chain", "11.lora_name 11.strength_model 11.strength_clip 13.lora_name 13.strength_model"),
        ("sdxl_base_refiner", "4.text_g 4.text_l 4.width 4.target_width 6.text"),
        ("img2img_sd15", "10.image 3.denoise"),
        ("controlnet_canny_sd15", "11.control_net_name 13.strength 10.image"),
    ],
)
def test_what_people_really_run(name: str, fields: str) -> None:
    found = {f"{node_id}.{field}" for node_id, field in shown(workflow(name))}
    assert set(fields.split()) <= found


@pytest.mark.parametrize("name", api_workflows())
@pytest.mark.parametrize("told", [None, object_info()], ids=["alone", "with object_info"])
def test_every_extracted_parameter_is_true_to_the_graph(name: str, told: dict[str, Any] | None) -> None:
    graph = workflow(name)
    for one in extract(graph, told):
        value = graph[one["nodeId"]]["inputs"][one["field"]]
        assert one["value"] == (value if not isinstance(value, int) or value < 2**53 else str(value))
        assert one["type"] in DOCUMENTED_TYPES
        assert one["type"] != "select" or one["value"] in one["options"]
        if one["type"] == "number":
            assert one["min"] <= value <= one["max"]
    assert graph == workflow(name)


@pytest.mark.parametrize("name", api_workflows())
@pytest.mark.parametrize("told", [None, object_info()], ids=["alone", "with object_info"])
def test_a_standard_name_sets_the_parameter_that_bears_it(name: str, told: dict[str, Any] | None) -> None:
    graph = workflow(name)
    found = {one["standard"]: one for one in extract(graph, told) if one["standard"]}
    assert found.keys() == Anatomy.of(graph, told).places.keys()
    for standard, one in found.items():
        wish = "other.bin" if isinstance(one["value"], str) and standard != "seed" else WISHES.get(standard, 3)
        planned = plan(graph, parameters={standard: wish}, object_info=told)
        assert planned.graph[one["nodeId"]]["inputs"][one["field"]] == wish


def test_a_size_that_only_its_use_tells_is_shown() -> None:
    sized = node("Somebody's Sizes", width=512, height=["20", 0], other=3)
    found = shown(txt2img(n5=sized, n20=node("PrimitiveInt", value=256)))
    assert (found["5", "width"]["standard"], found["20", "value"]["standard"]) == ("width", "height")
    assert (found["5", "other"]["kind"], found["5", "other"]["standard"]) == ("integer", None)


def test_one_literal_for_two_names_bears_the_first() -> None:
    both = node("EmptyLatentImage", width=["20", 0], height=["20", 0], batch_size=1)
    found = shown(txt2img(n5=both, n20=node("PrimitiveInt", value=640)))
    assert found["20", "value"]["standard"] == "width"


def test_only_the_main_place_bears_the_name() -> None:
    found = shown(txt2img(n30=sampler(latent_image=["3", 0])))
    assert (found["3", "steps"]["standard"], found["30", "steps"]["standard"]) == ("steps", None)


def test_what_comfyui_tells_of_nodes_that_the_table_does_not_know() -> None:
    told: dict[str, Any] = {
        "Somebody's": {
            "input": {
                "required": {"mode_of_work": [["fast", "good"], {}], "amount": ["INT", {}], "name": ["STRING", {}]},
                "optional": {
                    "upscaler": ["COMBO", {"options": ["a.pth", "b.safetensors"]}],
                    "picture": [["x.png"], {"image_upload": True}],
                    "linked": [["a", "b"], {}],
                },
            }
        }
    }
    inputs = {"mode_of_work": "fast", "amount": 1, "name": "n", "upscaler": "old.pth", "linked": ["9", 0]}
    graph = {"1": node("Somebody's", picture="y.png", **inputs)}
    assert {one["kind"] for one in shown(graph).values()} == {"text", "integer"}
    assert not any(one["known"] for one in shown(graph).values())
    found = shown(graph, told)
    assert all(one["known"] for one in found.values())
    assert [(field, one["type"], one["kind"], one["group"]) for (_, field), one in found.items()] == [
        ("picture", "string", "image", "input"),
        ("mode_of_work", "select", "choice", "other"),
        ("amount", "number", "integer", "other"),
        ("name", "string", "text", "other"),
        ("upscaler", "select", "model", "other"),
    ]
    assert found["1", "mode_of_work"]["label"] == "Mode of work"
    assert found["1", "upscaler"]["options"] == ["old.pth", "a.pth", "b.safetensors"]


def literals(graph: Graph) -> set[tuple[str, str]]:
    inputs = ((node_id, name, value) for node_id, node in graph.items() for name, value in node["inputs"].items())
    return {(node_id, name) for node_id, name, value in inputs if isinstance(value, str | int | float)}


@pytest.mark.parametrize("name", api_workflows())
@pytest.mark.parametrize("told", [None, object_info()], ids=["alone", "with object_info"])
def test_every_literal_is_shown(name: str, told: dict[str, Any] | None) -> None:
    assert shown(workflow(name), told).keys() == literals(workflow(name))


KINDS = {
    "whole": (["INT", {"min": 2, "max": 9, "step": 2, "default": 4, "tooltip": "How\nmany"}], 6),
    "real": (["FLOAT", {"min": float("-inf"), "max": 1e40, "default": 0.5}], 0.25),
    "switch": (["BOOLEAN", {"default": True}], False),
    "line": (["STRING", {"default": "x", "display_name": "A line"}], "y"),
    "lines": (["STRING", {"multiline": True}], "a"),
    "drawn": (["INT", {"max": 2**64 - 1, "control_after_generate": True}], 2**60),
    "mode": (
        ["COMFY_DYNAMICCOMBO_V3", {"options": [{"key": "on", "inputs": {"required": {"x": ["INT", {"max": 3}]}}}]}],
        "on",
    ),
    "none_there": (["COMBO", {"options": []}], "gone"),
    "mistaken": (["INT", {"min": 0, "max": 9}], "7"),
    "painted": (["COLOR", {}], "#fff"),
}
SHOWN: dict[str, dict[str, Any]] = {
    "whole": {"type": "number", "kind": "integer", "min": 2, "max": 9, "step": 2, "default": 4, "tooltip": "How many"},
    "real": {"type": "number", "kind": "float", "step": 0.01, "default": 0.5},
    "switch": {"type": "select", "kind": "boolean", "options": [True, False], "value": False, "default": True},
    "line": {"type": "string", "kind": "text", "label": "A line", "default": "x"},
    "lines": {"type": "string", "kind": "multiline", "label": "Lines"},
    "drawn": {"type": "seed", "kind": "seed", "value": str(2**60), "min": 0, "max": 2**53 - 1},
    "mode": {"type": "select", "kind": "choice", "options": ["on"]},
    "mode.x": {"type": "number", "kind": "integer", "value": 1},
    "none_there": {"type": "select", "kind": "choice", "options": ["gone"]},
    "mistaken": {"type": "string", "kind": "text", "value": "7"},
    "painted": {"type": "string", "kind": "text"},
}


@pytest.mark.parametrize("field", SHOWN)
def test_the_kind_of_any_input(field: str) -> None:
    told = {"Any": {"input": {"required": {name: spec for name, (spec, _) in KINDS.items()}}}}
    inputs = {name: value for name, (_, value) in KINDS.items()} | {"mode.x": 1}
    one = shown({"1": node("Any", **inputs)}, told)["1", field]
    assert {name: one.get(name) for name in SHOWN[field]} == SHOWN[field]
    assert orjson.dumps(one)


def test_what_most_people_set_comes_first() -> None:
    graph = workflow("txt2img_sd15_lora_chain") | {"30": node("Somebody's", note="a")}
    found = extract(graph, object_info())
    promoted = [(one["label"], one["field"]) for one in found if one["promoted"]]
    assert [field for _, field in promoted] == [
        *("text", "text", "seed", "steps", "cfg", "width", "height", "batch_size", "sampler_name", "scheduler"),
        *("ckpt_name", *("lora_name", "strength_model", "strength_clip") * 2, "lora_name", "strength_model", "denoise"),
    ]
    assert [label for label, _ in promoted[:2]] == ["Prompt", "Negative prompt"]
    assert [one["promoted"] for one in found] == ["common"] * len(promoted) + [None] * (len(found) - len(promoted))
    rest = [one["nodeId"] for one in found[len(promoted) :]]
    assert rest == sorted(rest, key=list(graph).index)


def test_widgets_of_subgraphs_come_before_all_others() -> None:
    told = [("3", "cfg", "Strength"), ("3", "gone", "x"), ("20", "value", "What to draw")]
    widgets = [PromotedWidget(*each, "Sampler block") for each in told]
    written = txt2img(n6=node("CLIPTextEncode", text=["20", 0], clip=["4", 1]), n20=node("PrimitiveString", value="a"))
    first, second, third, *_ = extract(written, None, None, widgets)
    assert (first["field"], first["label"], first["title"]) == ("cfg", "Strength", "Sampler block")
    assert (first["promoted"], first["standard"]) == ("subgraph", "cfg_scale")
    assert (second["label"], second["kind"], second["promoted"]) == ("What to draw", "prompt", "subgraph")
    assert third["label"] == "Negative prompt"


def test_classes_that_are_not_there_are_named() -> None:
    graph = txt2img(n30=node("Somebody's"), n31=node("Somebody's"))
    assert unknown_classes(graph) == ["Somebody's"]
    assert unknown_classes(graph, {"KSampler": {}})[0] == "CheckpointLoaderSimple"
    assert unknown_classes(txt2img(), object_info()) == []


def test_long_lists_of_choices_have_an_end() -> None:
    listed = [f"{number}.safetensors" for number in range(MAX_OPTIONS // 3)]
    told = {"LoraLoader": {"input": {"required": {"lora_name": [listed, {}]}}}}
    graph = {str(number): node("LoraLoader", lora_name="5.safetensors") for number in range(5)}
    assert [len(one["options"]) for one in extract(graph, told)] == [len(listed)] * 3 + [1] * 2


def test_live_choices_and_limits() -> None:
    found = shown(txt2img(), object_info())
    assert "euler_ancestral_cfg_pp" in found["3", "sampler_name"]["options"]
    assert found["4", "ckpt_name"]["options"][0] == "corrupt.safetensors"
    assert (found["5", "width"]["min"], found["5", "width"]["max"], found["5", "width"]["step"]) == (16, 16384, 8)


def test_a_model_that_comfyui_does_not_list_is_still_shown() -> None:
    graph = workflow("invalid_unknown_checkpoint")
    assert shown(graph, object_info())["4", "ckpt_name"]["options"][0] == "does_not_exist.safetensors"


def test_a_linked_input_is_shown_where_its_literal_stands() -> None:
    graph = txt2img(
        n3=sampler(steps=["20", 0], seed=["21", 0]),
        n20=node("Reroute", any=["22", 0]),
        n22=node("PrimitiveInt", value=12),
        n21=node("Seed Maker", a=["22", 0], b=1),
    )
    found = shown(graph)
    assert (found["22", "value"]["label"], found["22", "value"]["value"]) == ("Steps", 12)
    assert ("3", "steps") not in found
    assert ("3", "seed") not in found  # a node computes it


def test_one_literal_for_two_inputs_is_shown_once() -> None:
    graph = txt2img(
        n5=node("EmptyLatentImage", width=["20", 0], height=["20", 0], batch_size=1),
        n20=node("PrimitiveInt", value=640),
    )
    assert [one["label"] for one in extract(graph) if one["nodeId"] == "20"] == ["Width"]


def test_unknown_samplers_and_latents_are_known_by_their_inputs() -> None:
    found = shown(
        {
            "1": node("KSampler (Somebody's)", seed=5, steps=9, cfg=3.0, sampler_name="euler", latent_image=["2", 0]),
            "2": node("EmptyFancyLatentVideo", width=512, height=256, length=49, batch_size=1),
        }
    )
    assert {"seed", "steps", "cfg", "sampler_name"} <= {field for node_id, field in found if node_id == "1"}
    assert found["2", "length"]["label"] == "Frames"


def test_seeds_beyond_javascript_are_digits() -> None:
    assert shown(workflow("txt2img_sd15_unicode_maxseed"))["3", "seed"]["value"] == "18446744073709551615"


def test_values_outside_the_usual_range_widen_it() -> None:
    assert shown(txt2img(n3=sampler(steps=400)))["3", "steps"]["max"] == 400


def test_prompts_are_marked_for_the_prompt_box() -> None:
    assert shown(txt2img())["6", "text"]["kind"] == "prompt"


def test_a_form_has_an_end() -> None:
    graph = {str(number): sampler() for number in range(1000)}
    assert len(extract(graph)) == MAX_PARAMETERS
