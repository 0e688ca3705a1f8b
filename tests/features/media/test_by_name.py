"""`/api/comfyui/image/{filename}`: one's own names only, from our copies first (A4)."""

from typing import Any
from urllib.parse import quote

from tests.features.foreign import insert_foreign
from tests.features.media.test_media import picture, upload
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow

IMAGE = "/comfyui/image"
STRANGE_NAMES = [
    "..%2f..%2fetc%2fpasswd",
    "..%5c..%5cetc%5cpasswd",
    "%252e%252e%252fetc%252fpasswd",
    "%2fetc%2fpasswd",
    "C:%5cwindows%5cwin.ini",
    "x.png%20[output]",
    "x%00.png",
    "..",
    "%2e%2e",
    "x%0d%0aSet-Cookie:a=b",
    quote("🙈" * 60),
    "a" * 1500,
]


async def completed(application: Application) -> dict[str, Any]:
    session_id = await application.session(workflow("txt2img_sd15"))
    made = await application.generate(session_id, parameters={"width": 64, "height": 64, "steps": 1, "seed": 5})
    row: dict[str, Any] = await application.ended(made["id"])
    assert row["status"] == "completed", row
    return row


async def test_names_that_nobody_has_never_reach_comfyui(api: Application) -> None:
    foreign = await insert_foreign(api.settings)
    await api.profile()
    for name in (*STRANGE_NAMES, foreign.filename, "ComfyUI_00001_.png"):
        for query in ("", "?type=output", "?subfolder=../../etc&type=input", "?subfolder=..%2f", "?type=../temp"):
            response = await api.http.get(f"/api{IMAGE}/{name}{query}")
            assert response.status_code in {400, 404}, (name, query, response.text)
            assert response.json()["success"] is False
    await api.json("GET", f"{IMAGE}/x.png?profile_id=x", 422)
    await api.json("GET", f"{IMAGE}/x.png?subfolder={'x' * 501}", 422)
    assert api.simulator.log.requests.total() == 0


async def test_uploads_by_their_name(api: Application) -> None:
    content = picture()
    await upload(api, content, name="my cat ü.png")
    served = await api.http.get(f"/api{IMAGE}/{quote('my cat ü.png')}")
    assert (served.status_code, served.content) == (200, content)
    assert served.headers["content-security-policy"].startswith("sandbox")


async def test_outputs_by_name_and_place_and_again_from_comfyui(application: Application) -> None:
    row = await completed(application)
    output = row["outputs"][0]
    url = f"/api{IMAGE}/{output['filename']}"
    place = {"subfolder": output["subfolder"], "type": output["type"], "profile_id": row["profile_id"]}
    kept = (await application.http.get(output["url"])).content
    application.simulator.log.requests.clear()
    for query in ({}, place, {"type": "output"}, {"subfolder": "", "type": ""}):
        served = await application.http.get(url, params=query)
        assert (served.status_code, served.content) == (200, kept), query
    for query in ({"type": "temp"}, {"subfolder": "elsewhere"}):
        assert (await application.http.get(url, params=query)).status_code == 404
    assert application.simulator.log.requests["GET /view"] == 0

    for path in application.settings.media_path.rglob("*.png"):
        path.unlink()
    again = await application.http.get(url)
    assert (again.status_code, again.content) == (200, kept)
    assert application.simulator.log.requests["GET /view"] == 1
    assert (await application.http.get(output["url"])).content == kept


async def test_a_lost_copy_and_a_comfyui_that_is_away(application: Application) -> None:
    output = (await completed(application))["outputs"][0]
    await application.simulator.kill()
    for path in application.settings.media_path.rglob("*.png"):
        path.unlink()
    answer = await application.json("GET", f"{IMAGE}/{output['filename']}", 503)
    assert answer["code"] == "COMFYUI_UNREACHABLE"


async def test_outputs_of_a_deleted_generation_are_gone(application: Application) -> None:
    row = await completed(application)
    output = row["outputs"][0]
    await application.json("DELETE", f"/comfyui/generations/{row['id']}")
    await application.json("GET", f"{IMAGE}/{output['filename']}", 404)
    await application.json("GET", output["url"].removeprefix("/api"), 404)
