"""A picture that ComfyUI saved opens there as its author drew it, with the values it was made with."""

import copy
import json
from typing import Any

import asyncpg

from spoonfeeder.comfy.metadata.found import Found
from spoonfeeder.comfy.metadata.reading import read
from tests.fixtures.application import Application
from tests.fixtures.pace import Pace
from tests.fixtures.workflows import workflow

EDITOR = workflow("ui_txt2img_sd15")
TINY = {"width": 64, "height": 64, "batch_size": 1, "color": 255}
PREFIX = "Harbour/at night"


def node(number: int, kind: str, values: list[Any], inputs: list[Any], outputs: list[Any]) -> dict[str, Any]:
    return {"id": number, "type": kind, "mode": 0, "widgets_values": values, "inputs": inputs, "outputs": outputs}


def drawn(*kinds: tuple[str, list[Any], str]) -> dict[str, Any]:
    """An editor's graph of nodes in a row that hand on a picture; each has its class, values and picture input."""
    nodes, links = [], []
    for number, (kind, values, taken) in enumerate(kinds, 1):
        link = number - 1 or None
        inputs = [{"name": taken, "type": "IMAGE", "link": link}] if link else []
        is_last = number == len(kinds)
        outputs = [] if is_last else [{"name": "IMAGE", "type": "IMAGE", "links": [number], "slot_index": 0}]
        nodes.append(node(number, kind, values, inputs, outputs))
        if link:
            links.append([link, number - 1, 0, number, 0, "IMAGE"])
    return {"last_node_id": len(nodes), "last_link_id": len(links), "nodes": nodes, "links": links, "version": 0.4}


def values_of(workflow_: dict[str, Any], number: int) -> list[Any]:
    found: list[Any] = next(each["widgets_values"] for each in workflow_["nodes"] if each["id"] == number)
    return found


async def made(application: Application, session_id: str, **body: Any) -> tuple[dict[str, Any], bytes, Found]:
    """An ended generation, its first picture, and what that tells of the graph."""
    started = await application.generate(session_id, **body)
    return await kept(application, started["id"])


async def kept(application: Application, generation_id: str) -> tuple[dict[str, Any], bytes, Found]:
    row: dict[str, Any] = await application.ended(generation_id)
    assert row["status"] == "completed", row["error"]
    picture = (await application.http.get(row["outputs"][0]["url"])).content
    return row, picture, read(picture)


async def test_a_picture_opens_as_drawn_and_as_it_ran(application: Application) -> None:
    session_id = await application.session(EDITOR)
    wishes = {"seed": 2**53 + 1, "steps": 3, "cfg_scale": 5.5, "width": 128}
    row, picture, found = await made(
        application, session_id, prompt_text="a fox, «ü» 狐", negative_prompt="mud", parameters=wishes
    )

    expected = copy.deepcopy(EDITOR)
    for each in expected["nodes"]:
        each["widgets_values"] = {
            3: [2**53 + 1, "randomize", 3, 5.5, "euler", "normal", 1.0],
            5: [128, 64, 1],
            6: ["a fox, «ü» 狐"],
            7: ["mud"],
        }.get(each["id"], each["widgets_values"])
    assert found.workflow == expected

    ran = (await application.json("GET", f"/comfyui/generations/{row['id']}/workflow"))["workflow_json"]
    file = {"file": ("again.png", picture, "image/png")}
    again = await application.json("POST", "/comfyui/workflows", 201, files=file)
    graph = json.loads(again["workflow_json"])
    assert {name: each["inputs"] for name, each in graph.items()} == {name: ran[name]["inputs"] for name in ran}
    assert graph["9"]["inputs"]["filename_prefix"] == "SpoonFeeder", "not the name under which we find the files"

    exported = await application.http.get(f"/api/comfyui/generations/{row['id']}/export?format=original")
    assert exported.json() == found.workflow


async def test_what_a_picture_does_not_tell(application: Application) -> None:
    """No graph of the editor, one that lacks what ran, and one that cannot be read: the run itself is as ever."""
    _, _, found = await made(application, await application.session(workflow("txt2img_sd15")))
    assert (found.workflow, found.prompt is None) == (None, False)

    session_id = await application.session(EDITOR)
    loras = [{"name": "lcm-lora-sdv1-5.safetensors", "strength_model": 0.5, "strength_clip": 0.5}]
    _, _, found = await made(application, session_id, parameters={"loras": loras, "seed": 1})
    assert found.workflow is None
    assert found.prompt is not None
    assert len(found.prompt) == len(EDITOR["nodes"]) + 1
    _, _, found = await made(application, session_id, parameters={"seed": 2})
    assert found.workflow is not None

    connection = await asyncpg.connect((application.settings.postgres_url() or "").replace("+asyncpg", ""))
    await connection.execute("UPDATE comfyui_workflow_versions SET original = '[' || original")
    await connection.close()
    _, _, found = await made(application, session_id, parameters={"seed": 3})
    assert found.workflow is None


async def test_nodes_of_others_uploads_and_second_submits_have_it_too(application: Application, pace: Pace) -> None:
    start = ("EmptyImage", list(TINY.values()), "")
    save = ("SaveImage", [PREFIX], "images")
    pausing = drawn(start, ("ProbeSleep", [0.5, True, 5], "after"), save)
    started = await application.generate(await application.session(pausing))
    await application.until(started["id"], lambda row: row["started_at"])
    await application.simulator.restart()
    pace.let()
    row, picture, found = await kept(application, started["id"])
    assert found.workflow == pausing, "ComfyUI was asked for a node that is not its own, and both submits say the same"
    assert row["outputs"][0]["filename"].startswith("at night")

    file = {"file": ("in.png", picture, "image/png")}
    upload = await application.json("POST", "/comfyui/uploads", 201, files=file)
    copying = drawn(("LoadImage", ["example.png", "image"], ""), save)
    session_id = await application.session(copying)
    _, _, found = await made(application, session_id, parameters={"input_image": upload["reference"]})
    assert found.workflow is not None
    name, button = values_of(found.workflow, 1)
    assert (button, name) == ("image", (found.prompt or {})["1"]["inputs"]["image"])
    assert name.startswith("sf_"), "the name in ComfyUI, where it can be opened"
