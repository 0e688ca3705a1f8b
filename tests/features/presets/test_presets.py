"""Presets of parameters: for any workflow or for one, also from a generation; deleted with undo."""

from typing import Any

import pytest
import pytest_asyncio

from spoonfeeder.features.generations.chores import purge_deleted
from spoonfeeder.features.presets.chores import purge_presets
from spoonfeeder.work import open_system_work
from tests.fixtures.application import Application
from tests.fixtures.server_mode import ServerMode
from tests.fixtures.workflows import workflow

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOBODY = "00000000-0000-0000-0000-00000000dead"
GRAPH = workflow("txt2img_sd15")
DRAFT: dict[str, Any] = {"name": "Draft", "parameters": {"steps": 8, "cfg": 2.5}}


class Shelf:
    """Somebody's presets, in a workspace of their own."""

    def __init__(self, server: ServerMode, application: Application) -> None:
        self.server, self.application, self.json = server, application, application.json

    async def keep(self, **fields: Any) -> Any:
        return await self.json("POST", "/presets", 201, json=DRAFT | fields)

    async def workflow(self) -> str:
        body = {"workflow_json": GRAPH, "name": "Workflow"}
        return str((await self.json("POST", "/comfyui/workflows", 201, json=body))["id"])

    async def names(self, workflow_id: str = "") -> list[str]:
        query = f"?workflow_id={workflow_id}" if workflow_id else ""
        return [row["name"] for row in await self.json("GET", f"/presets{query}")]


async def open_shelf(server: ServerMode) -> Shelf:
    return Shelf(server, server.acting_as(await server.stranger()))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shelf(server: ServerMode) -> Shelf:
    return await open_shelf(server)


async def test_it_shows_what_it_was_made_with(shelf: Shelf) -> None:
    parameters = {"seed": 2**64 - 1, "loras": [{"name": "a"}], "3.steps": 5, "steps": None}
    made = await shelf.keep(description="Quick", parameters=parameters)
    told = {"name": "Draft", "description": "Quick", "workflow_id": None, "used_count": 0}
    assert made.items() >= told.items()
    assert made["parameters"] == parameters | {"seed": str(2**64 - 1)}
    assert await shelf.json("GET", f"/presets/{made['id']}") == made


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_change_leaves_the_rest(shelf: Shelf, method: str) -> None:
    workflow_id = await shelf.workflow()
    row = await shelf.keep(description="Quick")
    path = f"/presets/{row['id']}"
    for change in (
        {"name": "Final"},
        {"description": None},
        {"workflow_id": workflow_id},
        {"parameters": {"3.steps": 40}},
        {"workflow_id": None},
    ):
        changed = await shelf.json(method, path, json=change)
        assert changed == row | change | {"updated_at": changed["updated_at"]}
        row = changed
    again = await shelf.json(method, path, json=row)
    assert again == row | {"updated_at": again["updated_at"]}, "what is shown may be sent back"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"name": None}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"description": "x" * 10_001}, "description"),
        ({"parameters": []}, "parameters"),
        ({"parameters": {f"{number}.x": 1 for number in range(2_001)}}, "parameters"),
        ({"parameters": {"steps": 0}}, "parameters.steps"),
        ({"parameters": {"cfg": 1, "cfg_scale": 2}}, "parameters.cfg_scale"),
        ({"parameters": {"colour": 1}}, "parameters.colour"),
        ({"parameters": {"loras": "x"}}, "parameters.loras"),
        ({"workflow_id": NOBODY}, "workflow_id"),
        ({"workflow_id": "x"}, "workflow_id"),
        ({"owner": "me"}, "owner"),
    ],
)
async def test_a_bad_body_is_refused_by_name(shelf: Shelf, fields: dict[str, Any], named: str) -> None:
    row = await shelf.keep()
    for method, path in (("POST", "/presets"), ("PATCH", f"/presets/{row['id']}")):
        refused = await shelf.json(method, path, 422, json=DRAFT | fields)
        assert all(detail["loc"].startswith(named) for detail in refused["details"]), refused
    assert await shelf.json("GET", f"/presets/{row['id']}") == row


@pytest.mark.parametrize("wrong", [{"99.steps": 5}, {"3.colour": 5}, {"3.steps": "many"}, {"3.model": "x"}])
async def test_of_a_workflow_the_nodes_are_looked_at_too(shelf: Shelf, wrong: dict[str, Any]) -> None:
    workflow_id = await shelf.workflow()
    [name] = wrong
    refused = await shelf.json("POST", "/presets", 422, json=DRAFT | {"parameters": wrong, "workflow_id": workflow_id})
    assert refused["details"][0]["loc"] == f"parameters.{name}"
    await shelf.keep(parameters=wrong)


async def test_a_workflow_has_its_own_and_those_for_any(server: ServerMode) -> None:
    shelf = await open_shelf(server)
    first, second = [await shelf.workflow() for _ in range(2)]
    await shelf.keep(name="b", workflow_id=first)
    await shelf.keep(name="A")
    await shelf.keep(name="c", workflow_id=second)
    await shelf.json("DELETE", f"/presets/{(await shelf.keep(name='gone', workflow_id=first))['id']}")
    await (await open_shelf(server)).keep(name="of others")
    assert await shelf.names() == ["A", "b", "c"]
    assert await shelf.names(first) == ["A", "b"]
    assert await shelf.names(NOBODY) == ["A"]


async def test_from_a_generation_it_has_what_that_was_made_with(shelf: Shelf) -> None:
    session_id = await shelf.application.session(GRAPH)
    wished = {"steps": 21, "width": 640, "3.denoise": 0.5, "3.seed": 77}
    made = await shelf.application.generate(session_id, parameters=wished)
    body = {"name": "As last week", "from_generation_id": made["id"]}
    preset = await shelf.json("POST", "/presets", 201, json=body)
    kept = {name: value for name, value in made["parameters"].items() if name not in {"seed", "3.seed"}}
    assert preset["parameters"] == kept
    assert kept.items() >= {"steps": 21, "width": 640, "3.denoise": 0.5}.items()
    same = await shelf.json("POST", "/presets", 201, json=body | {"include_seed": True})
    assert same["parameters"] == made["parameters"]
    again = await shelf.application.generate(session_id, preset_id=same["id"])
    assert (again["parameters"], again["seed"]) == (made["parameters"], made["seed"])


async def test_either_parameters_or_a_generation(server: ServerMode, shelf: Shelf) -> None:
    other = await open_shelf(server)
    theirs = await other.application.generate(await other.application.session(GRAPH))
    mine = await shelf.application.generate(await shelf.application.session(GRAPH))
    await shelf.server.rows("UPDATE comfyui_generations SET deleted_at = now() WHERE id = :id", id=mine["id"])
    for body in ({}, DRAFT | {"from_generation_id": mine["id"]}, DRAFT | {"include_seed": True}):
        await shelf.json("POST", "/presets", 422, json={"name": "X"} | body)
    for wrong in (theirs["id"], mine["id"], NOBODY):
        refused = await shelf.json("POST", "/presets", 422, json={"name": "X", "from_generation_id": wrong})
        message = "This generation does not exist."
        assert refused["details"] == [{"loc": "from_generation_id", "type": "unknown_id", "message": message}]


async def test_what_is_not_there_or_of_others_is_unknown(server: ServerMode, shelf: Shelf) -> None:
    other = await open_shelf(server)
    theirs, deleted = await other.keep(), await shelf.keep()
    await shelf.json("DELETE", f"/presets/{deleted['id']}")
    for wrong in (theirs["id"], deleted["id"], NOBODY):
        for method in ("GET", "PATCH", "DELETE"):
            body: dict[str, Any] = {"json": {}} if method == "PATCH" else {}
            refused = await shelf.json(method, f"/presets/{wrong}", 404, **body)
            assert refused["code"] == "PRESET_NOT_FOUND"
    for wrong in (theirs["id"], NOBODY):
        assert (await shelf.json("POST", f"/presets/{wrong}/restore", 409))["code"] == "NOTHING_TO_RESTORE"
    foreign = await other.workflow()
    refused = await shelf.json("POST", "/presets", 422, json=DRAFT | {"workflow_id": foreign})
    assert refused["details"][0]["type"] == "unknown_id"
    assert await other.json("GET", f"/presets/{theirs['id']}") == theirs


async def test_deleted_it_comes_back_within_seven_days(shelf: Shelf) -> None:
    old, recent = [await shelf.keep() for _ in range(2)]
    for row, age in ((old, "7 days 1 minute"), (recent, "6 days 23 hours")):
        await shelf.json("DELETE", f"/presets/{row['id']}")
        statement = f"UPDATE presets SET deleted_at = now() - interval '{age}' WHERE id = :id"
        await shelf.server.rows(statement, id=row["id"])
    await shelf.json("POST", f"/presets/{old['id']}/restore", 409)
    async with open_system_work(shelf.server.runtime, "test") as work:
        await purge_presets(work)
    assert await shelf.server.rows("SELECT 1 FROM presets WHERE id = :id", id=old["id"]) == []
    assert await shelf.json("POST", f"/presets/{recent['id']}/restore") == recent
    await shelf.json("POST", f"/presets/{recent['id']}/restore", 409)
    found = await shelf.server.rows("SELECT action FROM audit_log WHERE subject_id = :id ORDER BY id", id=recent["id"])
    assert [entry["action"] for entry in found] == ["preset_deleted", "preset_restored"]


async def test_without_its_workflow_it_can_be_changed_and_in_the_end_is_for_any(shelf: Shelf) -> None:
    workflow_id = await shelf.workflow()
    row = await shelf.keep(workflow_id=workflow_id)
    path = f"/presets/{row['id']}"
    await shelf.json("DELETE", f"/comfyui/workflows/{workflow_id}")
    changed = await shelf.json("PUT", path, json=row | {"name": "Still", "parameters": {"99.x": 1}})
    assert (changed["name"], changed["workflow_id"]) == ("Still", workflow_id)
    statement = "UPDATE comfyui_workflows SET deleted_at = now() - interval '8 days' WHERE id = :id"
    await shelf.server.rows(statement, id=workflow_id)
    async with open_system_work(shelf.server.runtime, "test") as work:
        await purge_deleted(work)
    assert (await shelf.json("GET", path)) == changed | {"workflow_id": None}
