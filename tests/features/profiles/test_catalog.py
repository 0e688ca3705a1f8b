"""The models of a profile, whose ids may hold slashes and colons."""

from urllib.parse import quote

import pytest

from tests.fixtures.application import Application

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAMES = ["gpt-4o", "meta-llama/llama-3:free", "hf.co/org/model:Q4_K_M", "ünïcode model", "a%2Fb"]


@pytest.fixture
def api(emptied_api: Application) -> Application:
    return emptied_api


async def make(api: Application, **fields: object) -> str:
    body = {"name": "M", "provider": "openai", **fields}
    return f"/profiles/{(await api.json('POST', '/profiles', 201, json=body))['id']}"


async def test_models_are_added_changed_and_removed_by_their_own_ids(api: Application) -> None:
    path = await make(api)
    for name in NAMES:
        sent = {"model_id": name, "name": f"The {name}", "input_modalities": ["text", "image"]}
        made = await api.json("POST", f"{path}/models", 201, json=sent)
        assert {field: made[field] for field in sent} == sent
        assert made["output_modalities"] == ["text"]
    listed = await api.json("GET", f"{path}/models")
    assert {row["model_id"] for row in listed} == set(NAMES)
    for name in NAMES:
        url = f"{path}/models/{quote(name, safe='')}"
        changed = await api.json("PUT", url, json={"name": "New"})
        assert (changed["model_id"], changed["name"]) == (name, "New")
        words = {"input_modalities": ["audio"], "outputModalities": ["text", "audio"]}
        changed = await api.json("PUT", f"{url}/modalities", json=words)
        assert changed["model_id"] == name
        assert (changed["input_modalities"], changed["output_modalities"]) == (["audio"], ["text", "audio"])
        assert changed["name"] == "New"
        assert (await api.json("DELETE", url))["success"] is True
        assert (await api.json("DELETE", url, 404))["code"] == "MODEL_NOT_FOUND"
    assert await api.json("GET", f"{path}/models") == []


async def test_one_profile_lists_a_model_once(api: Application) -> None:
    path, other = await make(api), await make(api)
    await api.json("POST", f"{path}/models", 201, json={"model_id": "m"})
    assert (await api.json("POST", f"{path}/models", 409, json={"model_id": "m"}))["code"] == "MODEL_EXISTS"
    await api.json("POST", f"{other}/models", 201, json={"model_id": "m"})


async def test_bad_models_are_refused(api: Application) -> None:
    path = await make(api)
    bodies: list[object] = [
        {},
        {"model_id": ""},
        {"model_id": "x" * 256},
        {"model_id": 4},
        {"model_id": "m\u0000"},
        {"model_id": "m", "input_modalities": None},
        {"model_id": "m", "input_modalities": ["x"]},
        {"model_id": "m", "profile": "x"},
        [],
    ]
    for body in bodies:
        await api.json("POST", f"{path}/models", 422, json=body)
    await api.json("POST", f"{path}/models", 201, json={"model_id": "m"})
    for body in ({"name": 3}, {"input_modalities": None}, {"input_modalities": []}, {"unknown": 1}):
        await api.json("PUT", f"{path}/models/m", 422, json=body)
    for body in ({"input_modalities": "text"}, {"name": "x"}):
        await api.json("PUT", f"{path}/models/m/modalities", 422, json=body)


async def test_sync_adds_what_comfyui_has_and_leaves_what_is_there(api: Application) -> None:
    path = await make(api, provider="comfyui", url=api.simulator.url)
    first = await api.json("POST", f"{path}/models/sync")
    names = [model["model_id"] for model in first["models"]]
    assert first["added"] == len(names) > 1
    assert "sd_xl_base_1.0.safetensors" in names
    assert first["models"][0]["output_modalities"] == ["image"]
    await api.json("PUT", f"{path}/models/{names[0]}", json={"name": "Mine"})
    await api.json("DELETE", f"{path}/models/{names[1]}")
    again = await api.json("POST", f"{path}/models/sync")
    assert again["added"] == 1
    assert again["models"][0]["name"] == "Mine"


async def test_sync_says_what_it_cannot_do(api: Application) -> None:
    path = await make(api, provider="comfyui", url="http://127.0.0.1:9")
    assert (await api.json("POST", f"{path}/models/sync", 503))["code"] == "COMFYUI_UNREACHABLE"
    assert await api.json("GET", f"{path}/models") == []
