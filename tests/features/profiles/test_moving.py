"""A profile whose address changes, or that is gone: what waits and what runs again goes to the right place."""

from spoonfeeder.simulator import Options, Simulator
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow


async def test_correcting_a_mistyped_address_sends_what_waits_to_the_right_one(application: Application) -> None:
    body = {"name": "Typo", "provider": "comfyui", "url": "http://127.0.0.1:9"}
    profile = await application.json("POST", "/profiles", 201, json=body)
    session = await application.json("POST", "/comfyui/sessions", 201, json={"profile_id": profile["id"]})
    made = await application.generate(session["id"], workflow_json=workflow("txt2img_sd15"))
    await application.until(made["id"], lambda row: row["waiting_reason"])
    await application.json("PATCH", f"/profiles/{profile['id']}", json={"url": application.simulator.url})
    row = await application.ended(made["id"])
    assert (row["status"], row["backend_url"]) == ("completed", application.simulator.url)


async def test_running_again_goes_where_the_profile_points_now(application: Application) -> None:
    session_id = await application.session(workflow("txt2img_sd15"))
    first = await application.generate(session_id, parameters={"steps": 1, "fps": 3})
    old = await application.ended(first["id"])
    assert old["warnings"]
    async with Simulator(Options()) as moved:
        await application.json("PATCH", f"/profiles/{old['profile_id']}", json={"url": moved.url})
        again = await application.json("POST", f"/comfyui/generations/{old['id']}/rerun", 201)
        row = await application.ended(again["id"])
    assert (row["status"], row["backend_url"], row["profile_id"]) == ("completed", moved.url, old["profile_id"])
    assert (row["rerun_of"], row["seed"], row["warnings"]) == (old["id"], old["seed"], [])


async def test_running_again_finds_another_comfyui_where_the_profile_is_gone(application: Application) -> None:
    session_id = await application.session(workflow("txt2img_sd15"))
    body = {"name": "Other", "provider": "comfyui", "url": "http://127.0.0.1:9"}
    other = await application.json("POST", "/profiles", 201, json=body)
    made = await application.generate(session_id, profile_id=other["id"])
    await application.json("DELETE", f"/profiles/{other['id']}")
    again = await application.json("POST", f"/comfyui/generations/{made['id']}/rerun", 201)
    row = await application.ended(again["id"])
    assert (row["status"], row["profile_id"]) == ("completed", await application.profile())
