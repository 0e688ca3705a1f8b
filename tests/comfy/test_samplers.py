import pytest

from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.samplers import main_sampler
from tests.comfy.graphs import node, object_info, sampler, txt2img
from tests.fixtures.workflows import workflow


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("txt2img_sd15", "3"),
        ("hires_fix_two_pass_sd15", "3"),
        ("two_sampler_ksampler_advanced", "8"),
        ("sdxl_base_refiner", "8"),
        ("sampler_custom_advanced_sd15", "13"),
        ("flux_dev_sampler_custom_advanced", "13"),
        ("invalid_unknown_class_type", "3"),
        ("invalid_no_output_node", "3"),
        ("invalid_missing_and_range", "3"),
        ("model_free_blend", None),
        ("upscale_with_model", None),
    ],
)
def test_the_main_sampler_of_known_graphs(name: str, expected: str | None) -> None:
    assert main_sampler(workflow(name)) == expected
    assert main_sampler(workflow(name), object_info()) == expected


def test_a_second_pass_over_decoded_pixels_is_not_the_main_one() -> None:
    graph = txt2img(
        n9=node("SaveImage", images=["22", 0]),
        n20=node("VAEEncode", pixels=["8", 0], vae=["4", 2]),
        n21=sampler(latent_image=["20", 0], seed=7),
        n22=node("VAEDecode", samples=["21", 0], vae=["4", 2]),
    )
    assert main_sampler(graph) == "3"


def test_of_two_independent_samplers_the_one_of_the_first_output_counts() -> None:
    graph: Graph = {
        "1": node("SaveImage", images=["b", 0]),
        "2": node("SaveImage", images=["a", 0]),
        "a": sampler(latent_image=["5", 0]),
        "b": sampler(latent_image=["5", 0]),
        "5": node("EmptyLatentImage", width=64, height=64, batch_size=1),
    }
    assert main_sampler(graph) == "b"


def test_an_output_without_sampler_is_passed_over() -> None:
    graph: Graph = {"0": node("PreviewImage", images=["x", 0]), "x": node("LoadImage", image="a.png")} | txt2img()
    assert main_sampler(graph) == "3"


def test_samplers_in_a_circle() -> None:
    graph = {"a": sampler(latent_image=["b", 0]), "b": sampler(latent_image=["a", 0])}
    assert main_sampler(graph) in {"a", "b"}
