"""What is found wrong with a graph, one fault at a time."""

from typing import Any

import pytest

from spoonfeeder.comfy.checks.graph_check import check_graph
from spoonfeeder.comfy.checks.problems import MAX_CHOICES, MAX_PROBLEMS, Problem
from spoonfeeder.comfy.graph import Graph, Node
from tests.comfy.graphs import node, object_info, sampler, txt2img

TOLD = object_info() | {
    "Mode": {
        "input": {
            "required": {
                "mode": [
                    "COMFY_DYNAMICCOMBO_V3",
                    {
                        "options": [
                            {"key": "off", "inputs": {}},
                            {"key": "on", "inputs": {"required": {"power": ["INT", {"min": 1, "max": 9}]}}},
                        ]
                    },
                ],
                "pictures": [
                    "COMFY_AUTOGROW_V3",
                    {"template": {"input": {"required": {"picture": ["IMAGE", {}]}}, "prefix": "p", "min": 1}},
                ],
                "tags": ["COMBO", {"options": ["a", "b", "c"], "multiselect": True}],
                "far": ["COMBO", {"remote": {"route": "/x"}}],
                "any": ["*", {}],
            }
        },
        "output": ["IMAGE,MASK"],
        "output_node": True,
    },
    "CustomCombo": {
        "input": {"required": {"choice": ["COMBO", {"options": []}]}},
        "output": ["STRING", "INT"],
        "output_node": True,
    },
}
MODE = {"mode": "off", "tags": {"__value__": ["a", "c"]}, "far": "x", "any": ["4", 0], "pictures.p0": ["8", 0]}


def problems(graph: Graph, told: dict[str, Any] | None = TOLD) -> list[Problem]:
    return check_graph(graph, told).listed


def loader(**inputs: Any) -> Node:
    return node("CheckpointLoaderSimple", **inputs)


SAVE: dict[str, Any] = {"images": ["8", 0], "filename_prefix": "x"}
FAULTS: dict[str, tuple[dict[str, Node], str, str | None, str, str]] = {
    "a typing error in a class": (
        {"n5": node("EmptyLatentImag", width=8)},
        *("5", None, "unknown_node"),
        "The node type 'EmptyLatentImag' is not installed on this ComfyUI. Nearest: EmptyLatentImage, ",
    ),
    "a checkpoint by half its name": (
        {"n4": loader(ckpt_name="sdxl/sd_xl_base.safetensors")},
        *("4", "ckpt_name", "missing_model"),
        "The checkpoint 'sdxl/sd_xl_base.safetensors' is not on this ComfyUI. Nearest: sd_xl_base_1.0.safetensors, ",
    ),
    "a sampler that is none": (
        {"n3": sampler(sampler_name="eular")},
        *("3", "sampler_name", "not_a_choice"),
        "'eular' is not one of the choices of 'sampler_name'. Nearest: euler, ",
    ),
    "a picture that is not there": (
        {"n10": node("LoadImage", image="nope.png"), "n11": node("SaveImage", **SAVE | {"images": ["10", 0]})},
        *("10", "image", "missing_file"),
        "The image 'nope.png' is not on this ComfyUI.",
    ),
    "too much": ({"n3": sampler(cfg=101.5)}, "3", "cfg", "out_of_range", "'cfg' is 101.5; the most allowed is 100."),
    "a seed to be drawn": (
        {"n3": sampler(seed=-1)},
        *("3", "seed", "out_of_range"),
        "'seed' is -1; the least allowed is 0.",
    ),
    "a word for a number": (
        {"n3": sampler(steps="many")},
        *("3", "steps", "wrong_type"),
        "'steps' must be a whole number, not 'many'.",
    ),
    "nothing for a number": (
        {"n3": sampler(cfg=None)},
        *("3", "cfg", "wrong_type"),
        "'cfg' must be a number, not 'None'.",
    ),
    "no model": (
        {"n3": node("KSampler", **{k: v for k, v in sampler()["inputs"].items() if k != "model"})},
        *("3", "model", "missing_input"),
        "The input 'model' is missing.",
    ),
    "a link to nothing": (
        {"n3": sampler(model=["99", 0])},
        *("3", "model", "missing_node"),
        "'model' is linked to node 99, which is not in the workflow.",
    ),
    "a link to the fourth of three": (
        {"n3": sampler(model=["4", 3])},
        *("3", "model", "wrong_output"),
        "'model' is linked to output 3 of 'Load Checkpoint' (CheckpointLoaderSimple, node 4), which has 3.",
    ),
    "a link to the output before the first": (
        {"n3": sampler(model=["4", -1])},
        *("3", "model", "wrong_output"),
        "'model' is linked to output -1 of",
    ),
    "a CLIP for a model": (
        {"n3": sampler(model=["4", 1])},
        *("3", "model", "link_type"),
        "'model' needs MODEL but is given CLIP by its link to 'Load Checkpoint'",
    ),
    "a number for a node": (
        {"n3": sampler(model=[4, 0])},
        *("3", "model", "bad_link"),
        "The link at 'model' must name node 4 as text, not as a number.",
    ),
    "half a link": (
        {"n3": sampler(model=["4"])},
        *("3", "model", "bad_link"),
        "The link at 'model' is malformed; it must name a node and a slot.",
    ),
    "a list of two for a text": (
        {"n6": node("CLIPTextEncode", text=["a", "b"], clip=["4", 1])},
        *("6", "text", "bad_link"),
        "The link at 'text' is malformed;",
    ),
    "a circle": (
        {"n3": sampler(latent_image=["3", 0])},
        *("3", None, "circle"),
        "Nodes depend on each other in a circle: KSampler (node 3).",
    ),
    "a way out of the folder": (
        {"n10": node("LoadImage", image="../../etc/passwd"), "n11": node("SaveImage", **SAVE | {"images": ["10", 0]})},
        *("10", "image", "unsafe_path"),
        "'image' must not leave its folder with \"..\".",
    ),
    "an absolute path that nobody needs": (
        {"n10": node("LoadImage", image="/etc/passwd")},
        *("10", "image", "unsafe_path"),
        "'image' must not be an absolute path.",
    ),
    "a backslash": (
        {"n10": node("LoadImage", image="..\\x.png")},
        *("10", "image", "unsafe_path"),
        "'image' must be a plain name, without backslashes or U+0000.",
    ),
    "a choice among several that is none": (
        {"n20": node("Mode", **MODE | {"tags": {"__value__": ["a", "z"]}})},
        *("20", "tags", "not_a_choice"),
        "'['a', 'z']' is not one of the choices of 'tags'. It knows a, b, c.",
    ),
    "too much of what a choice brings along": (
        {"n20": node("Mode", **MODE | {"mode": "on", "mode.power": 10})},
        *("20", "mode.power", "out_of_range"),
        "'mode.power' is 10; the most allowed is 9.",
    ),
    "a choice without what it brings along": (
        {"n20": node("Mode", **MODE | {"mode": "on"})},
        *("20", "mode.power", "missing_input"),
        "The input 'mode.power' is missing.",
    ),
    "none of the pictures of which there must be one": (
        {"n20": node("Mode", **{name: value for name, value in MODE.items() if name != "pictures.p0"})},
        *("20", "pictures.p0", "missing_input"),
        "The input 'pictures.p0' is missing.",
    ),
    "a model for one of many pictures": (
        {"n20": node("Mode", **MODE | {"pictures.p0": ["8", 0], "pictures.p1": ["4", 0]})},
        *("20", "pictures.p1", "link_type"),
        "'pictures.p1' needs IMAGE but is given MODEL",
    ),
}


@pytest.mark.parametrize("what", FAULTS)
def test_one_fault_is_one_error(what: str) -> None:
    changed, node_id, entry, code, message = FAULTS[what]
    found = problems(txt2img(**changed))
    assert [(one.severity, one.node_id, one.input, one.code) for one in found] == [("error", node_id, entry, code)]
    assert found[0].message.startswith(message)


def test_a_sound_graph_has_no_problem() -> None:
    extra = {
        "n10": node("LoadImage", image="below/known.png"),
        "n11": node("LoadImage", image="media:0b0c1f4e-5a38-4a1e-9b57-0f6d1f2f3a4b"),
        "n20": node("Mode", **MODE | {"pictures.p1000": ["99", 0], "unheard of": ["99", 0]}),
        "n22": node("CustomCombo", choice="written by its author", index=0, option1="written by its author"),
        "n21": node("SaveImage", **SAVE | {"images": ["20", 0]}),
    }
    assert problems(txt2img(**extra)) == []
    assert problems(txt2img(), None) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"n3": sampler(steps=2.5)}, "converted"),
        ({"n6": node("CLIPTextEncode", text=None, clip=["4", 1])}, "converted"),
        ({"n20": node("Mode", **MODE | {"mode": "sideways"})}, "not_a_choice"),
        ({"n20": node("Mode", **{name: value for name, value in MODE.items() if name != "mode"})}, "missing_input"),
        ({"n30": sampler(steps=0, model=["4", 1])}, "link_type"),
    ],
    ids=["cut to a whole number", "written out", "unknown mode", "no mode", "nobody needs it"],
)
def test_what_comfyui_takes_is_a_warning(changed: dict[str, Node], code: str) -> None:
    found = problems(txt2img(**changed))
    assert {one.severity for one in found} == {"warning"}
    assert code in {one.code for one in found}


def test_numbers_as_text_are_taken() -> None:
    assert problems(txt2img(n3=sampler(steps="12", cfg="7.5", seed=5.0))) == []


def test_nothing_to_run() -> None:
    graph = {node_id: node for node_id, node in txt2img().items() if node_id != "9"}
    assert [(one.severity, one.node_id, one.code) for one in problems(graph)] == [("error", None, "no_output")]


def test_a_missing_model_comes_with_what_is_there() -> None:
    [found] = problems(txt2img(n4=loader(ckpt_name="V1-5 pruned.ckpt")))
    assert found.value == "V1-5 pruned.ckpt"
    assert found.nearest[0] == "v1-5-pruned-emaonly.safetensors"
    assert set(found.nearest) < set(found.choices)
    assert (found.title, found.class_type) == (None, "CheckpointLoaderSimple")


def test_without_a_server_only_the_links_are_sure() -> None:
    changed = {"n3": sampler(steps=0, model=["99", 0]), "n5": node("Somebody's", a=1), "n4": loader(ckpt_name="x")}
    found = {(one.severity, one.node_id, one.input, one.code) for one in problems(txt2img(**changed), None)}
    assert found == {
        ("error", "3", "model", "missing_node"),
        ("warning", "3", "steps", "out_of_range"),
        ("warning", "5", None, "unknown_node"),
    }


def test_long_lists_have_an_end_and_errors_come_first() -> None:
    listed = [f"style_{number}.safetensors" for number in range(20_000)]
    told = TOLD | {
        "LoraLoaderModelOnly": {
            "input": {"required": {"lora_name": [listed, {}], "strength_model": ["FLOAT", {"max": 1.0}]}},
            "output": ["MODEL"],
            "output_node": True,
        }
    }
    many = {
        str(n): node("LoraLoaderModelOnly", lora_name=f"stile_{n}.safetensors", strength_model=2) for n in range(400)
    }
    unused = {"w": node("KSampler")}
    checked = check_graph(unused | many, told)
    assert (len(checked.listed), checked.more, checked.ok) == (MAX_PROBLEMS, 800 + 10 - MAX_PROBLEMS, False)
    assert {one.severity for one in checked.listed} == {"error"}
    first = next(one for one in checked.listed if one.input == "lora_name")
    assert len(first.choices) == MAX_CHOICES
    assert all(name.startswith("style_") for name in first.nearest)
    assert len(first.nearest) == 3
