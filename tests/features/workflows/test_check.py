"""The check before a run: everything that would be refused, in words, and nothing is run."""

from typing import Any
from uuid import uuid4

import pytest

from spoonfeeder.comfy import backends
from tests.features.foreign import insert_foreign
from tests.fixtures.application import Application
from tests.fixtures.openai_media_replies import png
from tests.fixtures.workflows import workflow

PATH = "/comfyui/workflows"
PROBLEM = {"severity", "node_id", "title", "class_type", "input", "code", "message", "value", "choices", "nearest"}


async def stored(api: Application, graph: dict[str, Any], **fields: Any) -> str:
    made = await api.json("POST", PATH, 201, json={"workflow_json": graph, "name": "W", **fields})
    return f"{PATH}/{made['id']}/check"


def told(checked: dict[str, Any]) -> set[tuple[str, str | None, str | None, str]]:
    assert all(problem.keys() == PROBLEM for problem in checked["problems"])
    return {(one["severity"], one["node_id"], one["input"], one["code"]) for one in checked["problems"]}


async def test_a_run_is_checked_without_being_made(api: Application) -> None:
    graph = workflow("img2img_sd15")
    path = await stored(api, graph, profile_id=await api.profile(), default_parameters={"steps": 12})
    upload = await api.json("POST", "/comfyui/uploads", 201, files={"file": ("a.png", png())})
    wished = {"input_image": upload["reference"], "checkpoint_name": "v1-5-pruned-emaonly", "seed": -1}
    body = {"prompt_text": "a ship", "parameters": wished}
    assert await api.json("POST", path, json=body) == {
        "ok": True,
        "problems": [],
        "more": 0,
        "checked_against": "live",
    }
    missing = f"media:{uuid4()}"
    wished = {"10.image": missing, "checkpoint_name": "v1-5-pruned-emaonli.safetensors"}
    checked = await api.json("POST", path, json={"parameters": wished})
    assert not checked["ok"]
    assert told(checked) == {
        ("error", "10", "image", "missing_upload"),
        ("error", "4", "ckpt_name", "missing_model"),
        ("warning", None, None, "parameter"),
    }
    model = next(one for one in checked["problems"] if one["code"] == "missing_model")
    assert model["nearest"][0] == "v1-5-pruned-emaonly.safetensors"
    assert model["message"].startswith("The checkpoint 'v1-5-pruned-emaonli.safetensors' is not on this ComfyUI.")
    assert await api.json("GET", "/comfyui/generations") == []
    assert api.simulator.log.requests["POST /prompt"] == 0


async def test_faults_of_the_request_are_told_with_those_of_the_graph(api: Application) -> None:
    graph = workflow("invalid_missing_and_range")
    path = await stored(api, graph, profile_id=await api.profile())
    wished = {"3.steps": "many", "width": 70_000, "4.nothing": 1, "nonsense": 2}
    checked = await api.json("POST", path, json={"parameters": wished})
    assert told(checked) == {
        *(("error", "3", name, code) for name, code in (("cfg", "out_of_range"), ("positive", "missing_input"))),
        ("error", "3", "steps", "parameter"),
        ("error", None, "width", "parameter"),
        ("error", "4", "nothing", "parameter"),
        ("error", None, "nonsense", "parameter"),
    }
    unsafe = {"9.filename_prefix": "../../x", "10.image": "../x.png"}
    path = await stored(api, workflow("img2img_sd15"), profile_id=await api.profile())
    checked = await api.json("POST", path, json={"parameters": unsafe})
    assert told(checked) == {
        ("error", "9", "filename_prefix", "parameter"),
        ("error", "10", "image", "parameter"),
    }


async def test_how_much_is_known_is_told(api: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "OBJECTS_KEPT_SECONDS", 0.0)
    monkeypatch.setattr(backends, "AWAY_SECONDS", 0.0)
    graph = workflow("invalid_missing_and_range")
    path = await stored(api, graph)
    custom = await stored(api, {"1": {"class_type": "Somebody's", "inputs": {}}})
    assert (await api.json("POST", custom))["checked_against"] == "nothing"
    alone = await api.json("POST", path, json={})
    assert (alone["ok"], alone["checked_against"]) == (True, "builtin")
    assert ("warning", "3", "steps", "out_of_range") in told(alone)
    profile_id = await api.profile()
    live = await api.json("POST", f"{path}?profile_id={profile_id}")
    assert (live["ok"], live["checked_against"]) == (False, "live")
    await api.simulator.kill()
    cached = await api.json("POST", path)
    assert cached == live | {"checked_against": "cached"}


async def test_the_first_answer_of_a_comfyui_with_hundreds_of_custom_nodes_is_waited_for(
    api: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who only looks waits less, and does not cut short who has to know."""
    monkeypatch.setattr(backends, "OBJECTS_WAIT_SECONDS", 0.2)
    own = {"1": {"class_type": "ProbeSleep", "inputs": {"seconds": 0.0, "interruptible": True, "nonce": 1}}}
    path = await stored(api, own, profile_id=await api.profile())
    api.simulator.faults.add("/object_info", "slow", seconds=1.5)
    assert (await api.json("GET", path.removesuffix("/check")))["parameters_source"] == "stored"
    checked = await api.json("POST", path, json={"parameters": {"1.seconds": -1}})
    assert checked["checked_against"] == "live"
    assert told(checked) == {("error", "1", "seconds", "parameter")}
    assert (await api.json("GET", path.removesuffix("/check")))["parameters_source"] == "live"
    assert api.simulator.log.requests["GET /object_info"] == 1


async def test_whose_workflow_and_which_comfyui(api: Application) -> None:
    foreign = await insert_foreign(api.settings)
    path = await stored(api, workflow("txt2img_sd15"))
    for unknown in (uuid4(), foreign.workflow_id):
        assert (await api.json("POST", f"{PATH}/{unknown}/check", 404))["code"] == "WORKFLOW_NOT_FOUND"
    for unknown in (uuid4(), foreign.profile_id):
        assert (await api.json("POST", f"{path}?profile_id={unknown}", 404))["code"] == "PROFILE_NOT_FOUND"
    image = f"media:{foreign.media_id}"
    path = await stored(api, workflow("img2img_sd15"), profile_id=await api.profile())
    checked = await api.json("POST", path, json={"parameters": {"10.image": image}})
    assert told(checked) == {("error", "10", "image", "missing_upload")}
    await api.json("POST", path, 422, json={"parameters": []})
    await api.json("POST", path, 422, json={"steps": 3})


async def test_a_run_that_names_more_uploads_than_a_database_can_be_asked_about(api: Application) -> None:
    pictures = {str(n): {"class_type": "LoadImage", "inputs": {"image": f"media:{uuid4()}"}} for n in range(1_001)}
    save = {"class_type": "SaveImage", "inputs": {"images": ["0", 0], "filename_prefix": "x"}}
    graph = pictures | {"save": save}
    path = await stored(api, graph, profile_id=await api.profile())
    assert told(await api.json("POST", path)) == {("error", None, None, "parameter")}
    session_id = await api.session()
    refused = await api.json("POST", f"/comfyui/sessions/{session_id}/generate", 422, json={"workflow_json": graph})
    assert "more than 1000 uploads" in refused["error"]
