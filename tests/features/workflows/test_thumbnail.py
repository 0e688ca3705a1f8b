"""The picture of a workflow: set by hand, else of its newest output."""

from io import BytesIO

from PIL import Image

from tests.features.media.test_media import picture
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow


async def test_a_set_picture_is_shown_small_and_replaced(api: Application) -> None:
    made = await api.json("POST", "/comfyui/workflows", 201, json={"workflow_json": workflow("txt2img_sd15")})
    path = f"/comfyui/workflows/{made['id']}"
    assert (await api.json("GET", f"{path}/thumbnail", 404))["code"] == "MEDIA_NOT_FOUND"
    sizes = [(800, 400), (400, 800)]
    for size in sizes:
        assert (await api.json("PUT", f"{path}/thumbnail", content=picture(size=size)))["success"] is True
        shown = await api.json("GET", path)
        assert shown["thumbnail_url"] == f"/api{path}/thumbnail"
        served = await api.http.get(shown["thumbnail_url"])
        assert served.headers["content-type"] == "image/webp"
        with Image.open(BytesIO(served.content)) as image:
            assert image.size == (size[0] * 512 // 800, size[1] * 512 // 800)
    assert (await api.json("GET", "/comfyui/workflows"))[0]["thumbnail_url"] == f"/api{path}/thumbnail"
    assert (await api.json("GET", "/stats"))["media_files"] == 1
    for content in (b"", b"<svg/>", b"RIFF\x00\x00\x00\x00WAVEfmt "):
        answer = await api.json("PUT", f"{path}/thumbnail", 415, content=content)
        assert "picture" in answer["error"]
    assert (await api.http.get(f"/api{path}/thumbnail")).status_code == 200


async def test_else_the_newest_completed_output(application: Application) -> None:
    made = await application.json("POST", "/comfyui/workflows", 201, json={"workflow_json": workflow("txt2img_sd15")})
    path = f"/comfyui/workflows/{made['id']}"
    await application.profile()
    for width, height in ((64, 128), (128, 64)):
        body = {"parameters": {"width": width, "height": height, "steps": 1}}
        row = await application.json("POST", f"{path}/execute", 201, json=body)
        assert (await application.ended(row["id"]))["status"] == "completed"
        shown = await application.json("GET", path)
        assert shown["generation_count"] >= 1
        with Image.open(BytesIO((await application.http.get(shown["thumbnail_url"])).content)) as image:
            assert image.size == (width, height)
    await application.json("DELETE", f"/comfyui/generations/{row['id']}")
    with Image.open(BytesIO((await application.http.get(shown["thumbnail_url"])).content)) as image:
        assert image.size == (64, 128)
