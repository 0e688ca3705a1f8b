import pytest

from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.links import output_nodes, problems, upstream
from tests.comfy.graphs import inputs_of, node, object_info, txt2img
from tests.fixtures.workflows import workflow


def test_upstream_is_nearest_first_and_each_node_once() -> None:
    assert list(upstream(txt2img(), "9")) == ["9", "8", "3", "4", "6", "7", "5"]


def test_cycles_end() -> None:
    graph: Graph = {"a": node("X", x=["b", 0]), "b": node("X", x=["a", 0]), "c": node("SaveImage", images=["a", 0])}
    assert list(upstream(graph, "c")) == ["c", "a", "b"]
    assert problems(graph) == ["Nodes depend on each other in a circle: a, b."]
    assert problems({"a": node("X", x=["a", 0])}) == ["Nodes depend on each other in a circle: a."]


def test_links_to_missing_nodes_are_kept_and_told() -> None:
    graph = txt2img()
    inputs_of(graph, "3")["model"] = ["99", 0]
    inputs_of(graph, "8")["vae"] = [4, 2]
    told = problems(graph)
    assert "input model is linked to node 99, which does not exist" in told[0]
    assert "Node 8: input vae is a list of two" in told[1]
    assert inputs_of(graph, "3")["model"] == ["99", 0]


@pytest.mark.parametrize("name", ["txt2img_sd15", "controlnet_canny_sd15", "flux_dev_sampler_custom_advanced"])
def test_sound_graphs_have_no_problems(name: str) -> None:
    assert problems(workflow(name)) == []


def test_outputs_are_what_comfyui_says() -> None:
    graph = txt2img(n10=node("PreviewImage", images=["8", 0]), n11=node("LoadImage", image="unused.png"))
    assert output_nodes(graph, object_info()) == ["9", "10"]
    assert output_nodes(graph) == ["9", "10"]


def test_without_a_known_output_the_ends_of_the_graph_count() -> None:
    assert output_nodes(workflow("invalid_no_output_node")) == ["8"]
    assert output_nodes({"1": node("EmptyImage"), "2": node("MyCustomWriter", images=["1", 0])}) == ["2"]


def test_comfyui_may_know_an_output_that_names_do_not_tell() -> None:
    graph: Graph = {"1": node("EmptyImage"), "2": node("MyCustomWriter", images=["1", 0]), "3": node("Extra")}
    assert output_nodes(graph, {"MyCustomWriter": {"output_node": True}}) == ["2"]
