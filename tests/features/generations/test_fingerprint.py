"""What a generation was made on is kept with it, and never in its way."""

from typing import Any

import pytest

from spoonfeeder.comfy.fingerprint import class_digests
from spoonfeeder.features.generations.fingerprint import environment_changes
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow
from tests.storage.files import picture

SAMPLER = ["euler", "heun"]


def definition(**changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "input": {
            "required": {
                "model": [["a.safetensors", "b.ckpt"]],
                "sampler": [SAMPLER, {"tooltip": "How"}],
                "image": [["one.png"], {"image_upload": True}],
                "steps": ["INT", {"default": 20, "min": 1, "max": 100}],
            }
        },
        "output": ["IMAGE"],
        "output_is_list": [False],
        "description": "Makes something",
    }
    told["input"]["required"] |= changes.pop("required", {})
    return told | changes


@pytest.mark.parametrize(
    ("now", "is_same"),
    [
        pytest.param(definition(), True, id="nothing"),
        pytest.param(definition(required={"model": [["c.safetensors"]]}), True, id="model files"),
        pytest.param(definition(required={"model": [[]]}), True, id="no model files"),
        pytest.param(definition(required={"model": ["COMBO", {"options": ["a.gguf"]}]}), True, id="newer spelling"),
        pytest.param(definition(required={"image": [["two.png"], {"image_upload": True}]}), True, id="input files"),
        pytest.param(definition(required={"sampler": [SAMPLER, {"tooltip": "Which"}]}), True, id="words"),
        pytest.param(definition(description="Else", search_aliases=["x"]), True, id="description"),
        pytest.param(definition(required={"sampler": [[*SAMPLER, "lms"]]}), False, id="a choice more"),
        pytest.param(
            definition(required={"steps": ["INT", {"default": 30, "min": 1, "max": 100}]}), False, id="default"
        ),
        pytest.param(definition(required={"steps": ["FLOAT", {"default": 20}]}), False, id="type"),
        pytest.param(definition(required={"denoise": ["FLOAT", {}]}), False, id="an input more"),
        pytest.param(definition(output=["LATENT"]), False, id="output"),
        pytest.param(definition(python_module="custom_nodes.other"), False, id="somebody else's"),
    ],
)
def test_a_class_is_what_it_takes_and_gives(now: dict[str, Any], *, is_same: bool) -> None:
    before, after = ({"Maker": each} for each in (definition(), now))
    assert (class_digests(before, ["Maker"]) == class_digests(after, ["Maker"])) == is_same


def test_odd_definitions_are_no_obstacle() -> None:
    odd: dict[str, Any] = {"A": None, "B": {"input": 3}, "C": {"input": {"required": {"x": [[1e400, None, {}]]}}}}
    assert set(class_digests(odd, ["A", "B", "C", "D", "B"])) == {"B", "C"}


def test_changes_are_told_in_words() -> None:
    before = {
        "comfyui_version": "0.3.64",
        "pytorch_version": "2.1.0",
        "python_version": "3.11.7",
        "devices": ["cuda:0 NVIDIA RTX 3090"],
        "node_classes": {"KSampler": "a", "SaveImage": "b", "Gone": "c"},
        "inputs": {"4.image": "1" * 64},
    }
    after = {
        "comfyui_version": "0.33.0",
        "pytorch_version": None,
        "python_version": "3.11.7",
        "devices": ["cpu"],
        "node_classes": {"KSampler": "z", "SaveImage": "b", "New": "d"},
        "inputs": {"4.image": "2" * 64},
    }
    told = environment_changes(before, after)
    assert [change.message for change in told] == [
        "ComfyUI 0.3.64 before, 0.33.0 now.",
        "It ran on cuda:0 NVIDIA RTX 3090 before, on cpu now.",
        "The node class KSampler has changed.",
        "The file of the input 4.image is another one.",
    ]
    assert [change.what for change in told][-2:] == ["node_classes.KSampler", "inputs.4.image"]
    assert environment_changes(before, before) == []
    assert [change.message for change in environment_changes(before, None)] == [
        "What the second one was made on is not known."
    ]


async def test_it_is_kept_with_the_first_run_already(application: Application) -> None:
    file = {"file": ("in.png", picture(), "image/png")}
    upload = await application.json("POST", "/comfyui/uploads", 201, files=file)
    session_id = await application.session(workflow("img2img_sd15"))
    for _ in range(2):
        made = await application.generate(session_id, parameters={"input_image": upload["reference"]})
        row = await application.ended(made["id"])
        assert row["status"] == "completed", row["error"]
        kept = row["fingerprint"]
        told = (kept["comfyui_version"], kept["pytorch_version"], kept["devices"])
        assert told == ("0.33.0", "simulated", ["simulated"])
        assert set(kept["node_classes"]) == {node["class_type"] for node in workflow("img2img_sd15").values()}
        assert list(kept["inputs"].values()) == [upload["sha256"]]
    waiting = await application.json("POST", f"/comfyui/generations/{row['id']}/rerun", 201)
    assert "fingerprint" not in waiting


async def test_a_comfyui_that_tells_nothing_runs_all_the_same(application: Application) -> None:
    for path in ("/system_stats", "/object_info"):
        application.simulator.faults.add(path, "status", times=1_000)
    made = await application.generate(await application.session(workflow("txt2img_sd15")))
    row = await application.ended(made["id"])
    assert row["status"] == "completed", row["error"]
    kept = row["fingerprint"]
    assert (kept["comfyui_version"], kept["node_classes"], kept["inputs"]) == (None, None, {})
