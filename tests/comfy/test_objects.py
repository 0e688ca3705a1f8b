from typing import Any

import pytest

from spoonfeeder.comfy.objects import choices_of, inputs_of, spec_of
from spoonfeeder.comfy.options import options
from tests.comfy.graphs import object_info

VERSIONS = pytest.mark.parametrize("version", ["v0.33.0", "v0.3.64"])


@VERSIONS
def test_inputs_come_in_order_with_type_and_limits(version: str) -> None:
    inputs = inputs_of(object_info(version), "KSampler")
    assert list(inputs)[:6] == ["model", "seed", "steps", "cfg", "sampler_name", "scheduler"]
    assert (inputs["model"].type, inputs["cfg"].type) == ("MODEL", "FLOAT")
    steps = inputs["steps"]
    assert (steps.default, steps.minimum, steps.maximum) == (20, 1, 10000)
    assert inputs["seed"].maximum == 2**64 - 1
    assert inputs["cfg"].step == 0.1
    assert "random seed" in (inputs["seed"].tooltip or "")


@VERSIONS
def test_both_forms_of_choices_are_read(version: str) -> None:
    told = object_info(version)
    assert choices_of(told, "KSampler", "sampler_name")[0] == "euler"
    assert choices_of(told, "KSamplerSelect", "sampler_name") == choices_of(told, "KSampler", "sampler_name")
    assert spec_of(told, "KSamplerSelect", "sampler_name").type == "COMBO"  # type: ignore[union-attr]


def test_sections_uploads_and_multiline() -> None:
    told = object_info()
    save, image, text = inputs_of(told, "SaveImage"), inputs_of(told, "LoadImage"), inputs_of(told, "CLIPTextEncode")
    assert [spec.section for spec in save.values()] == ["required", "required", "hidden", "hidden"]
    assert image["image"].upload == "image"
    assert inputs_of(told, "LoadAudio")["audio"].upload == "audio"
    assert inputs_of(told, "LoadImageOutput")["image"].folder == "output"
    assert text["text"].multiline


@pytest.mark.parametrize(
    "told", [None, {}, {"X": None}, {"X": {"input": [1]}}, {"X": {"input": {"required": {"a": []}}}}]
)
def test_odd_definitions_are_read_as_knowing_nothing(told: Any) -> None:
    assert choices_of(told, "X", "a") == ()


@VERSIONS
def test_options_are_live(version: str) -> None:
    found = options(object_info(version))
    assert "euler_ancestral" in found["samplers"]
    assert "karras" in found["schedulers"]
    assert "v1-5-pruned-emaonly.safetensors" in found["checkpoints"]
    assert found["loras"] == ["tiny_lora_a.safetensors", "tiny_lora_b.safetensors"]
    assert found["unets"] == []
    assert isinstance(found["vaes"], list)


def test_options_without_comfyui_are_the_documented_ones() -> None:
    found = options()
    assert found["samplers"][:3] == ["euler", "euler_ancestral", "heun"]
    assert (len(found["samplers"]), len(found["schedulers"])) == (22, 7)
    assert found["checkpoints"][0] == "sd_xl_base_1.0.safetensors"
    assert found["dimensions"]["common"] == [512, 768, 1024, 1280, 1536, 2048]
    assert found["dimensions"]["sdxl_optimal"][1] == {"width": 1152, "height": 896, "label": "9:7 Landscape"}
