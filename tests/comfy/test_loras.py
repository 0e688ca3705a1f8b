"""`parameters.loras` is the whole chain that is wanted on the main sampler's model and prompt."""

from typing import Any

import pytest

from spoonfeeder.comfy.graph import Graph
from spoonfeeder.comfy.links import problems
from spoonfeeder.comfy.plan import Planned, plan
from tests.comfy.graphs import inputs_of, node, object_info, sampler, txt2img
from tests.fixtures.workflows import workflow

CHAIN = "txt2img_sd15_lora_chain"
OWN = [
    {"name": "tiny_lora_a.safetensors", "strength_model": 0.8, "strength_clip": 0.6},
    {"name": "tiny_lora_b.safetensors", "strength_model": -0.5, "strength_clip": 1.0},
    {"name": "tiny_lora_a.safetensors", "strength_model": 0.25, "strength_clip": 0.0},
]


def wanting(graph: Graph, loras: Any, told: dict[str, Any] | None = None) -> Planned:
    planned = plan(graph, parameters={"loras": loras}, object_info=told, draw=None)
    assert problems(planned.graph) == problems(graph)
    return planned


def lora(name: str, model: float = 1.0, clip: float = 1.0) -> dict[str, Any]:
    return {"name": f"{name}.safetensors", "strength_model": model, "strength_clip": clip}


def test_the_chain_is_read_in_the_order_of_application() -> None:
    planned = plan(workflow(CHAIN), draw=None)
    assert planned.summary.loras_used == planned.parameters["loras"] == OWN
    assert planned.graph == workflow(CHAIN)


def test_the_same_chain_changes_nothing() -> None:
    assert wanting(workflow(CHAIN), OWN).graph == workflow(CHAIN)


def test_strengths_and_names_change_in_place() -> None:
    wanted = [lora("tiny_lora_b", 0.1, 0.2), lora("x", 0.3, 0.4), lora("y", 0.5, 0.0)]
    planned = wanting(workflow(CHAIN), wanted)
    assert planned.summary.loras_used == wanted
    assert list(planned.graph) == list(workflow(CHAIN))
    assert inputs_of(planned.graph, "12") | {"model": 0, "clip": 0} == {
        "lora_name": "x.safetensors",
        "strength_model": 0.3,
        "strength_clip": 0.4,
        "model": 0,
        "clip": 0,
    }


def test_surplus_loaders_are_taken_out_and_their_users_linked_on() -> None:
    planned = wanting(workflow(CHAIN), OWN[:1])
    assert {"12", "13"}.isdisjoint(planned.graph)
    assert inputs_of(planned.graph, "3")["model"] == ["11", 0]
    assert inputs_of(planned.graph, "6")["clip"] == inputs_of(planned.graph, "7")["clip"] == ["11", 1]
    assert planned.summary.loras_used == OWN[:1]


def test_an_empty_list_takes_all_out() -> None:
    planned = wanting(workflow(CHAIN), [])
    assert inputs_of(planned.graph, "3")["model"] == ["4", 0]
    assert inputs_of(planned.graph, "6")["clip"] == ["4", 1]
    assert planned.graph == {name: planned.graph[name] for name in workflow("txt2img_sd15")}
    assert planned.summary.loras_used == planned.parameters["loras"] == []


def test_loaders_are_put_behind_the_checkpoint() -> None:
    wanted = [lora("a", 0.5, 0.25), lora("b", -1, 1)]
    planned = wanting(txt2img(), wanted)
    assert planned.summary.loras_used == wanted
    assert planned.graph["10"] == {
        "class_type": "LoraLoader",
        "inputs": {
            "lora_name": "a.safetensors",
            "strength_model": 0.5,
            "model": ["4", 0],
            "strength_clip": 0.25,
            "clip": ["4", 1],
        },
        "_meta": {"title": "a.safetensors"},
    }
    assert (inputs_of(planned.graph, "11")["model"], inputs_of(planned.graph, "11")["clip"]) == (["10", 0], ["10", 1])
    assert inputs_of(planned.graph, "3")["model"] == ["11", 0]
    assert inputs_of(planned.graph, "6")["clip"] == inputs_of(planned.graph, "7")["clip"] == ["11", 1]
    assert inputs_of(planned.graph, "8")["vae"] == ["4", 2]


def test_more_loaders_follow_the_last_one() -> None:
    planned = wanting(workflow(CHAIN), [*OWN, lora("d", 0.7, 0.7)])
    added = inputs_of(planned.graph, "14")
    assert (added["model"], added["clip"]) == (["13", 0], ["12", 1])
    assert inputs_of(planned.graph, "3")["model"] == ["14", 0]
    assert inputs_of(planned.graph, "7")["clip"] == ["14", 1]
    assert planned.summary.loras_used == [*OWN, lora("d", 0.7, 0.7)]


def test_every_user_of_the_model_gets_the_lora() -> None:
    planned = wanting(workflow("hires_fix_two_pass_sd15"), [lora("a")])
    assert inputs_of(planned.graph, "3")["model"] == inputs_of(planned.graph, "11")["model"] == ["12", 0]


def test_behind_clip_skip_the_clip_begins_at_the_checkpoint() -> None:
    graph = txt2img(
        n6=node("CLIPTextEncode", text="x", clip=["20", 0]),
        n20=node("CLIPSetLastLayer", clip=["4", 1], stop_at_clip_layer=-2),
    )
    planned = wanting(graph, [lora("a")])
    assert inputs_of(planned.graph, "20")["clip"] == ["21", 1]
    assert inputs_of(planned.graph, "6")["clip"] == ["20", 0]


def test_a_unet_with_its_own_text_encoder() -> None:
    planned = wanting(workflow("flux_dev_sampler_custom_advanced"), [lora("a", 0.8, 0.5)])
    added = planned.graph["31"]
    assert added["class_type"] == "LoraLoader"
    assert (added["inputs"]["model"], added["inputs"]["clip"]) == (["12", 0], ["11", 0])
    assert inputs_of(planned.graph, "30")["model"] == ["31", 0]
    assert inputs_of(planned.graph, "6")["clip"] == ["31", 1]


def test_without_strength_on_clip_the_model_alone_is_changed() -> None:
    planned = wanting(workflow("hunyuan_video_t2v"), [lora("a", 0.8, 0)])
    added = planned.graph["76"]
    assert added["class_type"] == "LoraLoaderModelOnly"
    assert "clip" not in added["inputs"]
    assert inputs_of(planned.graph, "17")["model"] == inputs_of(planned.graph, "67")["model"] == ["76", 0]
    assert planned.summary.loras_used == [lora("a", 0.8, 0.0)]


def test_a_chain_for_the_model_alone_stays_one() -> None:
    graph = workflow("flux_dev_sampler_custom_advanced")
    graph["40"] = node("LoraLoaderModelOnly", lora_name="a.safetensors", strength_model=1.0, model=["12", 0])
    inputs_of(graph, "30")["model"] = ["40", 0]
    planned = wanting(graph, [lora("a"), lora("b", 0.5)])
    assert planned.graph["41"]["class_type"] == "LoraLoaderModelOnly"
    assert inputs_of(planned.graph, "30")["model"] == ["41", 0]
    assert inputs_of(planned.graph, "6")["clip"] == ["11", 0]


def test_only_the_main_samplers_model_gets_it() -> None:
    planned = wanting(workflow("sdxl_base_refiner"), [lora("a")])
    assert inputs_of(planned.graph, "8")["model"] == ["12", 0]
    assert inputs_of(planned.graph, "9")["model"] == ["2", 0]
    assert inputs_of(planned.graph, "6")["clip"] == ["2", 1]


def test_new_ids_meet_neither_nodes_nor_dangling_links() -> None:
    graph = txt2img(n10=node("X", y=["12", 0]), n11=node("Y")) | {
        "007": node("Z"),
        "🎨": node("Z"),
        "9" * 20: node("Z"),
    }
    planned = wanting(graph, [lora("a"), lora("b")])
    assert set(planned.graph) - set(graph) == {"13", "14"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("tiny_lora_b", lora("tiny_lora_b")),
        ({"name": "tiny_lora_b"}, lora("tiny_lora_b")),
        ({"name": "tiny_lora_b", "strength": 0.3}, lora("tiny_lora_b", 0.3, 0.3)),
        ({"name": "tiny_lora_b", "strength_model": 0.3}, lora("tiny_lora_b", 0.3, 0.3)),
        ({"name": "tiny_lora_b", "strength": 0.3, "strength_clip": 0.9}, lora("tiny_lora_b", 0.3, 0.9)),
        ({"lora_name": "tiny_lora_b.safetensors", "strength_clip": 0.5}, lora("tiny_lora_b", 1.0, 0.5)),
    ],
)
@pytest.mark.parametrize("told", [None, object_info()], ids=["alone", "with object_info"])
def test_names_and_strengths_as_people_give_them(
    given: Any, expected: dict[str, Any], told: dict[str, Any] | None
) -> None:
    planned = wanting(txt2img(), [given], told)
    assert planned.summary.loras_used == [expected]
    assert planned.warnings == []


def test_a_lora_in_a_folder_is_found_by_its_file_name() -> None:
    told = object_info()
    told["LoraLoader"]["input"]["required"]["lora_name"] = [["xl\\detail.safetensors", "sd15/other.safetensors"], {}]
    names = [one["name"] for one in wanting(txt2img(), ["detail", "other.safetensors"], told).summary.loras_used]
    assert names == ["xl\\detail.safetensors", "sd15/other.safetensors"]


def test_a_lora_that_comfyui_does_not_list_is_told() -> None:
    planned = wanting(txt2img(), ["away"], object_info())
    assert planned.warnings == ["ComfyUI does not list a model 'away'."]


def test_a_graph_without_model_keeps_the_wish() -> None:
    planned = wanting(workflow("model_free_blend"), [lora("a")])
    assert planned.parameters["loras"] == [lora("a")]
    assert planned.summary.loras_used == []
    assert "loras has no place" in planned.warnings[0]


def test_a_value_for_a_loader_that_was_taken_out() -> None:
    planned = plan(workflow(CHAIN), parameters={"loras": OWN[:1], "12.strength_model": 0.5}, draw=None)
    assert planned.warnings == ["12.strength_model was left out: that LoRA is not used any more."]


def test_linked_strengths_are_set_at_their_literal() -> None:
    graph = workflow(CHAIN)
    inputs_of(graph, "11")["strength_model"] = ["30", 0]
    graph["30"] = node("PrimitiveFloat", value=0.9)
    planned = wanting(graph, [lora("a", 0.4, 0.4)])
    assert inputs_of(planned.graph, "30")["value"] == 0.4
    assert planned.summary.loras_used == [lora("a", 0.4, 0.4)]


def test_models_in_a_circle_end() -> None:
    graph = txt2img(
        n3=sampler(model=["20", 0]),
        n20=node("LoraLoader", lora_name="a.safetensors", strength_model=1.0, strength_clip=1.0, model=["20", 0]),
    )
    assert len(plan(graph, draw=None).summary.loras_used) == 1
