"""A request on a stored graph: whose value counts, where it goes, and what is told."""

import json
from typing import Any

import pytest

from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.plan import Planned, plan
from spoonfeeder.core.errors import Invalid
from tests.comfy.graphs import inputs_of, node, object_info, sampler, txt2img
from tests.fixtures.workflows import workflow

SEED = 847293847


def run(graph: Graph, parameters: dict[str, Any] | None = None, **given: Any) -> Planned:
    return plan(graph, parameters=parameters, **({"draw": lambda _: SEED} | given))


def test_the_documented_request() -> None:
    parameters = {
        "width": 1024,
        "height": 768,
        "steps": 30,
        "cfg_scale": 7.5,
        "seed": -1,
        "sampler_name": "euler_ancestral",
        "scheduler": "karras",
        "batch_size": 2,
        "checkpoint_name": "sd_xl_base_1.0.safetensors",
        "loras": [{"name": "detail_tweaker_xl.safetensors", "strength_model": 0.5, "strength_clip": 0.5}],
    }
    planned = run(txt2img(), parameters, prompt_text="a majestic mountain", negative_prompt="blurry")
    assert planned.summary.columns() == {
        "prompt_text": "a majestic mountain",
        "negative_prompt": "blurry",
        "width": 1024,
        "height": 768,
        "steps": 30,
        "cfg_scale": 7.5,
        "seed": SEED,
        "sampler_name": "euler_ancestral",
        "scheduler": "karras",
        "batch_size": 2,
        "checkpoint_name": "sd_xl_base_1.0.safetensors",
        "loras_used": parameters["loras"],
    }
    assert planned.parameters == parameters | {"seed": SEED, "denoise": 1.0}
    assert planned.warnings == []
    sampling, latent = inputs_of(planned.graph, "3"), inputs_of(planned.graph, "5")
    assert (sampling["seed"], sampling["cfg"], sampling["steps"]) == (SEED, 7.5, 30)
    assert (sampling["positive"], sampling["latent_image"]) == (["6", 0], ["5", 0])
    assert latent == {"width": 1024, "height": 768, "batch_size": 2}


def test_a_preset_is_above_the_defaults_and_below_the_request() -> None:
    defaults = {"steps": 20, "cfg_scale": 5.0, "scheduler": "karras", "loras": ["a"]}
    preset = {"steps": 25, "3.cfg": 6.0, "sampler": "x", "denoise": 7, "3.colour": 1, "seed": 5, "loras": ["b"]}
    planned = run(txt2img(), {"cfg": 9}, defaults=defaults, preset=preset)
    found = inputs_of(planned.graph, "3")
    assert (found["steps"], found["cfg"], found["scheduler"], found["seed"]) == (25, 9, "karras", 5)
    assert planned.parameters["loras"] == [{"name": "b.safetensors", "strength_model": 1.0, "strength_clip": 1.0}]
    assert [warning[:60] for warning in planned.warnings if "preset" in warning] == [
        "A value of the preset was left out: sampler is not a paramet",
        "A value of the preset was left out: denoise must be between ",
        "A value of the preset was left out: 3.colour is no input of ",
    ]


def test_the_graph_then_the_defaults_then_the_request() -> None:
    defaults = {"steps": 20, "cfg_scale": 5.0, "3.denoise": 0.5}
    found = inputs_of(run(txt2img(), {"cfg": 9}, defaults=defaults).graph, "3")
    assert (found["steps"], found["cfg"], found["denoise"], found["scheduler"]) == (20, 9, 0.5, "normal")


def test_a_request_counts_more_than_a_default_for_the_same_input() -> None:
    assert inputs_of(run(txt2img(), {"steps": 9}, defaults={"3.steps": 5}).graph, "3")["steps"] == 9
    assert inputs_of(run(txt2img(), {"seed": 9}, defaults={"3.seed": 5}).graph, "3")["seed"] == 9


@pytest.mark.parametrize("nothing", ["", None])
def test_empty_is_not_given(nothing: Any) -> None:
    names = ("width", "steps", "cfg", "sampler_name", "loras", "denoise", "vae_name")
    planned = run(txt2img(), dict.fromkeys(names, nothing), defaults={"steps": 11})
    assert inputs_of(planned.graph, "3") == inputs_of(txt2img(), "3") | {"seed": SEED, "steps": 11}
    assert planned.warnings == []


def test_aliases_are_comfyuis_own_names() -> None:
    planned = run(txt2img(), {"cfg": 3, "ckpt_name": "other.safetensors", "noise_seed": 5})
    assert (planned.summary.cfg_scale, planned.summary.checkpoint_name, planned.summary.seed) == (
        3,
        "other.safetensors",
        5,
    )
    assert {"cfg", "ckpt_name", "noise_seed"}.isdisjoint(planned.parameters)


def test_a_name_without_a_place_is_kept_and_told() -> None:
    planned = run(workflow("img2img_sd15"), {"width": 512, "vae_name": "x.safetensors"})
    assert planned.parameters["width"] == 512
    assert planned.parameters["vae"] == "x.safetensors"
    assert planned.summary.width is None
    assert [warning.split()[0] for warning in planned.warnings] == ["width", "vae"]
    assert planned.graph["3"]["inputs"] == workflow("img2img_sd15")["3"]["inputs"] | {"seed": SEED}


@pytest.mark.parametrize(
    ("graph", "parameters", "changed"),
    [
        ("hires_fix_two_pass_sd15", {"steps": 9}, {"3": {"steps": 9}, "11": {"steps": 9}}),
        ("hires_fix_two_pass_sd15", {"seed": 9}, {"3": {"seed": 9}}),
        ("hires_fix_two_pass_sd15", {"sampler_name": "lcm"}, {"3": {"sampler_name": "lcm"}}),
        ("hires_fix_two_pass_sd15", {"denoise": 0.9}, {"3": {"denoise": 0.9}}),
        ("hires_fix_two_pass_sd15", {"width": 32}, {"5": {"width": 32}}),
        ("hires_fix_two_pass_sd15", {"11.denoise": 0.9}, {"11": {"denoise": 0.9}}),
        ("two_sampler_ksampler_advanced", {"seed": 5}, {"8": {"noise_seed": 5}}),
        ("two_sampler_ksampler_advanced", {"cfg_scale": 5}, {"8": {"cfg": 5}, "9": {"cfg": 5}}),
        ("two_sampler_ksampler_advanced", {"checkpoint_name": "x.ckpt"}, {"1": {"ckpt_name": "x.ckpt"}}),
        ("sampler_custom_advanced_sd15", {"cfg_scale": 5, "seed": 5}, {"22": {"cfg": 5}, "25": {"noise_seed": 5}}),
        (
            "sampler_custom_advanced_sd15",
            {"scheduler": "simple", "steps": 5},
            {"17": {"scheduler": "simple", "steps": 5}},
        ),
        ("flux_dev_sampler_custom_advanced", {"width": 832}, {"5": {"width": 832}, "30": {"width": 832}}),
        ("flux_dev_sampler_custom_advanced", {"guidance": 2.5}, {"6": {"guidance": 2.5}}),
        (
            "flux_dev_sampler_custom_advanced",
            {"checkpoint_name": "x.gguf", "vae": "y"},
            {"12": {"unet_name": "x.gguf"}, "10": {"vae_name": "y"}},
        ),
        ("hunyuan_video_t2v", {"length": 25, "fps": 12}, {"45": {"length": 25}, "75": {"fps": 12}}),
        ("img2img_sd15", {"input_image": "other.png"}, {"10": {"image": "other.png"}}),
        ("model_free_blend", {"width": 128}, {"1": {"width": 128}, "3": {"width": 128}}),
        ("model_free_batch3", {"batch_size": 2}, {"1": {"batch_size": 2}}),
    ],
)
def test_a_name_changes_the_main_place_and_its_equals(
    graph: str, parameters: dict[str, Any], changed: dict[str, dict[str, Any]]
) -> None:
    planned = run(workflow(graph), parameters, draw=None)
    found = {
        node_id: {name: value for name, value in inputs_of(planned.graph, node_id).items() if value != before[name]}
        for node_id, before in ((node_id, inputs_of(workflow(graph), node_id)) for node_id in planned.graph)
    }
    assert {node_id: inputs for node_id, inputs in found.items() if inputs} == changed


def test_the_size_reaches_the_sdxl_encoders() -> None:
    planned = run(workflow("sdxl_base_refiner"), {"width": 832, "height": 1216})
    encoder = inputs_of(planned.graph, "4")
    assert (encoder["width"], encoder["target_width"], encoder["target_height"]) == (832, 832, 1216)


def test_a_linked_input_is_set_at_its_literal() -> None:
    graph = txt2img(
        n3=sampler(steps=["20", 0], cfg=["21", 0]),
        n20=node("Reroute", any=["22", 0]),
        n22=node("PrimitiveInt", value=12),
        n21=node("ComfySwitchNode", switch=["23", 0], on_true=["24", 0], on_false=["25", 0]),
        n23=node("PrimitiveBoolean", value=False),
        n24=node("PrimitiveFloat", value=1.0),
        n25=node("PrimitiveFloat", value=7.0),
    )
    planned = run(graph, {"steps": 30, "3.cfg": 5.5})
    assert inputs_of(planned.graph, "3")["steps"] == ["20", 0]
    assert [inputs_of(planned.graph, name)["value"] for name in ("22", "24", "25")] == [30, 1.0, 5.5]
    assert (planned.summary.steps, planned.summary.cfg_scale) == (30, 5.5)


def test_two_names_in_one_literal() -> None:
    graph = txt2img(
        n5=node("EmptyLatentImage", width=["20", 0], height=["20", 0], batch_size=1),
        n20=node("PrimitiveInt", value=512),
    )
    planned = run(graph, {"width": 640, "height": 768})
    assert (planned.summary.width, planned.summary.height) == (640, 640)
    assert planned.warnings == ["height was left out: in this workflow it is one value with width."]
    assert run(graph, {"width": 640, "height": 640}).warnings == []


def test_any_literal_by_node_and_input() -> None:
    parameters = {"3.steps": 9, "9.filename_prefix": "mine/pic", "6.text": "direct", "7.text": ""}
    planned = run(txt2img(), parameters)
    assert inputs_of(planned.graph, "9")["filename_prefix"] == "mine/pic"
    assert (planned.summary.steps, planned.summary.prompt_text, planned.summary.negative_prompt) == (9, "direct", "")
    assert {name: planned.parameters[name] for name in ("3.steps", "6.text")} == {"3.steps": 9, "6.text": "direct"}


def test_node_ids_and_inputs_with_dots() -> None:
    graph = txt2img() | {"57:8.1": node("SaveVideo", **{"format.codec": "auto"}), "🎨": node("X", value=1)}
    planned = run(graph, {"57:8.1.format.codec": "h264", "🎨.value": 2})
    assert inputs_of(planned.graph, "57:8.1")["format.codec"] == "h264"
    assert inputs_of(planned.graph, "🎨")["value"] == 2


def test_an_optional_input_that_comfyui_knows_can_be_added() -> None:
    planned = run(workflow("flux_dev_sampler_custom_advanced"), {"11.device": "cpu"}, object_info=object_info())
    assert inputs_of(planned.graph, "11")["device"] == "cpu"


def test_a_model_is_found_without_extension_or_folder() -> None:
    planned = run(txt2img(), {"checkpoint_name": "v1-5-pruned-emaonly"}, object_info=object_info())
    assert planned.summary.checkpoint_name == "v1-5-pruned-emaonly.safetensors"
    assert planned.warnings == []


@pytest.mark.parametrize(
    ("stored", "meant"), [("a.ckpt", "b.ckpt"), ("a.safetensors", "b.safetensors"), ("", "b.safetensors")]
)
def test_as_long_as_no_comfyui_has_told_its_files_a_checkpoint_has_the_extension_of_the_one_before(
    stored: str, meant: str
) -> None:
    graph = txt2img(n4=node("CheckpointLoaderSimple", ckpt_name=stored))
    assert run(graph, {"checkpoint_name": "b"}).summary.checkpoint_name == meant


def test_an_unlisted_model_is_kept_and_told() -> None:
    planned = run(txt2img(), {"checkpoint_name": "away.safetensors"}, object_info=object_info())
    assert planned.summary.checkpoint_name == "away.safetensors"
    assert "away.safetensors" in planned.warnings[0]


def test_the_stored_graph_stays_and_ints_stay_ints() -> None:
    graph = workflow("txt2img_sd15_unicode_maxseed")
    before = json.dumps(graph)
    planned = run(graph, {"width": 128, "loras": ["a"]}, prompt_text="x", draw=None)
    inputs_of(planned.graph, "3")["steps"] = 1
    assert json.dumps(graph) == before
    assert inputs_of(planned.graph, "3")["seed"] == 2**64 - 1
    assert planned.parameters["seed"] == "18446744073709551615"
    assert planned.summary.seed == 2**64 - 1


def test_columns_hold_what_they_can() -> None:
    graph = txt2img(
        n3=sampler(steps=10**12, sampler_name="s" * 80, cfg=1e300, seed=-5),
        n4=node("CheckpointLoaderSimple", ckpt_name="c" * 400),
    )
    summary = run(graph, draw=None).summary
    assert (summary.steps, summary.cfg_scale, summary.seed) == (None, None, None)
    assert (len(summary.sampler_name or ""), len(summary.checkpoint_name or "")) == (50, 255)


def test_graphs_without_anything_to_set() -> None:
    planned = run(workflow("text_output"), {"steps": 5}, prompt_text="hello")
    assert planned.graph == workflow("text_output")
    assert planned.parameters == {"steps": 5}
    assert planned.summary.prompt_text == "hello"
    assert planned.summary.batch_size == 1
    assert len(planned.warnings) == 2


def test_a_link_to_something_that_is_no_value_is_not_followed() -> None:
    for name in ("3.model", "8.vae", "13.noise", "13.sampler"):
        graph = workflow("sampler_custom_advanced_sd15") | {"3": sampler()}
        with pytest.raises(Invalid, match="gets its value from another node"):
            run(graph, {name: "x"})
