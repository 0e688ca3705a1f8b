"""Options and queue of the ComfyUI behind a profile."""

import asyncio
from uuid import uuid4

from tests.features.foreign import insert_foreign
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow

LISTS = ("samplers", "schedulers", "checkpoints", "loras", "vaes", "controlnets", "upscale_models")


async def test_options_are_live_then_cached_then_builtin(api: Application) -> None:
    builtin = await api.json("GET", "/comfyui/options")
    assert builtin["source"] == "builtin"
    assert builtin["samplers"][0] == "euler"
    assert "karras" in builtin["schedulers"]
    assert {"width": 1024, "height": 1024, "label": "1:1 Square"} in builtin["dimensions"]["sdxl_optimal"]

    profile_id = await api.profile()
    live = await api.json("GET", f"/comfyui/options?profile_id={profile_id}")
    assert live["source"] == "live"
    assert len(live["samplers"]) > len(builtin["samplers"])
    assert "sd_xl_base_1.0.safetensors" in live["checkpoints"]
    assert all(isinstance(live[name], list) for name in LISTS)
    assert await api.json("GET", "/comfyui/options") == live

    away = {"name": "Away", "provider": "comfyui", "url": "http://127.0.0.1:9"}
    away_id = (await api.json("POST", "/profiles", 201, json=away))["id"]
    assert await api.json("GET", f"/comfyui/options?profile_id={away_id}") == builtin


async def test_options_and_queue_name_what_is_missing(api: Application) -> None:
    foreign = await insert_foreign(api.settings)
    assert (await api.json("GET", "/comfyui/queue", 422))["code"] == "COMFYUI_PROFILE_REQUIRED"
    other = await api.json("POST", "/profiles", 201, json={"name": "O", "provider": "openai"})
    for path in ("/comfyui/options", "/comfyui/queue"):
        for profile_id in (uuid4(), foreign.profile_id):
            assert (await api.json("GET", f"{path}?profile_id={profile_id}", 404))["code"] == "PROFILE_NOT_FOUND"
        assert (await api.json("GET", f"{path}?profile_id={other['id']}", 422))["code"] == "COMFYUI_PROFILE_REQUIRED"
        await api.json("GET", f"{path}?profile_id=x", 422)
    await api.profile()
    await api.simulator.kill()
    assert (await api.json("GET", "/comfyui/queue", 503))["code"] == "COMFYUI_UNREACHABLE"


async def test_the_queue_counts_everybody_and_names_only_ours(application: Application) -> None:
    simulator = application.simulator
    sleep = {"1": {"class_type": "ProbeSleep", "inputs": {"seconds": 600, "interruptible": True, "nonce": 1}}}
    foreign = await application.http.post(f"{simulator.url}/prompt", json={"prompt": sleep, "client_id": "them"})
    assert foreign.status_code == 200
    session_id = await application.session(workflow("txt2img_sd15"))
    made = await application.generate(session_id)
    await application.until(made["id"], lambda row: row["status"] == "running")
    async with asyncio.timeout(25):
        while not (queue := await application.json("GET", "/comfyui/queue"))["pending"]:
            pass
    assert (queue["running"], queue["pending"]) == (1, 1)
    ours = {"generation_id": made["id"], "session_id": session_id, "status": "pending", "position": 1}
    assert queue["generations"] == [ours]
    assert foreign.json()["prompt_id"] not in str(queue)
    await application.json("POST", f"/comfyui/generations/{made['id']}/cancel")
    await application.ended(made["id"])
