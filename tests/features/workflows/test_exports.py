"""Workflows and generations as files that ComfyUI opens, and that come back in as they went out."""

import asyncio
import json
from io import BytesIO
from typing import Any

from PIL import Image

from spoonfeeder.comfy.metadata.reading import read
from tests.features.media.test_media import picture
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow

PATH = "/comfyui/workflows"
EDITOR = workflow("ui_txt2img_sd15")


async def fetch(api: Application, path: str) -> tuple[bytes, str, str]:
    answer = await api.http.get(f"/api{path}")
    assert answer.status_code == 200, answer.text
    return answer.content, answer.headers["content-type"], answer.headers["content-disposition"]


async def test_a_workflow_goes_out_and_comes_back(api: Application) -> None:
    await api.profile()
    body = {"workflow_json": EDITOR, "name": "Häfen: a/b"}
    made = await api.json("POST", PATH, 201, json=body)
    path = f"{PATH}/{made['id']}/export"
    content, media_type, named = await fetch(api, path)
    assert content.decode() == made["workflow_json"]
    assert media_type == "application/json"
    assert named.startswith("attachment;")
    assert "H%C3%A4fen" in named
    assert "/b" not in named
    assert json.loads((await fetch(api, f"{path}?format=original"))[0]) == EDITOR
    for shown in (None, picture(size=(300, 200))):
        if shown:
            await api.json("PUT", f"{PATH}/{made['id']}/thumbnail", content=shown)
        card, media_type, _ = await fetch(api, f"{path}?format=png")
        assert media_type == "image/png"
        with Image.open(BytesIO(card)) as image:
            image.load()
            assert image.size == ((300, 200) if shown else (512, 512))
            assert json.loads(image.info["workflow"]) == EDITOR
            assert image.info["prompt"] == json.dumps(json.loads(made["workflow_json"]))
        again = await api.json("POST", PATH, 201, files={"file": ("card.png", card)})
        assert json.loads(again["workflow_json"]) == json.loads(made["workflow_json"])
        assert again["duplicate_of"]["id"] == made["id"]


async def test_without_an_editors_graph(api: Application) -> None:
    made = await api.json("POST", PATH, 201, json={"workflow_json": workflow("txt2img_sd15"), "name": "名" * 255})
    path = f"{PATH}/{made['id']}/export"
    assert (await api.json("GET", f"{path}?format=original", 404))["code"] == "NO_ORIGINAL_WORKFLOW"
    found = read((await fetch(api, f"{path}?format=png"))[0])
    assert (found.workflow, found.prompt) == (None, workflow("txt2img_sd15"))
    await api.json("GET", f"{path}?format=jpg", 422)


async def test_a_generation_opens_as_it_was_drawn_and_as_it_ran(application: Application) -> None:
    await application.profile()
    made = await application.json("POST", PATH, 201, json={"workflow_json": EDITOR})
    wished = {"steps": 2, "seed": 2**64 - 1, "width": 64, "height": 64}
    row = await application.json("POST", f"{PATH}/{made['id']}/execute", 201, json={"parameters": wished})
    await application.json("PATCH", f"{PATH}/{made['id']}", json={"workflow_json": workflow("model_free_trivial")})
    assert (await application.ended(row["id"]))["status"] == "completed"
    path = f"/comfyui/generations/{row['id']}/export"
    graph = json.loads((await fetch(application, path))[0])
    assert graph["3"]["inputs"]["seed"] == 2**64 - 1
    drawn = json.loads((await fetch(application, f"{path}?format=original"))[0])
    assert [node["id"] for node in drawn["nodes"]] == [node["id"] for node in EDITOR["nodes"]]
    sampler = next(node for node in drawn["nodes"] if node["type"] == "KSampler")
    assert sampler["widgets_values"][0] == 2**64 - 1
    content, media_type, _ = await fetch(application, f"{path}?format=picture&index=0")
    found = read(content)
    assert media_type == "image/png"
    assert (found.prompt, found.workflow) == (graph, drawn)
    plain = await application.http.get(row_url(await application.json("GET", f"/comfyui/generations/{row['id']}")))
    with Image.open(BytesIO(content)) as one, Image.open(BytesIO(plain.content)) as other:
        assert one.tobytes() == other.tobytes()
    again = await application.json("POST", PATH, 201, files={"file": ("a.png", content)})
    assert json.loads(again["workflow_json"]) == graph
    assert (await application.json("GET", f"{path}?format=picture&index=1", 404))["code"] == "MEDIA_NOT_FOUND"


def row_url(row: dict[str, Any]) -> str:
    url: str = row["outputs"][0]["url"]
    return url


async def test_a_file_without_a_place_says_so(application: Application) -> None:
    await application.profile()
    body = {"workflow_json": workflow("video_mp4")}
    row = await application.json("POST", "/comfyui/prompt", 201, json=body)
    assert (await application.ended(row["id"]))["status"] == "completed"
    path = f"/comfyui/generations/{row['id']}/export"
    refused = await application.json("GET", f"{path}?format=picture", 422)
    assert refused["code"] == "NO_PLACE_FOR_WORKFLOW"
    assert (await application.json("GET", f"{path}?format=original", 404))["code"] == "NO_ORIGINAL_WORKFLOW"
    answers = await asyncio.gather(*(fetch(application, path) for _ in range(3)))
    assert {answer[1] for answer in answers} == {"application/json"}


async def test_an_upload_is_named_as_comfyui_has_it(api: Application) -> None:
    await api.profile()
    upload = await api.json("POST", "/comfyui/uploads", 201, files={"file": ("a.png", picture())})
    graph = workflow("img2img_sd15")
    node_id = next(node_id for node_id, node in graph.items() if node["class_type"] == "LoadImage")
    graph[node_id]["inputs"]["image"] = upload["reference"]
    row = await api.json("POST", "/comfyui/prompt", 201, json={"workflow_json": graph})
    exported = json.loads((await fetch(api, f"/comfyui/generations/{row['id']}/export"))[0])
    assert exported[node_id]["inputs"]["image"] == f"sf_{upload['id']}.png"
    kept = (await api.json("GET", f"/comfyui/generations/{row['id']}/workflow"))["workflow_json"]
    assert kept[node_id]["inputs"]["image"] == upload["reference"]
