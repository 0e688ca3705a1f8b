"""RELIABILITY A11 and A12: file names in graphs stay in their folders."""

from typing import Any

import pytest

from spoonfeeder.comfy.files import FileInput, file_inputs
from spoonfeeder.comfy.plan import plan
from spoonfeeder.core.errors import Invalid
from tests.comfy.graphs import inputs_of, node, object_info, txt2img
from tests.fixtures.workflows import workflow

UPLOAD = "media:0b7c2f4e-6a57-4d6e-9f0b-3f1f0a4f7c11"
ESCAPES = [
    "../../etc/passwd",
    "a/../../b.png",
    "..",
    "/etc/passwd",
    "~/x.png",
    "C:/x.png",
    "..\\x.png",
    "a\\b.png",
    "x\x00.png",
    "other.png [output]",
    "preview.png [temp]",
    "x.png [output] ",
    "../x.png [input]",
    "media:1",
    "media:../../x",
]


def test_inputs_that_name_uploads() -> None:
    assert file_inputs(workflow("inpaint_sd15_noise_mask")) == [
        FileInput("10", "image", "example_input.png", "image"),
        FileInput("11", "image", "example_input_rgba.png", "image"),
    ]
    assert file_inputs(txt2img()) == []


def test_comfyui_tells_of_inputs_that_no_table_knows() -> None:
    told = object_info() | {"MyLoader": {"input": {"required": {"clip": ["COMBO", {"video_upload": True}]}}}}
    graph = {
        "1": node("MyLoader", clip="a.mp4"),
        "2": node("LoadAudio", audio="a.mp3"),
        "3": node("LoadVideo", file=UPLOAD),
    }
    assert [(file.node_id, file.kind) for file in file_inputs(graph, told)] == [
        ("1", "video"),
        ("2", "audio"),
        ("3", "video"),
    ]


def test_a_linked_file_is_found_at_its_literal() -> None:
    graph = {
        "1": node("LoadImage", image=["2", 0]),
        "2": node("PrimitiveString", value="a.png"),
        "3": node("LoadImage", image=["4", 0]),
        "4": node("Math", a=1, b=2),
    }
    assert file_inputs(graph) == [FileInput("2", "value", "a.png", "image")]


@pytest.mark.parametrize(
    "value", ["a.png", "folder/a b (1).png", "日本.png", "a..b.png", "a.png [input]", "...", UPLOAD]
)
def test_names_that_stay(value: str) -> None:
    planned = plan(workflow("img2img_sd15"), parameters={"input_image": value}, draw=None)
    assert inputs_of(planned.graph, "10")["image"] == value
    assert planned.parameters["input_image"] == value


@pytest.mark.parametrize("value", ESCAPES)
@pytest.mark.parametrize("name", ["input_image", "10.image"])
def test_names_that_leave_are_refused_in_a_request(name: str, value: str) -> None:
    with pytest.raises(Invalid) as raised:
        plan(workflow("img2img_sd15"), parameters={name: value})
    assert (raised.value.details or [])[0]["loc"] == "parameters.10.image"


@pytest.mark.parametrize("value", ESCAPES)
def test_names_that_leave_are_refused_in_the_graph_itself(value: str) -> None:
    graph = workflow("img2img_sd15")
    graph["10"]["inputs"]["image"] = value
    with pytest.raises(Invalid, match=r"10\.image must|10\.image is no"):
        plan(graph)


def test_a_linked_name_that_leaves_is_refused() -> None:
    graph = workflow("img2img_sd15")
    graph["10"]["inputs"]["image"] = ["20", 0]
    graph["20"] = node("PrimitiveString", value="../x.png")
    with pytest.raises(Invalid, match=r"20\.value must not leave"):
        plan(graph)


@pytest.mark.parametrize("value", ["../../custom_nodes/x", "/etc/x", "C:\\x", "a/../../b", "~x"])
def test_save_prefixes_that_leave_are_refused_in_a_request(value: str) -> None:
    with pytest.raises(Invalid, match=r"9\.filename_prefix must"):
        plan(txt2img(), parameters={"9.filename_prefix": value})


def test_a_linked_save_prefix_is_no_way_round() -> None:
    graph = txt2img(
        n9=node("SaveImage", images=["8", 0], filename_prefix=["20", 0]), n20=node("PrimitiveString", value="x")
    )
    with pytest.raises(Invalid, match=r"9\.filename_prefix must not leave"):
        plan(graph, parameters={"9.filename_prefix": "../x"})


@pytest.mark.parametrize("field", ["folder_name", "output_dir", "prefix"])
def test_other_folders_to_write_to_are_refused_in_the_graph(field: str) -> None:
    inputs: dict[str, Any] = {"images": ["8", 0], field: "../../custom_nodes"}
    with pytest.raises(Invalid, match=rf"20\.{field} must not leave"):
        plan(txt2img(n20=node("SaveImageDataSetToFolder", **inputs)))
