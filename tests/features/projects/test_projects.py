"""Projects hold sessions and conversations: made, filled, deleted with undo, and gone for good after 7 days."""

from typing import Any

import pytest
import pytest_asyncio

from spoonfeeder.features.projects.chores import purge_projects
from spoonfeeder.work import open_system_work
from tests.fixtures.application import Application
from tests.fixtures.server_mode import ServerMode
from tests.fixtures.workflows import workflow

pytestmark = pytest.mark.asyncio(loop_scope="module")

GRAPH = workflow("model_free_trivial")
NOBODY = "00000000-0000-0000-0000-00000000dead"
KINDS = {"session": "/comfyui/sessions", "conversation": "/conversations"}


class Shelf:
    """Somebody's projects, in a workspace of their own."""

    def __init__(self, server: ServerMode, application: Application) -> None:
        self.server, self.application, self.json = server, application, application.json

    async def project(self, **fields: Any) -> Any:
        return await self.json("POST", "/projects", 201, json={"name": "Spring"} | fields)

    async def inside(self, project_id: str) -> dict[str, str]:
        """A session and a conversation that are made in it."""
        body = {"project_id": project_id, "title": "Inside"}
        return {kind: (await self.json("POST", path, 201, json=body))["id"] for kind, path in KINDS.items()}

    async def places(self, ids: dict[str, str]) -> list[Any]:
        return [(await self.json("GET", f"{KINDS[kind]}/{ids[kind]}"))["project_id"] for kind in KINDS]

    async def listed(self, project_id: str, query: str = "") -> list[list[str]]:
        paths = [f"{path}?project_id={project_id}{query}" for path in KINDS.values()]
        return [[row["id"] for row in await self.json("GET", path)] for path in paths]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shelf(server: ServerMode) -> Shelf:
    return Shelf(server, server.acting_as(await server.stranger()))


async def test_it_shows_what_it_was_made_with_and_what_is_in_it(shelf: Shelf) -> None:
    made = await shelf.project(name="  Spring ", description="All of it", color="#00ffAA")
    counts = {"session_count": 0, "conversation_count": 0, "generation_count": 0}
    assert made.items() >= {"name": "Spring", "description": "All of it", "color": "#00ffAA", **counts}.items()
    await shelf.inside((await shelf.project(name="Another"))["id"])
    ids = await shelf.inside(made["id"])
    profile_id = await shelf.application.profile()
    for _ in range(2):
        await shelf.application.generate(ids["session"], workflow_json=GRAPH, profile_id=profile_id)
    gone = await shelf.inside(made["id"])
    for kind, path in KINDS.items():
        await shelf.json("DELETE", f"{path}/{gone[kind]}")
    shown = await shelf.json("GET", f"/projects/{made['id']}")
    assert shown == made | {"session_count": 1, "conversation_count": 1, "generation_count": 2}
    assert shown in await shelf.json("GET", "/projects")


async def test_they_are_listed_by_name_whatever_its_letters(server: ServerMode) -> None:
    shelf = Shelf(server, server.acting_as(await server.stranger()))
    for name in ("b", "C", "a"):
        await shelf.project(name=name)
    assert [row["name"] for row in await shelf.json("GET", "/projects")] == ["a", "b", "C"]
    assert [row["name"] for row in await shelf.json("GET", "/projects?limit=1")] == ["a"]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_change_leaves_the_rest(shelf: Shelf, method: str) -> None:
    row = await shelf.project(description="Old", color="#000000")
    path = f"/projects/{row['id']}"
    for change in ({"name": "Summer"}, {"description": None}, {"color": None}):
        changed = await shelf.json(method, path, json=change)
        assert changed == row | change | {"updated_at": changed["updated_at"]}
        row = changed
    again = await shelf.json(method, path, json=row)
    assert again == row | {"updated_at": again["updated_at"]}, "what is shown may be sent back"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"name": None}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"description": "x" * 10_001}, "description"),
        ({"color": "red"}, "color"),
        ({"color": "#fff"}, "color"),
        ({"color": "#00ff00;}"}, "color"),
        ({"owner": "me"}, "owner"),
        ({"sessions": []}, "sessions"),
    ],
)
async def test_a_bad_body_is_refused_by_name(shelf: Shelf, fields: dict[str, Any], named: str) -> None:
    row = await shelf.project()
    for method, path in (("POST", "/projects"), ("PATCH", f"/projects/{row['id']}")):
        refused = await shelf.json(method, path, 422, json={"name": "Spring"} | fields)
        assert {detail["loc"].partition(".")[0] for detail in refused["details"]} == {named}
    assert await shelf.json("GET", f"/projects/{row['id']}") == row


async def test_sessions_and_conversations_move_in_and_out(shelf: Shelf) -> None:
    first, second = [(await shelf.project())["id"] for _ in range(2)]
    ids = await shelf.inside(first)
    assert await shelf.places(ids) == [first, first]
    for kind, path in KINDS.items():
        await shelf.json("PATCH", f"{path}/{ids[kind]}", json={"projectId": second})
    assert await shelf.listed(first) == [[], []]
    assert await shelf.listed(second) == [[ids["session"]], [ids["conversation"]]]
    for kind, path in KINDS.items():
        await shelf.json("PUT", f"{path}/{ids[kind]}", json={"title": "Renamed"})
    assert await shelf.places(ids) == [second, second], "what is absent stays"
    for kind, path in KINDS.items():
        await shelf.json("PUT", f"{path}/{ids[kind]}", json={"project_id": None})
    assert await shelf.places(ids) == [None, None]


async def test_conversations_are_searched_within_a_project(shelf: Shelf) -> None:
    first, second = [(await shelf.project())["id"] for _ in range(2)]
    ids = [await shelf.inside(project_id) for project_id in (first, second)]
    for row in ids:
        path = f"/conversations/{row['conversation']}/messages"
        await shelf.json("POST", path, 201, json={"role": "user", "content": "a quiet pier"})
    found = await shelf.json("GET", f"/conversations?q=pier&project_id={second}")
    assert [row["id"] for row in found] == [ids[1]["conversation"]]
    assert found[0]["project_id"] == second
    assert await shelf.json("GET", f"/conversations?q=pier&project_id={NOBODY}") == []


async def test_what_is_not_there_or_of_others_is_unknown(server: ServerMode, shelf: Shelf) -> None:
    other = Shelf(server, server.acting_as(await server.stranger()))
    theirs = (await other.project())["id"]
    held = await other.inside(theirs)
    deleted = (await shelf.project())["id"]
    await shelf.json("DELETE", f"/projects/{deleted}")
    ids = await shelf.inside((await shelf.project())["id"])
    before = await shelf.places(ids)
    for wrong in (theirs, deleted, NOBODY):
        for kind, path in KINDS.items():
            for method, address in (("POST", path), ("PATCH", f"{path}/{ids[kind]}")):
                refused = await shelf.json(method, address, 422, json={"project_id": wrong})
                detail = {"loc": "project_id", "type": "unknown_id", "message": "This project does not exist."}
                assert refused["details"] == [detail]
        assert await shelf.listed(wrong) == [[], []]
        for method, rest in (("GET", ""), ("PATCH", ""), ("DELETE", "")):
            await shelf.json(method, f"/projects/{wrong}{rest}", 404, **({"json": {}} if method == "PATCH" else {}))
    for wrong in (theirs, NOBODY):
        assert (await shelf.json("POST", f"/projects/{wrong}/restore", 409))["code"] == "NOTHING_TO_RESTORE"
    assert await shelf.places(ids) == before
    assert await other.places(held) == [theirs, theirs]


async def test_deleted_it_lets_go_of_what_is_in_it_and_restored_it_has_it_again(shelf: Shelf) -> None:
    project = await shelf.project()
    path = f"/projects/{project['id']}"
    ids = await shelf.inside(project["id"])
    await shelf.json("DELETE", path)
    await shelf.json("GET", path, 404)
    assert project["id"] not in {row["id"] for row in await shelf.json("GET", "/projects")}
    assert await shelf.places(ids) == [None, None]
    assert await shelf.listed(project["id"]) == [[], []]
    for kind, address in KINDS.items():
        as_shown = {"title": "Renamed meanwhile", "project_id": None}
        await shelf.json("PUT", f"{address}/{ids[kind]}", json=as_shown)
    restored = await shelf.json("POST", f"{path}/restore")
    assert restored == project | {"session_count": 1, "conversation_count": 1}
    assert await shelf.places(ids) == [project["id"]] * 2
    assert (await shelf.json("POST", f"{path}/restore", 409))["code"] == "NOTHING_TO_RESTORE"


async def test_what_moved_elsewhere_meanwhile_does_not_come_back(shelf: Shelf) -> None:
    first, second = [(await shelf.project())["id"] for _ in range(2)]
    ids = await shelf.inside(first)
    await shelf.json("DELETE", f"/projects/{first}")
    for kind, path in KINDS.items():
        await shelf.json("PATCH", f"{path}/{ids[kind]}", json={"project_id": second})
    await shelf.json("POST", f"/projects/{first}/restore")
    assert await shelf.places(ids) == [second, second]


async def test_after_seven_days_it_is_gone_and_what_was_in_it_is_in_none(shelf: Shelf) -> None:
    old, recent, kept = [(await shelf.project())["id"] for _ in range(3)]
    ids = {project_id: await shelf.inside(project_id) for project_id in (old, recent, kept)}
    for project_id, age in ((old, "7 days 1 minute"), (recent, "6 days 23 hours")):
        await shelf.json("DELETE", f"/projects/{project_id}")
        await shelf.server.rows(
            f"UPDATE projects SET deleted_at = now() - interval '{age}' WHERE id = :id", id=project_id
        )
    await shelf.json("POST", f"/projects/{old}/restore", 409)
    async with open_system_work(shelf.server.runtime, "test") as work:
        await purge_projects(work)
    assert await shelf.server.rows("SELECT 1 FROM projects WHERE id = :id", id=old) == []
    assert await shelf.places(ids[old]) == [None, None]
    await shelf.json("POST", f"/projects/{recent}/restore")
    assert await shelf.places(ids[recent]) == [recent, recent]
    assert await shelf.places(ids[kept]) == [kept, kept]


async def test_the_same_key_makes_one_and_the_audit_log_tells_of_its_end(shelf: Shelf) -> None:
    header = {"Idempotency-Key": "one project"}
    made = [await shelf.json("POST", "/projects", 201, json={"name": "Once"}, headers=header) for _ in range(2)]
    assert made[0] == made[1]
    await shelf.json("DELETE", f"/projects/{made[0]['id']}")
    await shelf.json("POST", f"/projects/{made[0]['id']}/restore")
    found = await shelf.server.rows("SELECT action FROM audit_log WHERE subject_id = :id ORDER BY id", id=made[0]["id"])
    assert [entry["action"] for entry in found] == ["project_deleted", "project_restored"]
