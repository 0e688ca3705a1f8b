"""What a form is drawn from: parameters with the options ComfyUI has now, the graph's own texts and LoRAs."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from spoonfeeder.comfy import backends
from spoonfeeder.core.settings import Settings
from tests.features.foreign import insert_foreign
from tests.features.held import hold
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow

PATH = "/comfyui/workflows"
CHAIN = "txt2img_sd15_lora_chain"
NEW = "added_later.safetensors"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With one connection a request that held it while it waits would stop all others."""
    return settings.model_copy(update={"database_pool_size": 1})


async def stored(api: Application, name: str = CHAIN, **fields: Any) -> str:
    body = {"workflow_json": workflow(name), "name": name, **fields}
    made = await api.json("POST", PATH, 201, json=body)
    return f"{PATH}/{made['id']}"


def by_name(row: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {f"{item['nodeId']}.{item['field']}": item for item in row["extracted_parameters"]}


def options(row: dict[str, Any], name: str) -> list[Any]:
    found: list[Any] = by_name(row)[name]["options"]
    return found


async def test_a_lora_that_comes_later_can_be_chosen(api: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "OBJECTS_KEPT_SECONDS", 0.0)
    path = await stored(api, profile_id=await api.profile())
    before = await api.json("GET", path)
    assert before["parameters_source"] == "live"
    assert len(options(before, "11.lora_name")) > 1
    assert NEW not in options(before, "11.lora_name")
    await api.simulator.kill()
    api.simulator.options = replace(api.simulator.options, models={"loras": (NEW,), "checkpoints": (NEW,)})
    await api.simulator.start()
    after = await api.json("GET", path)
    for name in ("11.lora_name", "4.ckpt_name"):
        assert set(options(after, name)) == {*options(before, name), NEW}
    assert "dpmpp_2m_cfg_pp" in options(after, "3.sampler_name")
    assert await api.json("PATCH", path, json={"description": "x"}) == after | {
        "description": "x",
        "parameters_source": "cached",
        "updated_at": (await api.json("GET", path))["updated_at"],
    }


async def test_while_comfyui_is_away_the_last_known_options_are_shown(
    api: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = {"name": "Away", "provider": "comfyui", "url": "http://127.0.0.1:9"}
    away_id = (await api.json("POST", "/profiles", 201, json=away))["id"]
    path = await stored(api, profile_id=await api.profile())
    kept = await api.json("GET", f"{path}?profile_id={away_id}")
    assert kept["parameters_source"] == "stored"
    assert options(kept, "11.lora_name") == [workflow(CHAIN)["11"]["inputs"]["lora_name"]]
    assert by_name(kept)["3.cfg"]["standard"] == "cfg_scale"
    live = await api.json("GET", path)
    monkeypatch.setattr(backends, "OBJECTS_KEPT_SECONDS", 0.0)
    monkeypatch.setattr(backends, "AWAY_SECONDS", 0.0)
    await api.simulator.kill()
    assert await api.json("GET", path) == live | {"parameters_source": "cached"}
    await api.simulator.start()
    assert await api.json("GET", path) == live
    await api.simulator.kill()
    learned = await api.json("PUT", path, json={"workflow_json": workflow(CHAIN)})
    kept = await api.json("GET", f"{path}?profile_id={away_id}")
    assert kept == learned | {"parameters_source": "stored"}
    assert kept["extracted_parameters"] == live["extracted_parameters"]


async def test_who_waits_for_comfyui_holds_up_nobody_else(api: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "OBJECTS_WAIT_SECONDS", 60.0)
    path = await stored(api, profile_id=await api.profile())
    held = hold(monkeypatch, api.simulator, "/object_info", times=99)
    waiting = [asyncio.create_task(api.json("GET", path)) for _ in range(5)]
    await held.has_come.wait()
    assert len(await api.json("GET", PATH)) == 1, "nobody holds the only connection"
    assert not any(task.done() for task in waiting)
    held.may_go.set()
    assert {(await task)["parameters_source"] for task in waiting} == {"live"}


async def test_a_comfyui_that_does_not_answer_is_not_waited_for_long_or_often(
    api: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backends, "OBJECTS_WAIT_SECONDS", 0.3)
    monkeypatch.setattr(backends, "AWAY_SECONDS", 600.0)
    path = await stored(api, profile_id=await api.profile())
    api.simulator.faults.add("/object_info", "slow", seconds=120, times=99)
    waiting = [asyncio.create_task(api.json("GET", path)) for _ in range(5)]
    assert {(await task)["parameters_source"] for task in waiting} == {"stored"}
    asked = api.simulator.log.requests["GET /object_info"]
    assert (await api.json("GET", path))["parameters_source"] == "stored"
    assert api.simulator.log.requests["GET /object_info"] == asked


async def test_those_who_look_together_ask_comfyui_once(api: Application) -> None:
    path = await stored(api, profile_id=await api.profile())
    before = api.simulator.log.requests["GET /object_info"]
    rows = await asyncio.gather(*(api.json("GET", path) for _ in range(5)))
    assert {row["parameters_source"] for row in rows} == {"live"}
    assert api.simulator.log.requests["GET /object_info"] == before + 1


async def test_whose_options_are_shown(api: Application) -> None:
    foreign = await insert_foreign(api.settings)
    path = await stored(api)
    assert (await api.json("GET", path))["parameters_source"] == "stored", "there is no ComfyUI"
    openai = await api.json("POST", "/profiles", 201, json={"name": "O", "provider": "openai"})
    profile_id = await api.profile()
    assert (await api.json("GET", path))["parameters_source"] == "live", "the only one"
    assert (await api.json("GET", f"{path}?profile_id={profile_id}"))["parameters_source"] == "live"
    for unknown in (uuid4(), foreign.profile_id):
        assert (await api.json("GET", f"{path}?profile_id={unknown}", 404))["code"] == "PROFILE_NOT_FOUND"
    answer = await api.json("GET", f"{path}?profile_id={openai['id']}", 422)
    assert answer["code"] == "COMFYUI_PROFILE_REQUIRED"
    await api.json("GET", f"{path}?profile_id=x", 422)
    await api.json("GET", f"{PATH}/{foreign.workflow_id}?profile_id={profile_id}", 404)


@pytest.mark.parametrize(
    ("name", "prompt", "negative", "loras", "takes_loras"),
    [
        ("txt2img_sd15", "a lighthouse", "blurry", 0, True),
        (CHAIN, "a lighthouse", "blurry", 3, True),
        ("flux_dev_sampler_custom_advanced", "a lighthouse", None, 0, True),
        ("txt2img_sd15_unicode_maxseed", "日本の城", "", 0, True),
        ("model_free_trivial", None, None, 0, False),
        ("upscale_with_model", None, None, 0, False),
    ],
)
async def test_the_graphs_own_texts_and_loras(
    api: Application, name: str, prompt: str | None, negative: str | None, loras: int, takes_loras: bool
) -> None:
    await api.profile()
    row = await api.json("GET", await stored(api, name))
    for found, expected in ((row["prompt_text"], prompt), (row["negative_prompt"], negative)):
        assert found == expected or (expected and found.startswith(expected))
    assert (len(row["loras"]), row["takes_loras"]) == (loras, takes_loras)
    chain = [node["inputs"]["lora_name"] for node in workflow(name).values() if "lora_name" in node["inputs"]]
    assert [lora["name"] for lora in row["loras"]] == chain
    assert all(lora.keys() == {"name", "strength_model", "strength_clip"} for lora in row["loras"])


async def test_standard_names_set_what_they_stand_at(api: Application) -> None:
    session_id = await api.session(workflow("sampler_custom_advanced_sd15"))
    workflow_id = (await api.json("GET", f"/comfyui/sessions/{session_id}"))["current_workflow_id"]
    row = await api.json("GET", f"{PATH}/{workflow_id}")
    standard = {item["standard"]: name for name, item in by_name(row).items() if item["standard"]}
    assert standard == {
        "checkpoint_name": "4.ckpt_name",
        "width": "5.width",
        "height": "5.height",
        "batch_size": "5.batch_size",
        "seed": "25.noise_seed",
        "cfg_scale": "22.cfg",
        "sampler_name": "16.sampler_name",
        "scheduler": "17.scheduler",
        "steps": "17.steps",
        "denoise": "17.denoise",
    }
    wished = {"steps": 3, "cfg_scale": 2.5, "width": 640, "seed": 5, "sampler_name": "heun", "scheduler": "beta"}
    made = await api.generate(session_id, parameters=wished)
    graph = (await api.json("GET", f"/comfyui/generations/{made['id']}/workflow"))["workflow_json"]
    for name, value in wished.items():
        node_id, field = standard[name].split(".")
        assert graph[node_id]["inputs"][field] == value


async def test_a_graph_of_2000_parameters_is_shown_soon(api: Application) -> None:
    node = {"class_type": "LoraLoaderModelOnly", "inputs": {"strength_model": 1.0, "lora_name": "a.safetensors"}}
    await api.profile()
    body = {"workflow_json": {str(number): node for number in range(1_200)}}
    path = f"{PATH}/{(await api.json('POST', PATH, 201, json=body))['id']}"
    row = await api.json("GET", path)
    assert len(row["extracted_parameters"]) == 2_000
    assert row["parameters_source"] == "live"
