"""Two generations beside each other: what was asked of them, and what their graphs have not in common."""

import copy
from typing import Any
from uuid import uuid4

import pytest

from tests.features.foreign import insert_foreign
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow
from tests.serving import NOBODY_URL

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATH = "/comfyui/generations"
LARGE = 2**63 + 1


async def begun(api: Application, graph: Any = None) -> str:
    """A session; its ComfyUI is away."""
    if "profile" not in api.made:
        body = {"name": "Test", "provider": "comfyui", "url": NOBODY_URL}
        api.made["profile"] = (await api.json("POST", "/profiles", 201, json=body))["id"]
    return await api.session(graph)


async def compared(api: Application, first: Any, second: Any) -> Any:
    return await api.json("GET", f"{PATH}/compare?ids={first['id']},{second['id']}")


def parameters(found: Any) -> dict[str, tuple[Any, Any]]:
    return {change["name"]: (change["a"], change["b"]) for change in found["parameters"]}


async def test_only_what_differs_is_told(shared_api: Application) -> None:
    api = shared_api
    session_id = await begun(api, workflow("txt2img_sd15"))
    wishes = {"seed": LARGE, "steps": 5, "cfg_scale": 7}
    first = await api.generate(session_id, prompt_text="a pier", parameters=wishes)
    second = await api.generate(session_id, prompt_text="a ship", parameters={**wishes, "seed": LARGE + 1, "steps": 6})
    found = await compared(api, first, second)
    assert parameters(found) == {"seed": (str(LARGE), str(LARGE + 1)), "steps": (5, 6)}
    assert found["prompts"] == {"prompt_text": {"a": "a pier", "b": "a ship"}, "negative_prompt": None}
    assert found["same_graph"] is False
    assert (found["nodes"]["added"], found["nodes"]["removed"]) == ([], [])
    changes = {node["node_id"]: node for node in found["nodes"]["changed"]}
    assert set(changes) == {"3", "6"}
    told = {change["name"]: (change["before"], change["after"]) for change in changes["3"]["inputs"]}
    assert told == {"seed": (str(LARGE), str(LARGE + 1)), "steps": (5, 6)}
    assert changes["3"]["class_type"] == changes["3"]["class_type_before"] == "KSampler"
    assert found["environment"][0]["message"] == "What the first one was made on is not known."
    shown = (await api.http.get(f"/api{PATH}?session_id={session_id}")).json()["data"]
    assert {row["id"]: row for row in shown} == {found["a"]["id"]: found["a"], found["b"]["id"]: found["b"]}


async def test_nodes_that_came_and_went_and_links(shared_api: Application) -> None:
    api = shared_api
    session_id = await begun(api)
    before = workflow("txt2img_sd15")
    after = copy.deepcopy(before)
    after["99"] = after.pop("7")
    after["3"]["inputs"]["negative"] = ["99", 0]
    after["8"]["_meta"]["title"] = "Renamed"
    bodies = [{"workflow_json": graph, "session_id": session_id} for graph in (before, after, before)]
    first, second, third = [await api.json("POST", "/comfyui/prompt", 201, json=body) for body in bodies]
    nodes = (await compared(api, first, second))["nodes"]
    assert [(node["node_id"], node["class_type"]) for node in nodes["added"]] == [("99", "CLIPTextEncode")]
    assert [node["node_id"] for node in nodes["removed"]] == ["7"]
    changed = {node["node_id"]: node for node in nodes["changed"]}
    assert [change["before"] for change in changed["3"]["links"]] == [["7", 0]]
    assert (changed["8"]["title_before"], changed["8"]["title"]) == ("VAE Decode", "Renamed")
    found = await compared(api, first, third)
    assert (found["same_graph"], found["parameters"], found["nodes"]["changed"]) == (True, [], [])
    assert found["prompts"] == {"prompt_text": None, "negative_prompt": None}
    back = (await compared(api, second, first))["nodes"]
    assert [node["node_id"] for node in back["added"]] == ["7"]


async def test_large_graphs_are_compared_soon(shared_api: Application) -> None:
    api = shared_api
    session_id = await begun(api)
    graphs = [
        {
            str(number): {"class_type": "EmptyImage", "inputs": {"width": 8 + shift, "height": 8, "color": number}}
            for number in range(2_600)
        }
        | {"save": {"class_type": "SaveImage", "inputs": {"filename_prefix": "x", "images": ["0", 0]}}}
        for shift in (0, 1)
    ]
    bodies = [{"workflow_json": graph, "session_id": session_id} for graph in graphs]
    first, second = [await api.json("POST", "/comfyui/prompt", 201, json=body) for body in bodies]
    found = await compared(api, first, second)
    assert found["same_graph"] is False
    assert 2_000 < len(found["nodes"]["changed"]) < 2_600, "no more than anybody reads"


async def test_what_is_not_two_generations_of_ours(shared_api: Application) -> None:
    api = shared_api
    session_id = await begun(api, workflow("txt2img_sd15"))
    mine, gone = [await api.generate(session_id) for _ in range(2)]
    await api.json("POST", f"{PATH}/{gone['id']}/cancel")
    await api.json("DELETE", f"{PATH}/{gone['id']}")
    foreign = await insert_foreign(api.settings)
    for other in (gone["id"], foreign.generation_id, uuid4()):
        for ids in ((mine["id"], other), (other, mine["id"])):
            refused = await api.json("GET", f"{PATH}/compare?ids={ids[0]},{ids[1]}", 404)
            assert (refused["code"], str(other) in refused["error"]) == ("GENERATION_NOT_FOUND", True)
    other = str(gone["id"])
    wrong = ("", "?ids=", f"?ids={mine['id']}", f"?ids={mine['id']},{mine['id'].upper()}", "?ids=1,2")
    many = f"?ids={mine['id']},{other},{uuid4()}", "?" + "&".join(["ids=x"] * 300), f"?ids={'9' * 5000}"
    for query in (*wrong, *many):
        assert (await api.json("GET", f"{PATH}/compare{query}", 422))["details"][0]["loc"].endswith("ids"), query
    await api.json("GET", f"{PATH}/compare?ids=%00,x", 422)
    twice = await api.http.get(f"/api{PATH}/compare", params={"ids": [mine["id"], other]})
    assert twice.status_code == 404
