"""The prompt library: kept, found, used with variables, deleted with undo."""

import tracemalloc
from typing import Any

import pytest
import pytest_asyncio

from spoonfeeder.features.prompts.chores import purge_prompts
from spoonfeeder.work import open_system_work
from tests.fixtures.server_mode import Person, ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOBODY = "00000000-0000-0000-0000-00000000dead"
PORTRAIT = {"name": "Portrait", "prompt_text": "{subject} in {light} light", "negative_prompt": "blurry {subject}"}


class Library:
    """Somebody's prompts, in a workspace of their own."""

    def __init__(self, server: ServerMode, person: Person) -> None:
        self.server, self.person = server, person
        self.json = server.acting_as(person).json

    async def keep(self, **fields: Any) -> Any:
        return await self.json("POST", "/prompts", 201, json=PORTRAIT | fields)

    async def render(self, prompt_id: str, status: int = 200, **variables: Any) -> Any:
        return await self.json("POST", f"/prompts/{prompt_id}/render", status, json={"variables": variables})

    async def names(self, query: str = "") -> list[str]:
        return [row["name"] for row in await self.json("GET", f"/prompts?{query}")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def library(server: ServerMode) -> Library:
    return Library(server, await server.stranger())


async def test_it_shows_what_it_was_made_with_and_its_variables(library: Library) -> None:
    made = await library.keep(category=" People ")
    told = PORTRAIT | {"category": "People", "variables": ["subject", "light"], "used_count": 0, "used_at": None}
    assert made.items() >= told.items()
    assert await library.json("GET", f"/prompts/{made['id']}") == made
    plain = await library.json("POST", "/prompts", 201, json={"name": "Plain", "promptText": "{a|b}"})
    assert (plain["negative_prompt"], plain["category"], plain["variables"]) == (None, None, [])


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_change_leaves_the_rest(library: Library, method: str) -> None:
    row = await library.keep(category="People")
    path = f"/prompts/{row['id']}"
    for change, variables in (
        ({"name": "Face"}, ["subject", "light"]),
        ({"prompt_text": "{mood}"}, ["mood", "subject"]),
        ({"negative_prompt": None}, ["mood"]),
        ({"category": None}, ["mood"]),
    ):
        changed = await library.json(method, path, json=change)
        assert changed == row | change | {"variables": variables, "updated_at": changed["updated_at"]}
        row = changed
    again = await library.json(method, path, json=row)
    assert again == row | {"updated_at": again["updated_at"]}, "what is shown may be sent back"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"prompt_text": None}, "prompt_text"),
        ({"prompt_text": "x" * 100_001}, "prompt_text"),
        ({"prompt_text": " ".join(f"{{v{number}}}" for number in range(51))}, "prompt_text"),
        ({"negative_prompt": "x" * 100_001}, "negative_prompt"),
        ({"category": ""}, "category"),
        ({"category": "x" * 101}, "category"),
        ({"tags": ["x"]}, "tags"),
    ],
)
async def test_a_bad_body_is_refused_by_name(library: Library, fields: dict[str, Any], named: str) -> None:
    row = await library.keep()
    for method, path in (("POST", "/prompts"), ("PATCH", f"/prompts/{row['id']}")):
        refused = await library.json(method, path, 422, json=PORTRAIT | fields)
        assert {detail["loc"].partition(".")[0] for detail in refused["details"]} == {named}
    assert await library.json("GET", f"/prompts/{row['id']}") == row


async def test_they_are_found_by_part_of_name_or_text_and_by_category(server: ServerMode) -> None:
    library = Library(server, await server.stranger())
    await library.keep(name="Harbour", prompt_text="a PIER at dawn", negative_prompt=None, category="Places")
    await library.keep(name="Pierrot", prompt_text="a clown", negative_prompt="50% grey", category="People")
    await library.keep(name="Attic", prompt_text="dust", negative_prompt="spiers", category="places")
    await library.keep(name="bare", prompt_text="nothing_at_all", negative_prompt=None, category="Places")
    await library.json("DELETE", f"/prompts/{(await library.keep(name='Pier, deleted', category='Places'))['id']}")
    await Library(server, await server.stranger()).keep(name="Pier of others", category="Places")
    for query, found in (
        ("", ["Attic", "bare", "Harbour", "Pierrot"]),
        ("q=pier", ["Attic", "Harbour", "Pierrot"]),
        ("q=%25", ["Pierrot"]),
        ("q=g_a", ["bare"]),
        ("q=%5C", []),
        ("q=", ["Attic", "bare", "Harbour", "Pierrot"]),
        ("category=Places", ["bare", "Harbour"]),
        ("category=Places&q=pier", ["Harbour"]),
        ("category=Plac", []),
        ("limit=2&page=2", ["Harbour", "Pierrot"]),
    ):
        assert await library.names(query) == found, query
    page = (await library.person.get("/api/prompts?q=pier&limit=2")).json()["pagination"]
    assert (page["total"], page["pages"]) == (3, 2)
    counted = await library.json("GET", "/prompts/categories")
    assert sorted((row["category"], row["count"]) for row in counted) == [("People", 1), ("Places", 2), ("places", 1)]
    await library.json("GET", "/prompts?sort=age", 422)


async def test_they_are_sorted_by_use_and_by_change(server: ServerMode) -> None:
    library = Library(server, await server.stranger())
    ids = {name: (await library.keep(name=name, prompt_text="x", negative_prompt=None))["id"] for name in "abc"}
    for name in "bbc":
        await library.render(ids[name])
    assert await library.names("sort=used_count") == ["b", "c", "a"]
    await library.json("PATCH", f"/prompts/{ids['a']}", json={"category": "First"})
    assert await library.names("sort=updated") == ["a", "c", "b"], "a use is no change"


async def test_it_is_rendered_and_the_use_is_counted(library: Library) -> None:
    row = await library.keep()
    rendered = await library.render(row["id"], subject="{light} cat", light="")
    assert rendered == {"prompt_text": "{light} cat in  light", "negative_prompt": "blurry {light} cat"}
    await library.render(row["id"], subject="dog", light="soft")
    after = await library.json("GET", f"/prompts/{row['id']}")
    assert (after["used_count"], after["updated_at"]) == (2, row["updated_at"])
    assert after["used_at"] > row["created_at"]
    plain = await library.keep(prompt_text="{{x}} {a|b}", negative_prompt=None)
    assert await library.render(plain["id"]) == {"prompt_text": "{x} {a|b}", "negative_prompt": None}


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({}, ["variables.subject", "variables.light"]),
        ({"subject": "cat"}, ["variables.light"]),
        ({"subject": "cat", "light": "soft", "mood": "x"}, ["variables.mood"]),
        ({"subject": "cat", "Light": "soft"}, ["variables.light", "variables.Light"]),
        ({"subject": 1, "light": "soft"}, ["variables.subject"]),
        ({"subject": None, "light": "soft"}, ["variables.subject"]),
        ({"subject": ["cat"], "light": "soft"}, ["variables.subject"]),
        ({"subject": "x" * 10_001, "light": "soft"}, ["variables.subject"]),
    ],
)
async def test_each_variable_wants_one_value(library: Library, variables: dict[str, Any], named: list[str]) -> None:
    row = await library.keep()
    refused = await library.render(row["id"], 422, **variables)
    assert [detail["loc"] for detail in refused["details"]] == named
    assert (await library.json("GET", f"/prompts/{row['id']}"))["used_count"] == 0


async def test_a_rendered_text_has_its_bound(library: Library) -> None:
    row = await library.keep(prompt_text="{x}" * 11, negative_prompt=None)
    assert len((await library.render(row["id"], x="y" * 9_000))["prompt_text"]) == 99_000
    refused = await library.render(row["id"], 422, x="y" * 9_200)
    assert refused["details"][0]["loc"] == "variables"


async def test_a_text_that_is_too_long_is_never_made(library: Library) -> None:
    row = await library.keep(prompt_text="{x}" * 33_000, negative_prompt=None)
    tracemalloc.start()
    await library.render(row["id"], 422, x="y" * 9_000)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 33_000 * 9_000 / 10


async def test_what_is_not_there_or_of_others_is_unknown(server: ServerMode, library: Library) -> None:
    other = Library(server, await server.stranger())
    theirs, deleted = await other.keep(), await library.keep()
    await library.json("DELETE", f"/prompts/{deleted['id']}")
    for wrong in (theirs["id"], deleted["id"], NOBODY):
        for method, rest in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/render")):
            body: dict[str, Any] = {"json": {}} if method in {"PATCH", "POST"} else {}
            refused = await library.json(method, f"/prompts/{wrong}{rest}", 404, **body)
            assert refused["code"] == "PROMPT_NOT_FOUND"
    for wrong in (theirs["id"], NOBODY):
        assert (await library.json("POST", f"/prompts/{wrong}/restore", 409))["code"] == "NOTHING_TO_RESTORE"
    assert await other.json("GET", f"/prompts/{theirs['id']}") == theirs


async def test_deleted_it_comes_back_within_seven_days(library: Library) -> None:
    old, recent = [await library.keep() for _ in range(2)]
    for row, age in ((old, "7 days 1 minute"), (recent, "6 days 23 hours")):
        await library.json("DELETE", f"/prompts/{row['id']}")
        statement = f"UPDATE prompts SET deleted_at = now() - interval '{age}' WHERE id = :id"
        await library.server.rows(statement, id=row["id"])
    await library.json("POST", f"/prompts/{old['id']}/restore", 409)
    async with open_system_work(library.server.runtime, "test") as work:
        await purge_prompts(work)
    assert await library.server.rows("SELECT 1 FROM prompts WHERE id = :id", id=old["id"]) == []
    assert await library.json("POST", f"/prompts/{recent['id']}/restore") == recent
    await library.json("POST", f"/prompts/{recent['id']}/restore", 409)
    found = await library.server.rows(
        "SELECT action, details FROM audit_log WHERE subject_id = :id ORDER BY id", id=recent["id"]
    )
    assert [(entry["action"], entry["details"]) for entry in found] == [("prompt_deleted", {}), ("prompt_restored", {})]


async def test_a_viewer_reads_and_uses_nothing_up(server: ServerMode, library: Library) -> None:
    row = await library.keep()
    viewer = Library(server, await server.person("viewer", library.person.workspace_id))
    assert await viewer.json("GET", f"/prompts/{row['id']}") == row
    await viewer.render(row["id"], 403, subject="cat", light="soft")
