"""Every kind of output, and entries that try to do harm."""

from typing import Any

import pytest

from spoonfeeder.comfy.outputs import MAX_FILES, OutputFile, OutputText, output_files, read_outputs
from tests.comfy.recorded import VERSIONS, prompt_id_of, trace


def _recorded(version: str, name: str, index: int = 0) -> Any:
    return read_outputs(trace(version, name)["history"][prompt_id_of(version, name, index)])


@pytest.mark.parametrize("version", VERSIONS)
def test_all_recorded_kinds(version: str) -> None:
    found = _recorded(version, "success_output_kinds")
    kinds = {file.node: (file.key, file.kind, file.animated, file.type) for file in found.files}
    assert kinds == {
        "02": ("images", "video", True, "output"),
        "13": ("images", "video", True, "output"),
        "22": ("images", "image", True, "output"),
        "23": ("images", "image", True, "output"),
        "32": ("audio", "audio", False, "output"),
        "33": ("audio", "audio", False, "output"),
        "34": ("audio", "audio", False, "output"),
        "35": ("audio", "audio", False, "temp"),
        "42": ("latents", "latent", False, "output"),
    }
    assert found.texts == (OutputText("52", "text", "hello"),)
    assert {file.subfolder for file in found.files} == {"", "audio", "latents", "video"}
    assert found.ignored == 0


@pytest.mark.parametrize("version", VERSIONS)
def test_a_batch_is_four_files_in_order(version: str) -> None:
    names = [file.filename for file in _recorded(version, "success_batch4").files]
    assert len(names) == 4
    assert names == sorted(names)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_cached_run_names_the_files_of_the_earlier_one(version: str) -> None:
    assert _recorded(version, "cached_all", 0).files == _recorded(version, "cached_all", 1).files


@pytest.mark.parametrize("version", VERSIONS)
def test_nodes_made_at_run_time_keep_their_ids(version: str) -> None:
    assert [file.node for file in _recorded(version, "subgraph_expansion").files] == ["5.0.0.2", "5.0.0.4", "6"]


def test_keys_of_custom_nodes() -> None:
    video = {"filename": "a.mp4", "subfolder": "vhs", "type": "output", "format": "video/h264-mp4", "frame_rate": 24.0}
    outputs = {
        "1": {"gifs": [video]},
        "2": {"3d": [{"filename": "mesh.glb", "subfolder": None, "type": "output"}]},
        "3": {"video": {"filename": "b.WEBM"}, "note": "plain", "score": [1.5, None, True]},
        "10": {"a_images": [{"filename": "c", "type": "temp"}]},
    }
    found = read_outputs({"outputs": outputs})
    assert [(file.node, file.key, file.filename, file.kind) for file in found.files] == [
        ("1", "gifs", "a.mp4", "video"),
        ("2", "3d", "mesh.glb", "3d"),
        ("3", "video", "b.WEBM", "video"),
        ("10", "a_images", "c", "file"),
    ]
    assert found.texts == (OutputText("3", "note", "plain"),)


@pytest.mark.parametrize(
    "file",
    [
        {"filename": "../x.png"},
        {"filename": "a/b.png"},
        {"filename": "a\\b.png"},
        {"filename": "C:x.png"},
        {"filename": ".."},
        {"filename": ""},
        {"filename": "a\x00.png"},
        {"filename": "a\r\n.png"},
        {"filename": "x" * 256},
        {"filename": 5},
        {"filename": None},
        {"filename": "a.png", "subfolder": "../up"},
        {"filename": "a.png", "subfolder": "a\\..\\..\\up"},
        {"filename": "a.png", "subfolder": "/abs"},
        {"filename": "a.png", "subfolder": "C:\\abs"},
        {"filename": "a.png", "subfolder": 7},
        {"filename": "a.png", "type": "models"},
        {"filename": "a.png", "type": ["output"]},
    ],
    ids=repr,
)
def test_unsafe_names_are_ignored(file: dict[str, Any]) -> None:
    found = read_outputs({"outputs": {"9": {"images": [file, {"filename": "good.png"}]}}})
    assert [kept.filename for kept in found.files] == ["good.png"]
    assert found.ignored == 1


def test_endless_outputs_are_capped() -> None:
    many = [{"filename": f"{number}.png"} for number in range(150_000)]
    found = read_outputs({"outputs": {"9": {"images": many, "text": ["t"] * 1000}}})
    assert len(found.files) == MAX_FILES
    assert found.ignored > 0
    assert (
        sum(len(text.text) for text in read_outputs({"outputs": {"9": {"text": ["t" * 10**7] * 200}}}).texts)
        < 7 * 10**6
    )


@pytest.mark.parametrize(
    "outputs", [None, [], "x", {"9": None}, {"9": {"images": None}}, {"9": [1]}, {"9": {"x": 1e9}}]
)
def test_odd_shapes_are_no_outputs(outputs: Any) -> None:
    assert read_outputs({"outputs": outputs}).files == ()


def test_an_executed_event_has_the_same_files() -> None:
    files = output_files("9", {"images": [{"filename": "a.png", "subfolder": "s", "type": "temp"}]})
    assert files == (OutputFile("9", "images", "a.png", "s", "temp", "image"),)
