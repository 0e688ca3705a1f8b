"""A generation takes its text from the prompt library and values from a preset, and each use is counted."""

from typing import Any

import pytest
import pytest_asyncio

from tests.fixtures.application import Application
from tests.fixtures.server_mode import ServerMode
from tests.fixtures.workflows import workflow

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOBODY = "00000000-0000-0000-0000-00000000dead"
KEPT = {"name": "Portrait", "prompt_text": "{subject}, soft light", "negative_prompt": "blurry {subject}"}


class Easel:
    """A session with a workflow, in a workspace of its own; nothing is run."""

    def __init__(self, application: Application, session_id: str, workflow_id: str) -> None:
        self.application, self.json = application, application.json
        self.session_id, self.workflow_id = session_id, workflow_id

    async def keep(self, kind: str, **fields: Any) -> str:
        return str((await self.json("POST", f"/{kind}", 201, json={"name": "Kept"} | fields))["id"])

    async def generate(self, **body: Any) -> Any:
        return await self.application.generate(self.session_id, **body)

    async def refused(self, **body: Any) -> Any:
        return await self.json("POST", f"/comfyui/sessions/{self.session_id}/generate", 422, json=body)

    async def used(self, kind: str, row_id: str) -> int:
        return int((await self.json("GET", f"/{kind}/{row_id}"))["used_count"])


async def open_easel(server: ServerMode) -> Easel:
    application = server.acting_as(await server.stranger())
    session_id = await application.session(workflow("txt2img_sd15"))
    [flow] = await application.json("GET", "/comfyui/workflows")
    await application.json("PATCH", f"/comfyui/workflows/{flow['id']}/parameters", json={"steps": 11, "cfg": 3})
    return Easel(application, session_id, flow["id"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def easel(server: ServerMode) -> Easel:
    return await open_easel(server)


async def test_the_text_of_a_saved_prompt_is_what_it_gets(easel: Easel) -> None:
    prompt_id = await easel.keep("prompts", **KEPT)
    made = await easel.generate(saved_prompt_id=prompt_id, variables={"subject": "a {cat}"})
    assert (made["prompt_text"], made["negative_prompt"]) == ("a {cat}, soft light", "blurry a {cat}")
    own = await easel.generate(savedPromptId=prompt_id, variables={"subject": "x"}, negative_prompt="noise")
    assert (own["prompt_text"], own["negative_prompt"]) == ("x, soft light", "noise")
    assert await easel.used("prompts", prompt_id) == 2
    graph = await easel.json("GET", f"/comfyui/generations/{made['id']}/workflow")
    texts = [node["inputs"].get("text") for node in graph["workflow_json"].values()]
    assert {"a {cat}, soft light", "blurry a {cat}"} <= set(texts)


async def test_a_saved_prompt_without_a_negative_leaves_the_graphs_own(easel: Easel) -> None:
    prompt_id = await easel.keep("prompts", prompt_text="a pier")
    without = await easel.generate(prompt_text="a pier")
    assert (await easel.generate(saved_prompt_id=prompt_id))["negative_prompt"] == without["negative_prompt"]


async def test_a_preset_stands_between_the_workflow_and_the_request(easel: Easel) -> None:
    preset_id = await easel.keep("presets", parameters={"steps": 12, "width": 640, "height": 320, "seed": 5})
    made = await easel.generate(preset_id=preset_id, parameters={"height": 704})
    values = {name: made[name] for name in ("steps", "cfg_scale", "width", "height", "seed")}
    assert values == {"steps": 12, "cfg_scale": 3, "width": 640, "height": 704, "seed": 5}
    assert await easel.used("presets", preset_id) == 1
    assert (await easel.generate())["steps"] == 11


async def test_a_value_that_this_workflow_cannot_take_is_left_out_and_told(easel: Easel) -> None:
    preset_id = await easel.keep("presets", parameters={"steps": 12, "77.colour": "red"})
    made = await easel.generate(preset_id=preset_id)
    assert made["steps"] == 12
    assert [warning for warning in made["warnings"] if warning.startswith("A value of the preset was left out: 77")]


async def test_a_preset_is_for_its_workflow(easel: Easel) -> None:
    own = await easel.keep("presets", parameters={"steps": 12}, workflow_id=easel.workflow_id)
    assert (await easel.generate(preset_id=own))["steps"] == 12
    graph = {"workflow_json": workflow("model_free_trivial"), "name": "Other"}
    other = (await easel.json("POST", "/comfyui/workflows", 201, json=graph))["id"]
    refused = await easel.json("POST", f"/comfyui/workflows/{other}/execute", 422, json={"preset_id": own})
    assert refused["error"] == "This preset is for another workflow."
    assert (await easel.refused(preset_id=own, workflow_json=graph["workflow_json"]))["details"][0][
        "loc"
    ] == "preset_id"
    assert await easel.used("presets", own) == 1


@pytest.mark.parametrize("kind", ["prompts", "presets"])
async def test_what_is_not_there_or_of_others_is_unknown(server: ServerMode, easel: Easel, kind: str) -> None:
    fields: dict[str, Any] = {"prompt_text": "x"} if kind == "prompts" else {"parameters": {}}
    name = {"prompts": "saved_prompt_id", "presets": "preset_id"}[kind]
    deleted = await easel.keep(kind, **fields)
    await easel.json("DELETE", f"/{kind}/{deleted}")
    other = await open_easel(server)
    theirs = await other.keep(kind, **fields)
    told = [await easel.refused(**{name: wrong}) for wrong in (deleted, theirs, NOBODY)]
    assert told[0]["details"] == [{"loc": name, "type": "unknown_id", "message": told[0]["error"]}]
    assert told[1:] == [told[0]] * 2
    assert await other.used(kind, theirs) == 0


async def test_a_refused_request_is_no_use(easel: Easel) -> None:
    prompt_id = await easel.keep("prompts", **KEPT)
    preset_id = await easel.keep("presets", parameters={})
    given = {"saved_prompt_id": prompt_id, "preset_id": preset_id}
    for body, said in (
        (given, "needs a value for subject"),
        (given | {"variables": {"subject": "x", "light": "y"}}, "no variable light"),
        (given | {"variables": {"subject": "x"}, "prompt_text": ""}, "either prompt_text or saved_prompt_id"),
        ({"preset_id": preset_id, "variables": {"subject": "x"}}, "ariables go with saved_prompt_id"),
        (given | {"variables": {"subject": "x"}, "parameters": {"steps": 0}}, "steps must"),
    ):
        assert said in (await easel.refused(**body))["error"]
    assert [await easel.used("prompts", prompt_id), await easel.used("presets", preset_id)] == [0, 0]


async def test_a_schedule_may_name_both_and_is_told_at_once_what_contradicts_itself(easel: Easel) -> None:
    prompt_id = await easel.keep("prompts", **KEPT)
    preset_id = await easel.keep("presets", parameters={"steps": 12})
    wish = {"session_id": easel.session_id, "saved_prompt_id": prompt_id, "preset_id": preset_id}
    schedule = {"name": "Daily", "kind": "generation", "cron": "@daily", "enabled": False}
    request = wish | {"variables": {"subject": "a cat"}}
    row = await easel.json("POST", "/schedules", 201, json=schedule | {"request": request})
    run = await easel.json("POST", f"/schedules/{row['id']}/run", 201)
    made = await easel.json("GET", f"/comfyui/generations/{run['id']}")
    assert (made["prompt_text"], made["steps"]) == ("a cat, soft light", 12)
    assert [await easel.used("prompts", prompt_id), await easel.used("presets", preset_id)] == [1, 1]
    await easel.json("POST", "/schedules", 422, json=schedule | {"request": request | {"prompt_text": "x"}})


async def test_a_session_remembers_what_was_chosen_and_nothing_that_was_drawn(easel: Easel) -> None:
    async def remembered() -> Any:
        return (await easel.json("GET", f"/comfyui/sessions/{easel.session_id}"))["last_parameters"]

    axes = [{"parameter": "cfg_scale", "values": [1, 2]}]
    sweep = f"/comfyui/sessions/{easel.session_id}/sweep"
    await easel.generate(parameters={"steps": 2, "seed": -1})
    await easel.generate(prompt_text="only words")
    await easel.json("POST", sweep, 201, json={"base": {"prompt_text": "only words"}, "axes": axes})
    options = {"session_id": easel.session_id}
    task = {"type": "image", "provider": "comfyui", "prompt": "only words", "options": options}
    await easel.json("POST", "/tasks", 201, json=task)
    assert await remembered() == {"steps": 2, "seed": -1}
    preset_id = await easel.keep("presets", parameters={"width": 640, "height": 320})
    await easel.generate(preset_id=preset_id)
    assert await remembered() == {"width": 640, "height": 320}
    await easel.generate(preset_id=preset_id, parameters={"height": 704, "seed": 2**60})
    assert await remembered() == {"width": 640, "height": 704, "seed": str(2**60)}
    preset_id = await easel.keep("presets", parameters={"cfg_scale": 7, "steps": 30})
    await easel.generate(preset_id=preset_id, parameters={"cfg": 5, "steps": None})
    chosen = await remembered()
    assert chosen == {"cfg": 5, "steps": 30}
    again = await easel.generate(parameters=chosen)
    assert (again["cfg_scale"], again["steps"]) == (5, 30)
    await easel.json("POST", sweep, 201, json={"base": {"parameters": {"3.seed": -1}}, "axes": axes})
    assert await remembered() == {"3.seed": -1}, "to be drawn again the next time"
    await easel.generate(parameters={})
    assert await remembered() == {}
