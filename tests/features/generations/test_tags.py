"""Tags and notes: what people keep with a generation, of one or of many at once."""

from typing import Any

import pytest
import pytest_asyncio

from tests.fixtures.server_mode import Person, ServerMode
from tests.fixtures.workflows import workflow
from tests.socket_client import open_socket

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOBODY = "00000000-0000-0000-0000-00000000dead"


class Album:
    """Somebody's pictures, in a workspace of their own; nothing is run."""

    def __init__(self, server: ServerMode, person: Person) -> None:
        self.server, self.person = server, person
        self.json = server.acting_as(person).json

    async def picture(self, *tags: str) -> str:
        columns = "(workspace_id, tags) VALUES (:workspace, CAST(:tags AS text[]))"
        statement = f"INSERT INTO comfyui_generations {columns} RETURNING id"
        [row] = await self.server.rows(statement, workspace=self.person.workspace_id, tags=list(tags))
        return str(row["id"])

    async def change(self, picture: str, status: int = 200, **fields: Any) -> Any:
        return await self.json("PATCH", f"/comfyui/generations/{picture}", status, json=fields)

    async def tag(self, *pictures: str, status: int = 200, **fields: Any) -> Any:
        return await self.json("POST", "/comfyui/generations/tags", status, json={"ids": pictures, **fields})

    async def tags(self, picture: str) -> list[str]:
        return list((await self.json("GET", f"/comfyui/generations/{picture}"))["tags"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def album(server: ServerMode) -> Album:
    return Album(server, await server.stranger())


async def test_tags_and_notes_of_one(album: Album) -> None:
    picture = await album.picture()
    kept = await album.change(picture, tags=["  Cat ", "night sky", "cat", "🐈‍⬛", "NIGHT SKY"], notes="Print it.\n")
    assert (kept["tags"], kept["notes"], kept["favorite"]) == (["Cat", "night sky", "🐈‍⬛"], "Print it.\n", False)
    kept = await album.change(picture, favorite=True)
    assert (kept["tags"], kept["notes"], kept["favorite"]) == (["Cat", "night sky", "🐈‍⬛"], "Print it.\n", True)
    kept = await album.change(picture, tags=[], notes=None)
    assert (kept["tags"], kept["notes"], kept["favorite"]) == ([], None, True)
    whole = await album.json("GET", f"/comfyui/generations/{picture}")
    same = await album.json("PATCH", f"/comfyui/generations/{picture}", json=whole | {"tags": ["x"]})
    assert (same["tags"], same["favorite"]) == (["x"], True), "what is shown may be sent back"


@pytest.mark.parametrize(
    "tags",
    [None, "cat", [""], ["  "], ["x" * 51], ["a\nb"], ["a\x00b"], ["a\u2028b"], [1], [None], [["cat"]], ["x"] * 33],
)
async def test_what_is_no_tag_is_refused(album: Album, tags: Any) -> None:
    picture = await album.picture("kept")
    refused = await album.change(picture, 422, tags=tags)
    assert refused["code"] in {"VALIDATION_ERROR", "INVALID_TEXT"}
    await album.tag(picture, status=422, add=tags)
    await album.tag(picture, status=422, remove=tags)
    assert await album.tags(picture) == ["kept"]


async def test_notes_have_their_bound(album: Album) -> None:
    picture = await album.picture()
    assert len((await album.change(picture, notes="x" * 10_000))["notes"]) == 10_000
    for wrong in ("x" * 10_001, 5, ["x"]):
        await album.change(picture, 422, notes=wrong)


async def test_many_are_tagged_at_once(album: Album) -> None:
    first, second, third = await album.picture("old", "Cat"), await album.picture(), await album.picture("untouched")
    changed = await album.tag(second, first, second, add=["cat", "new"], remove=["OLD"])
    assert changed == [{"id": second, "tags": ["cat", "new"]}, {"id": first, "tags": ["Cat", "new"]}]
    assert [await album.tags(picture) for picture in (first, second, third)] == [
        ["Cat", "new"],
        ["cat", "new"],
        ["untouched"],
    ]
    assert await album.tag(first, add=["CAT"], remove=["cat"]) == [{"id": first, "tags": ["new", "CAT"]}]
    assert await album.tag(first) == [{"id": first, "tags": ["new", "CAT"]}]


async def test_all_or_none_of_them(server: ServerMode, album: Album) -> None:
    other = Album(server, await server.stranger())
    theirs, deleted, mine = await other.picture("theirs"), await album.picture(), await album.picture("mine")
    await server.rows("UPDATE comfyui_generations SET deleted_at = now() WHERE id = :id", id=deleted)
    for wrong in (theirs, deleted, NOBODY):
        refused = await album.tag(mine, wrong, mine, status=422, add=["x"])
        message = "This generation does not exist."
        assert refused["details"] == [{"loc": "ids.1", "type": "unknown_id", "message": message}]
        await album.change(wrong, 404, tags=["x"])
    full = await album.picture(*(f"tag {number}" for number in range(31)))
    await album.tag(full, mine, status=422, add=["x", "y"])
    assert len((await album.tag(full, add=["x", "Tag 1"]))[0]["tags"]) == 32
    assert (await album.tags(mine), await other.tags(theirs)) == (["mine"], ["theirs"])
    for ids in ([], ["x"], [NOBODY] * 501, None):
        await album.json("POST", "/comfyui/generations/tags", 422, json={"ids": ids, "add": ["x"]})


async def test_they_are_counted_as_they_are_spelt(server: ServerMode) -> None:
    album = Album(server, await server.stranger())
    await Album(server, await server.stranger()).picture("of others")
    gone = [await album.picture(*tags) for tags in (["cat", "dog"], ["cat"], ["Cat"], [], ["gone"])][-1]
    await server.rows("UPDATE comfyui_generations SET deleted_at = now() WHERE id = :id", id=gone)
    counted = await album.json("GET", "/comfyui/tags")
    assert counted[0] == {"tag": "cat", "count": 2}
    assert sorted((row["tag"], row["count"]) for row in counted[1:]) == [("Cat", 1), ("dog", 1)]


async def test_other_windows_are_told_of_each_that_changed(album: Album) -> None:
    pictures = [await album.picture() for _ in range(2)]
    tagged, last = await album.picture("cat"), await album.picture()
    own = {*pictures, tagged, last}
    async with open_socket(album.server.url, auth={"token": album.person.token}) as window:
        await album.tag(*pictures, tagged, add=["cat"])
        await album.tag(last, add=["end"])
        await window.event("resource:changed", lambda payload: payload["id"] == last)
        told = {(row["kind"], row["id"], row["change"]) for row in window.payloads("resource:changed")}
    assert {each for each in told if each[1] in own} == {("generation", each, "updated") for each in (*pictures, last)}


async def test_a_viewer_changes_nothing(server: ServerMode, album: Album) -> None:
    picture = await album.picture("cat")
    viewer = Album(server, await server.person("viewer", album.person.workspace_id))
    await viewer.tag(picture, status=403, add=["x"])
    await viewer.change(picture, 403, tags=["x"])
    assert await viewer.tags(picture) == ["cat"]


async def test_a_picture_that_is_made_has_none(album: Album) -> None:
    application = album.server.acting_as(album.person)
    made = await application.generate(await application.session(workflow("model_free_trivial")))
    assert (made["tags"], made["notes"]) == ([], None)
    await album.change(made["id"], tags=["cat"], notes="Mine")
    copy = await album.json("POST", f"/comfyui/generations/{made['id']}/rerun", 201)
    assert (copy["tags"], copy["notes"]) == ([], None)
