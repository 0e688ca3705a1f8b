"""Stored workflows: kept to the letter, changed in part, hidden and brought back."""

import asyncio
import json
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from spoonfeeder.db.session import open_engine
from tests.features.foreign import insert_foreign
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow
from tests.waiting import until_async

PATH = "/comfyui/workflows"
TXT2IMG = "txt2img_sd15"


async def make(api: Application, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = await api.json("POST", PATH, 201, json={"workflow_json": workflow(TXT2IMG), **fields})
    return made


async def test_a_workflow_is_read_back_as_it_was_sent(api: Application) -> None:
    profile_id = await api.profile()
    sent = {
        "profile_id": profile_id,
        "name": "SDXL Standard",
        "description": "Grüße",
        "workflow_json": workflow(TXT2IMG),
        "default_parameters": {"steps": 30, "cfg_scale": 7.5, "sampler_name": "euler"},
        "is_default": True,
    }
    made = await api.json("POST", PATH, 201, json=sent)
    read = await api.json("GET", f"{PATH}/{made['id']}")
    moving = {"extracted_parameters", "parameters_source"}  # ComfyUI has been asked meanwhile
    assert {name: read[name] for name in read.keys() - moving} == {name: made[name] for name in made.keys() - moving}
    assert json.loads(read["workflow_json"]) == sent["workflow_json"]
    assert {name: read[name] for name in sent if name != "workflow_json"} | {"workflow_json": 0} == sent | {
        "workflow_json": 0
    }
    assert (read["generation_count"], read["thumbnail_url"]) == (0, None)
    seed = next(item for item in read["extracted_parameters"] if item["type"] == "seed")
    assert {"nodeId", "field", "label", "type", "value", "min", "max"} <= seed.keys()
    assert {item["kind"] for item in read["extracted_parameters"]} > {"prompt"} or read["extracted_parameters"]


async def test_json_text_is_kept_to_the_letter_and_big_seeds_exactly(api: Application) -> None:
    graph = workflow(TXT2IMG)
    sampler = next(node for node in graph.values() if node["class_type"] == "KSampler")
    sampler["inputs"] |= {"seed": 2**64 - 1, "denoise": 1e-7}
    text = json.dumps(graph, indent=3, ensure_ascii=True)
    made = await api.json("POST", PATH, 201, json={"workflowJson": text, "name": "Text"})
    assert (await api.json("GET", f"{PATH}/{made['id']}"))["workflow_json"] == text
    as_object = await api.json("POST", PATH, 201, json={"workflow_json": graph})
    assert json.loads(as_object["workflow_json"]) == graph
    assert str(2**64 - 1) in as_object["workflow_json"]
    seed = next(item for item in as_object["extracted_parameters"] if item["type"] == "seed")
    assert seed["value"] == str(2**64 - 1)


async def test_what_people_paste_is_taken_out_or_explained(api: Application) -> None:
    graph = workflow(TXT2IMG)
    for wrapped in ({"prompt": graph}, json.dumps({"prompt": graph, "client_id": "x"})):
        made = await api.json("POST", PATH, 201, json={"workflow_json": wrapped})
        assert json.loads(made["workflow_json"]) == graph
        assert made["name"].startswith("Workflow 20")
    bad: list[Any] = [{}, "", "{", "[]", "null", {"1": 5}, {"1": {"class_type": "KSampler"}}, '{"1": NaN}', "x" * 100]
    for source in bad:
        answer = await api.json("POST", PATH, 422, json={"workflow_json": source})
        assert answer["code"] == "WORKFLOW_FORMAT", source
    for source in (None, 5, [graph], True):
        await api.json("POST", PATH, 422, json={"workflow_json": source})
    deep = '{"1": {"class_type": "X", "inputs": {"a": ' + "[" * 300 + "]" * 300 + "}}}"
    await api.json("POST", PATH, 422, json={"workflow_json": deep})
    nul = '{"1": {"class_type": "X", "inputs": {"a": "\\u0000"}}}'
    await api.json("POST", PATH, 422, json={"workflow_json": nul})
    huge = '{"1": {"class_type": "X", "inputs": {"a": 18446744073709551616}}}'
    await api.json("POST", PATH, 422, json={"workflow_json": huge})
    assert len(await api.json("GET", PATH)) == 2


async def test_odd_but_sound_graphs_are_stored_and_returned_equal(api: Application) -> None:
    odd = {
        "__proto__": {"class_type": "constructor", "inputs": {"toString": "<script>alert(1)</script>"}},
        "💥": {"class_type": "Unknown", "inputs": {"loop": ["💥", 0], "n": -0.0, "e": []}, "_meta": {"title": "é\n"}},
    }
    made = await api.json("POST", PATH, 201, json={"workflow_json": odd})
    assert json.loads((await api.json("GET", f"{PATH}/{made['id']}"))["workflow_json"]) == odd


async def test_updates_are_partial_by_put_and_patch(api: Application) -> None:
    for method in ("PUT", "PATCH"):
        made = await make(api, name="Old", description="d", default_parameters={"steps": 5})
        path = f"{PATH}/{made['id']}"
        changed = await api.json(method, path, json={"name": "New", "default_parameters": {"cfg_scale": 3}})
        expected = made | {"name": "New", "default_parameters": {"cfg_scale": 3}, "updated_at": changed["updated_at"]}
        expected["version"] = 2
        assert changed == expected
        again = await api.json(method, path, json=changed)
        assert again | {"updated_at": 0} == changed | {"updated_at": 0}
        other = await api.json(method, path, json={"workflow_json": workflow("flux_dev_sampler_custom_advanced")})
        assert json.loads(other["workflow_json"]) == workflow("flux_dev_sampler_custom_advanced")
        assert other["extracted_parameters"] != made["extracted_parameters"]
        profile_id = await api.profile()
        assert (await api.json(method, path, json={"profileId": profile_id}))["profile_id"] == profile_id
        assert (await api.json(method, path, json={"profile_id": None}))["profile_id"] is None


async def test_single_default_parameters(api: Application) -> None:
    path = f"{PATH}/{(await make(api, default_parameters={'steps': 5}))['id']}"
    merged = await api.json("PATCH", f"{path}/parameters", json={"cfg_scale": 4, "seed": 2**60})
    assert merged["default_parameters"] == {"steps": 5, "cfg_scale": 4, "seed": str(2**60)}
    merged = await api.json("PATCH", f"{path}/parameters", json={"default_parameters": {"steps": 6, "seed": None}})
    assert merged["default_parameters"] == {"steps": 6, "cfg_scale": 4}
    assert (await api.json("GET", path))["default_parameters"] == {"steps": 6, "cfg_scale": 4}
    for wrong in ({"steps": "many"}, {"no_such_parameter": 1}, {"seed": -2}, {"width": [1]}, {"999.seed": 1}):
        answer = await api.json("PATCH", f"{path}/parameters", 422, json=wrong)
        assert answer["details"][0]["loc"] == f"default_parameters.{next(iter(wrong))}"
        await api.json("PATCH", path, 422, json={"default_parameters": wrong})
        await api.json("POST", PATH, 422, json={"workflow_json": workflow(TXT2IMG), "default_parameters": wrong})
    for no_object in ([1], "x", 5):
        await api.json("PATCH", f"{path}/parameters", 422, json=no_object)
    assert (await api.json("GET", path))["default_parameters"] == {"steps": 6, "cfg_scale": 4}


async def test_one_default_per_profile(api: Application) -> None:
    profile_id = await api.profile()
    one = await make(api, profile_id=profile_id, is_default=True)
    apart = await make(api, is_default=True)
    two = await make(api, profile_id=profile_id, is_default=True)

    async def marked() -> set[str]:
        return {row["id"] for row in await api.json("GET", PATH) if row["is_default"]}

    assert await marked() == {two["id"], apart["id"]}
    await api.json("PATCH", f"{PATH}/{one['id']}", json={"is_default": True})
    assert await marked() == {one["id"], apart["id"]}
    await api.json("PATCH", f"{PATH}/{apart['id']}", json={"profile_id": profile_id})
    assert await marked() == {apart["id"]}
    await api.json("DELETE", f"{PATH}/{apart['id']}")
    await api.json("PATCH", f"{PATH}/{two['id']}", json={"is_default": True})
    await api.json("POST", f"{PATH}/{apart['id']}/restore")
    assert await marked() == {two["id"]}
    await api.json("PATCH", f"{PATH}/{two['id']}", json={"is_default": False})
    assert await marked() == set()


async def test_fifty_at_once_leave_one_default(api: Application) -> None:
    profile_id = await api.profile()
    made = [await make(api, profile_id=profile_id) for _ in range(5)]
    async with asyncio.TaskGroup() as group:
        for number in range(50):
            path = f"{PATH}/{made[number % 5]['id']}"
            group.create_task(api.json("PATCH", path, json={"is_default": True, "name": f"N{number}"}))
    assert sum(row["is_default"] for row in await api.json("GET", PATH)) == 1


async def test_one_that_is_moved_while_it_becomes_the_default(api: Application) -> None:
    profile_id = await api.profile()
    await make(api, profile_id=profile_id, is_default=True)
    path = f"{PATH}/{(await make(api))['id']}"
    engine = open_engine(api.settings.postgres_url() or "", pool_size=2)
    waiting = text("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")

    async def waits() -> object:
        async with engine.connect() as watching:
            return await watching.scalar(waiting)

    async with engine.begin() as moving:
        move = text("UPDATE comfyui_workflows SET profile_id = :profile WHERE profile_id IS NULL")
        await moving.execute(move, {"profile": profile_id})
        marking = asyncio.create_task(api.json("PATCH", path, 409, json={"is_default": True}))
        await until_async(waits)
    assert (await marking)["code"] == "CHANGED_MEANWHILE"
    await engine.dispose()


async def test_the_list_is_short_newest_first_and_filtered(api: Application) -> None:
    profile_id = await api.profile()
    for number in range(3):
        await make(api, name=str(number), profile_id=profile_id if number else None)
    rows = await api.json("GET", PATH)
    assert [row["name"] for row in rows] == ["2", "1", "0"]
    assert "workflow_json" not in rows[0]
    assert [row["name"] for row in await api.json("GET", f"{PATH}?profile_id={profile_id}")] == ["2", "1"]
    assert await api.json("GET", f"{PATH}?profile_id={uuid4()}") == []
    assert len(await api.json("GET", f"{PATH}?limit=1")) == 1
    for query in ("profile_id=x", "limit=0", "limit=1001"):
        await api.json("GET", f"{PATH}?{query}", 422)


async def test_a_deleted_workflow_vanishes_and_comes_back(api: Application) -> None:
    made = await make(api)
    path = f"{PATH}/{made['id']}"
    session = await api.json("POST", "/comfyui/sessions", 201, json={"workflow_id": made["id"]})
    assert (await api.json("DELETE", path))["success"] is True
    for method, suffix, body in (
        ("GET", "", None),
        ("PUT", "", {"name": "x"}),
        ("PATCH", "/parameters", {"steps": 1}),
        ("DELETE", "", None),
        ("GET", "/thumbnail", None),
        ("PUT", "/thumbnail", None),
    ):
        assert (await api.json(method, path + suffix, 404, json=body))["code"] == "WORKFLOW_NOT_FOUND"
    assert await api.json("GET", PATH) == []
    assert (await api.json("GET", f"/comfyui/sessions/{session['id']}"))["current_workflow_id"] is None
    assert await api.json("POST", f"{path}/restore") == made
    assert (await api.json("POST", f"{path}/restore", 409))["code"] == "NOTHING_TO_RESTORE"


async def test_unknown_and_foreign_ids(api: Application) -> None:
    foreign = await insert_foreign(api.settings)
    for workflow_id in (uuid4(), foreign.workflow_id):
        path = f"{PATH}/{workflow_id}"
        for method, suffix, body in (
            ("GET", "", None),
            ("PUT", "", {"name": "x", "is_default": True}),
            ("PATCH", "/parameters", {"steps": 1}),
            ("DELETE", "", None),
            ("GET", "/thumbnail", None),
        ):
            assert (await api.json(method, path + suffix, 404, json=body))["code"] == "WORKFLOW_NOT_FOUND"
        await api.json("POST", f"{path}/restore", 409)
        assert (await api.http.put(f"/api{path}/thumbnail", content=b"x")).status_code == 404
    for profile_id in (str(uuid4()), str(foreign.profile_id), "x", 5):
        await api.json("POST", PATH, 422, json={"workflow_json": workflow(TXT2IMG), "profile_id": profile_id})
    assert await api.json("GET", PATH) == []


async def test_wrong_fields(api: Application) -> None:
    path = f"{PATH}/{(await make(api))['id']}"
    wrong: list[dict[str, Any]] = [
        {"name": ""},
        {"name": "x" * 256},
        {"name": None},
        {"name": "a\u0000"},
        {"description": 5},
        {"default_parameters": None},
        {"default_parameters": []},
        {"is_default": None},
        {"is_default": "yes"},
        {"is_default": 1},
        {"workflow_json": None},
        {"workspace_id": str(uuid4())},
        {"deleted_at": "2020-01-01T00:00:00Z"},
        {"content_sha256": "x"},
    ]
    for body in wrong:
        await api.json("PATCH", path, 422, json=body)
        if next(iter(body.values())) is not None:
            await api.json("POST", PATH, 422, json={"workflow_json": workflow(TXT2IMG), **body})
    assert len(await api.json("GET", PATH)) == 1
