"""Every kind of output ends as a kept file with the right type, whatever list ComfyUI names it in."""

from typing import Any

import pytest

from spoonfeeder.features.generations import course
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow


async def kept(application: Application, graph: dict[str, Any]) -> tuple[Any, list[Any]]:
    session_id = await application.session()
    body = {"workflow_json": graph, "session_id": session_id}
    made = await application.json("POST", "/comfyui/prompt", 201, json=body)
    row = await application.ended(made["id"], within_seconds=40)
    assert row["status"] == "completed", row["error"]
    await application.simulator.kill()
    files = [await application.http.get(output["url"]) for output in row["outputs"]]
    assert [(file.status_code, len(file.content)) for file in files] == [(200, it["bytes"]) for it in row["outputs"]]
    return row, files


@pytest.mark.parametrize(
    ("name", "types"),
    [
        ("animated_webp_png", {"image/webp", "image/png"}),
        ("audio_formats", {"audio/flac", "audio/mpeg", "audio/ogg"}),
        ("video_webm", {"video/webm"}),
        ("video_mp4", {"video/mp4"}),
        ("save_latent", {"application/octet-stream"}),
        ("txt2img_sd15_batch4", {"image/png"}),
        ("txt2img_sd15_save_and_preview", {"image/png"}),
        ("model_free_mask", {"image/png"}),
    ],
)
async def test_the_type_is_what_the_bytes_are(application: Application, name: str, types: set[str]) -> None:
    row, files = await kept(application, workflow(name))
    assert {output["media_type"] for output in row["outputs"]} == types
    for output, file in zip(row["outputs"], files, strict=True):
        shown = output["media_type"] != "application/octet-stream"
        assert file.headers["content-type"] == output["media_type"]
        assert file.headers["content-disposition"].startswith("inline" if shown else "attachment")
        assert file.headers["x-content-type-options"] == "nosniff"
        has_thumbnail = output["media_type"].startswith(("image/", "video/"))
        assert (output["thumbnail_url"] is not None) == has_thumbnail
        assert not output["filename"].startswith("sf"), "downloads carry the user's own prefix"


async def test_text_outputs_are_shown_and_kept(application: Application) -> None:
    graph = {"1": {"class_type": "ProbeText", "inputs": {"text": "three cats", "nonce": 1}}}
    row, files = await kept(application, graph)
    assert "three cats" in row["outputs"][0]["text"]
    assert b"three cats" in files[0].content


async def test_pictures_sent_only_over_the_socket_are_kept(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(course, "FEED_WAIT_SECONDS", 60)  # else they go to nobody
    row, files = await kept(application, workflow("image_over_websocket"))
    assert {output["media_type"] for output in row["outputs"]} == {"image/png"}
    assert all(file.content.startswith(b"\x89PNG") for file in files)


async def test_what_was_saved_before_a_failure_is_kept(application: Application) -> None:
    graph = {
        "1": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 1, "color": 11154050}},
        "2": {"class_type": "SaveImage", "inputs": {"filename_prefix": "before", "images": ["1", 0]}},
        "3": {
            "class_type": "ProbeSleep",
            "inputs": {"seconds": 0.2, "interruptible": True, "nonce": 1, "after": ["1", 0]},
        },
        "4": {"class_type": "ProbeRaise", "inputs": {"kind": "value_error", "nonce": 1, "image": ["3", 0]}},
    }
    session_id = await application.session()
    made = await application.generate(session_id, workflow_json=graph)
    row = await application.ended(made["id"])
    assert (row["status"], row["error_code"]) == ("failed", "COMFYUI_NODE_FAILED"), row["warnings"]
    assert row["outputs"][0]["filename"] == "before_00001_.png"
    assert (await application.http.get(row["outputs"][0]["url"])).status_code == 200


async def test_an_upload_is_used_as_input_and_kept_for_the_next_time(application: Application) -> None:
    picture = (await kept_picture(application)).content
    await application.simulator.start()
    upload = await application.json("POST", "/comfyui/uploads", 201, files={"file": ("in.png", picture, "image/png")})
    session_id = await application.session(workflow("img2img_sd15"))
    made = await application.generate(session_id, parameters={"input_image": upload["reference"], "seed": 5})
    first = await application.ended(made["id"])
    assert first["status"] == "completed", first["error"]
    told = await application.json("GET", f"/comfyui/generations/{made['id']}/workflow")
    loader = next(node for node in told["workflow_json"].values() if node["class_type"] == "LoadImage")
    assert loader["inputs"]["image"] == upload["reference"]
    again = await application.json("POST", f"/comfyui/generations/{made['id']}/rerun", 201)
    second = await application.ended(again["id"])
    assert second["outputs"][0]["width"] == first["outputs"][0]["width"]
    gone = {"input_image": "media:00000000-0000-4000-8000-000000000000"}
    path = f"/comfyui/sessions/{session_id}/generate"
    refused = await application.json("POST", path, 422, json={"parameters": gone})
    assert "does not exist" in refused["error"]


async def kept_picture(application: Application) -> Any:
    _, files = await kept(application, workflow("model_free_trivial"))
    return files[0]
