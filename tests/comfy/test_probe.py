"""The output probe: our prefix in, the user's prefix back, and the files that prove a run."""

import copy
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spoonfeeder.comfy.outputs import OutputFile
from spoonfeeder.comfy.probe import own_prefixes, probe_files, user_file_name, with_probe, without_probe
from tests.comfy.recorded import graph_of

ID = "0e8718c8-c253-4784-81dd-74076590e599"


def _save(prefix: Any, source: str = "1", **more: Any) -> dict[str, Any]:
    return {"class_type": "SaveImage", "inputs": {"filename_prefix": prefix, "images": [source, 0]}, **more}


def test_every_save_node_gets_our_prefix_and_the_graph_stays_as_it_is() -> None:
    graph = graph_of("v0.33.0", "success_output_kinds")
    before = copy.deepcopy(graph)
    probed = with_probe(graph, ID)
    assert graph == before
    saving = {node for node, told in graph.items() if "filename_prefix" in told["inputs"]}
    assert len(saving) == 8
    for node in saving:
        assert probed[node]["inputs"]["filename_prefix"] == f"sf/{ID}/0e8718c8_{node}"
    assert without_probe(probed, own_prefixes(graph)) == graph


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.text(max_size=8),
        st.fixed_dictionaries(
            {"class_type": st.sampled_from(["SaveImage", "KSampler"])},
            optional={
                "inputs": st.dictionaries(
                    st.sampled_from(["filename_prefix", "text"]),
                    st.text() | st.integers() | st.lists(st.text(), max_size=2),
                ),
                "_meta": st.just({"title": "t"}),
            },
        ),
        max_size=5,
    )
)
def test_the_inverse_restores_any_graph(graph: dict[str, Any]) -> None:
    prefixes = own_prefixes(graph)
    assert without_probe(with_probe(graph, ID), prefixes) == graph


@pytest.mark.parametrize("prefix", ["../../custom_nodes/x", "/etc/cron.d/x", "C:\\x", "%date%", "", 5, None])
def test_no_prefix_of_a_user_is_submitted(prefix: Any) -> None:
    probed = with_probe({"1": {"class_type": "EmptyImage", "inputs": {}}, "9": _save(prefix)}, ID)
    assert probed["9"]["inputs"]["filename_prefix"] == f"sf/{ID}/0e8718c8_9"


def test_a_linked_prefix_stays_unless_its_text_leaves_the_folder() -> None:
    def graph(text: str) -> dict[str, Any]:
        source = {"class_type": "PrimitiveString", "inputs": {"value": text}}
        return {"1": {"class_type": "EmptyImage", "inputs": {}}, "5": source, "9": _save(["5", 0])}

    assert with_probe(graph("holiday"), ID)["9"]["inputs"]["filename_prefix"] == ["5", 0]
    hostile = graph("../../escape")
    assert with_probe(hostile, ID)["9"]["inputs"]["filename_prefix"] == f"sf/{ID}/0e8718c8_9"
    assert without_probe(with_probe(hostile, ID), own_prefixes(hostile)) == hostile


def test_odd_node_ids_make_plain_and_different_names() -> None:
    ids = ["1", "1_2", "1:2", "1=5f2", "../x", "%width%", "ü", "n" * 500, "n" * 501]
    graph = {node: _save("x") for node in ids}
    stems = [told["inputs"]["filename_prefix"].rpartition("/")[2] for told in with_probe(graph, ID).values()]
    assert len(set(stems)) == len(ids)
    for stem in stems:
        assert len(stem) <= 120
        assert stem.count("_") == 1  # ComfyUI reads the counter behind the next underscore
        assert not set(stem) & set("/\\:%")


def test_the_files_of_a_batch() -> None:
    files = probe_files(graph_of("v0.33.0", "success_batch4"), ID, batch_size=4)
    assert files is not None
    assert [[(one.subfolder, one.filename) for one in file.candidates] for file in files] == [
        [(f"sf/{ID}", f"0e8718c8_9_0000{number}_.png")] for number in (1, 2, 3, 4)
    ]


def test_a_uuid_works_as_well() -> None:
    generation_id = uuid4()
    files = probe_files({"1": {"class_type": "EmptyImage", "inputs": {}}, "9": _save("x")}, generation_id, batch_size=1)
    assert files is not None
    assert files[0].candidates[0].filename == f"{str(generation_id)[:8]}_9_00001_.png"


@pytest.mark.parametrize(
    ("class_type", "names"),
    [
        ("SaveVideo", ["_00001_.mp4"]),
        ("SaveWEBM", ["_00001_.webm"]),
        ("SaveAnimatedWEBP", ["_00001_.webp"]),
        ("SaveAudioMP3", ["_00001.mp3", "_00001_.mp3"]),
        ("SaveLatent", ["_00001_.latent"]),
    ],
)
def test_one_file_of_other_kinds(class_type: str, names: list[str]) -> None:
    graph = {"1": {"class_type": "EmptyImage", "inputs": {}}, "9": {**_save("x"), "class_type": class_type}}
    files = probe_files(graph, ID, batch_size=4)
    assert files is not None
    assert [[one.filename for one in file.candidates] for file in files] == [[f"0e8718c8_9{name}" for name in names]]


@pytest.mark.parametrize(
    "graph",
    [
        {},
        {
            "1": {"class_type": "EmptyImage", "inputs": {}},
            "8": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
        },
        {
            "1": {"class_type": "EmptyImage", "inputs": {}},
            "8": _save("x"),
            "9": {**_save("x"), "class_type": "MyOwnSaver"},
        },
        {"5": {"class_type": "PrimitiveString", "inputs": {"value": "x"}}, "9": _save(["5", 0])},
        {"1": {"class_type": "LoadVideoFrames", "inputs": {}}, "9": _save("x")},
        {"1": {"class_type": "EmptyHunyuanLatent", "inputs": {"length": 25}}, "9": _save("x")},
        {
            "1": {"class_type": "EmptyImage", "inputs": {}},
            "9": {"class_type": "SaveImage", "inputs": {"images": ["1", 0]}},
        },
    ],
    ids=["empty", "preview", "unknown saver", "linked", "frames", "length", "no prefix"],
)
def test_where_files_cannot_prove_the_run(graph: dict[str, Any]) -> None:
    assert probe_files(graph, ID, batch_size=1) is None


def test_output_nodes_of_the_server_decide_when_they_are_known() -> None:
    graph = {
        "1": {"class_type": "EmptyImage", "inputs": {}},
        "8": {"class_type": "Dead", "inputs": {}},
        "9": _save("x"),
    }
    assert probe_files(graph, ID, batch_size=1) is None
    assert probe_files(graph, ID, batch_size=1, output_nodes=["9"]) is not None


def test_downloads_carry_the_users_own_prefix() -> None:
    file = OutputFile("9", "images", "0e8718c8_9_00002_.png", f"sf/{ID}", "output", "image")
    assert user_file_name(file, ID, {"9": "portraits/anna"}) == "anna_00002_.png"
    assert user_file_name(file, ID, {"9": "spoon/%year%/img_%width%x%height%"}) == "img_x_00002_.png"
    assert user_file_name(file, ID, {"9": "../../"}) == "ComfyUI_00002_.png"
    assert user_file_name(file, ID, {}) == "0e8718c8_9_00002_.png"
