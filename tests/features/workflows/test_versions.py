"""What a workflow was: each change is a version, generations point at theirs, and none is lost by going back."""

import json
from typing import Any
from uuid import uuid4

import pytest

from spoonfeeder.features.workflows import versions
from tests.features.foreign import insert_foreign
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow

PATH = "/comfyui/workflows"
FIRST = workflow("txt2img_sd15")


def changed(**inputs: Any) -> dict[str, Any]:
    graph = workflow("txt2img_sd15")
    graph["3"]["inputs"] |= inputs
    return graph


async def make(api: Application, **fields: Any) -> str:
    made = await api.json("POST", PATH, 201, json={"workflow_json": FIRST, **fields})
    return f"{PATH}/{made['id']}"


async def numbers(api: Application, path: str) -> list[int]:
    return [version["number"] for version in await api.json("GET", f"{path}/versions")]


async def test_only_changes_of_the_content_make_versions(api: Application) -> None:
    path = await make(api, default_parameters={"steps": 5})
    for same in ({"name": "x"}, {"workflow_json": FIRST}, {"workflow_json": json.dumps(FIRST, indent=2)}):
        assert (await api.json("PATCH", path, json=same))["version"] == 1
    await api.json("PATCH", f"{path}/parameters", json={"steps": 5})
    assert await numbers(api, path) == [1]
    assert (await api.json("PATCH", path, json={"workflow_json": changed(cfg=3.5)}))["version"] == 2
    assert (await api.json("PATCH", f"{path}/parameters", json={"steps": 6}))["version"] == 3
    assert (await api.json("PUT", path, json={"default_parameters": {}}))["version"] == 4
    listed = await api.json("GET", f"{path}/versions")
    assert [(row["number"], row["is_current"]) for row in listed] == [(4, True), (3, False), (2, False), (1, False)]
    assert [row["default_parameters"] for row in listed] == [{}, {"steps": 6}, {"steps": 5}, {"steps": 5}]
    assert listed[3]["created_by"] is not None
    first = await api.json("GET", f"{path}/versions/1")
    assert json.loads(first["workflow_json"]) == FIRST
    assert first["extracted_parameters"]
    assert await api.json("GET", f"{path}/versions?limit=1") == listed[:1]


async def test_the_difference_of_two(api: Application) -> None:
    path = await make(api, default_parameters={"steps": 5})
    after = changed(cfg=3.5, seed=2**64 - 1, model=["11", 0])
    del after["9"]
    after["11"] = {"class_type": "LoraLoader", "inputs": {"model": ["4", 0]}, "_meta": {"title": "LoRA"}}
    after["6"]["_meta"] = {"title": "What to draw"}
    after["7"]["inputs"]["new"] = None
    await api.json("PATCH", path, json={"workflow_json": after, "default_parameters": {"cfg_scale": 2}})
    told = await api.json("GET", f"{path}/diff")
    assert (told["before"], told["after"]) == (1, 2)
    assert told["added"] == [{"node_id": "11", "class_type": "LoraLoader", "title": "LoRA"}]
    assert [node["node_id"] for node in told["removed"]] == ["9"]
    nodes = {node["node_id"]: node for node in told["changed"]}
    assert nodes.keys() == {"3", "6", "7"}
    values = {change["name"]: (change["before"], change["after"]) for change in nodes["3"]["inputs"]}
    assert values == {
        "cfg": (FIRST["3"]["inputs"]["cfg"], 3.5),
        "seed": (FIRST["3"]["inputs"]["seed"], str(2**64 - 1)),
    }
    assert [(link["before"], link["after"]) for link in nodes["3"]["links"]] == [(["4", 0], ["11", 0])]
    assert (nodes["6"]["title"], nodes["6"]["inputs"]) == ("What to draw", [])
    assert nodes["7"]["inputs"] == [{"name": "new", "is_new": True, "is_gone": False, "before": None, "after": None}]
    assert [(change["name"], change["is_gone"]) for change in told["default_parameters"]] == [
        ("steps", True),
        ("cfg_scale", False),
    ]
    back = await api.json("GET", f"{path}/diff?from=2&to=1")
    assert [node["node_id"] for node in back["added"]] == ["9"]
    same = await api.json("GET", f"{path}/diff?from=2&to=2")
    assert (same["added"], same["removed"], same["changed"], same["default_parameters"]) == ([], [], [], [])


async def test_going_back_is_a_new_version(api: Application) -> None:
    await api.profile()
    editor = workflow("ui_txt2img_sd15")
    made = await api.json("POST", PATH, 201, json={"workflow_json": editor, "default_parameters": {"steps": 5}})
    path = f"{PATH}/{made['id']}"
    assert (await api.json("PATCH", path, json={"workflow_json": changed(cfg=1)}))["has_original"] is False
    back = await api.json("POST", f"{path}/versions/1/restore")
    assert (back["version"], back["has_original"], back["default_parameters"]) == (3, True, {"steps": 5})
    assert back["workflow_json"] == made["workflow_json"]
    assert (await api.json("POST", f"{path}/versions/3/restore"))["version"] == 3
    assert (await api.json("POST", f"{path}/versions/1/restore"))["version"] == 3, "that is what it is"
    assert await numbers(api, path) == [3, 2, 1]
    for cfg in (1, FIRST["3"]["inputs"]["cfg"]):
        same_graph = json.loads(made["workflow_json"])
        same_graph["3"]["inputs"]["cfg"] = cfg
        edited = await api.json("PATCH", path, json={"workflow_json": same_graph})
    assert (edited["version"], edited["has_original"]) == (5, False)
    back = await api.json("POST", f"{path}/versions/1/restore")
    assert (back["version"], back["has_original"]) == (6, True), "the editor's graph is a part of it"
    moved = json.loads(json.dumps(editor))
    moved["nodes"][0]["pos"] = [5, 5]
    assert (await api.json("PATCH", path, json={"workflow_json": moved}))["version"] == 7
    kept = await api.json("GET", f"{path}/versions/7")
    assert json.loads(kept["original"]) == moved


async def test_what_is_not_there(api: Application) -> None:
    foreign = await insert_foreign(api.settings)
    path = await make(api)
    for suffix in ("/versions/2", "/diff?from=2", "/diff?to=2"):
        assert (await api.json("GET", path + suffix, 404))["code"] == "WORKFLOW_VERSION_NOT_FOUND"
    assert (await api.json("POST", f"{path}/versions/2/restore", 404))["code"] == "WORKFLOW_VERSION_NOT_FOUND"
    for suffix in ("/versions/0", f"/versions/{2**31}", "/versions/x", "/diff?from=0", "/diff?to=x"):
        await api.json("GET", path + suffix, 422)
    for workflow_id in (uuid4(), foreign.workflow_id):
        for suffix in ("/versions", "/versions/1", "/diff", "/export", "/export?format=png"):
            refused = await api.json("GET", f"{PATH}/{workflow_id}{suffix}", 404)
            assert refused["code"] == "WORKFLOW_NOT_FOUND", suffix
        await api.json("POST", f"{PATH}/{workflow_id}/versions/1/restore", 404)


async def test_generations_point_at_theirs_and_keep_it(api: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "MOST_KEPT", 2)
    session_id = await api.session(FIRST)
    workflow_id = (await api.json("GET", f"/comfyui/sessions/{session_id}"))["current_workflow_id"]
    path = f"{PATH}/{workflow_id}"
    one = await api.generate(session_id)
    await api.json("PATCH", path, json={"workflow_json": changed(cfg=2.5)})
    two = await api.json("POST", f"{path}/execute", 201, json={})
    assert one["workflow_version_id"] not in {None, two["workflow_version_id"]}
    assert (await api.generate(session_id, workflow_json=FIRST))["workflow_version_id"] is None
    for number in range(3):
        await api.json("PATCH", path, json={"workflow_json": changed(steps=number + 1)})
    assert await numbers(api, path) == [5, 4, 2, 1], "the third was nobody's"
    again = await api.json("POST", f"/comfyui/generations/{one['id']}/rerun", 201)
    assert again["workflow_version_id"] == one["workflow_version_id"]
