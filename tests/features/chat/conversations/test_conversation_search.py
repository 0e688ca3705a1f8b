"""Words are found in every message of every branch, in titles too, and only in one's own workspace."""

import asyncio
from typing import Any

import pytest

from spoonfeeder.core.actor import User
from spoonfeeder.features.chat.conversations.search import search
from spoonfeeder.work import open_work
from tests.features.chat.conversations.talking import Talk, talk_with
from tests.fixtures.server_mode import ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def found(talk: Talk, q: str) -> list[Any]:
    response = await talk.application.http.get("/api/conversations", params={"q": q})
    assert response.status_code == 200, response.text
    return [row["match"] for row in response.json()["data"]]


def marked(match: Any) -> list[str]:
    return [part["text"] for part in match["snippet"] if part["is_match"]]


async def test_words_phrases_beginnings_and_what_is_left_out(talk: Talk) -> None:
    asked = await talk.ask("Where do blue whales sleep?", "Blue whales <b>sleep</b> near the surface, & drift.")
    answer = asked["message"]["id"]
    for q, expected in {
        "whales": ["whales"],
        "WHALES surf": ["whales", "surface"],
        '"near the surface"': ["near", "the", "surface"],
        "whales -shark": ["whales"],
        "drif": ["drift"],
    }.items():
        [match] = await found(talk, q)
        assert match["message_id"] == answer, q
        assert {word.lower() for word in marked(match)} == set(expected), q
    [match] = await found(talk, "sleep")
    assert "".join(part["text"] for part in match["snippet"]) == ("Blue whales <b>sleep</b> near the surface, & drift.")
    for q in ('"surface near"', "whales -surface", '"surfa"', "shark", "'", '"', "-", "a:b&|!(", "\\", "%"):
        matches = await found(talk, q)
        assert all(match["message_id"] != answer for match in matches), q


CODE = (
    "Put <router-outlet></router-outlet> into ./src/app/main.component.ts, then call foo_bar.baz(-5) of v2.10.3\n"
    "with `git push --force` and x=user@mail.example.org:8080/a/path?q=1&r=C:\\Temp; that is well-known."
)


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("<router-outlet>", ["router", "outlet", "router", "outlet"]),
        ("outlet", ["outlet", "outlet"]),
        ("foo_bar.baz()", ["foo", "bar", "baz"]),
        ("baz", ["baz"]),
        ("main.comp", ["main", "component"]),
        ("./src/app/main", ["src", "app", "main"]),
        ('"src/app/main.component.ts"', ["src", "app", "main", "component", "ts"]),
        ("2.10.3", ["2", "10", "3"]),
        ("v2.10", ["v", "2", "10"]),
        ("--force", ["force"]),
        ("mail.example.org", ["mail", "example", "org"]),
        ("temp", ["Temp"]),
        ("well-known -shark", ["well", "known"]),
        ('known -"known-shark"', ["known"]),
        ("shark or path", ["path"]),
    ],
)
async def test_words_in_code_and_markup(talk: Talk, q: str, expected: list[str]) -> None:
    await talk.json("POST", "/messages", 201, role="user", content=CODE)
    [match] = await found(talk, q)
    assert marked(match) == expected
    assert "".join(part["text"] for part in match["snippet"]) in CODE


@pytest.mark.parametrize(
    "q", ["outlet -path", "outlet -foo_bar", 'outlet -"./src/app"', "bar_foo", "2.3", '"known -well"', "v3"]
)
async def test_words_in_code_that_are_left_out(talk: Talk, q: str) -> None:
    await talk.json("PATCH", title="Untold")
    await talk.json("POST", "/messages", 201, role="user", content=CODE)
    assert await found(talk, q) == []


async def test_words_in_a_title_with_code(talk: Talk) -> None:
    await talk.json("PATCH", title="Why <router-outlet> fails in v17.2")
    for q in ("outlet", "17.2", "<router-outl"):
        [match] = await found(talk, q)
        assert "".join(part["text"] for part in match["snippet"]) == "Why <router-outlet> fails in v17.2", q


async def test_other_branches_and_titles_are_searched(talk: Talk) -> None:
    await talk.ask("Name a fruit.", "Kumquat")
    regenerating = asyncio.create_task(talk.json("POST", "/regenerate", 201))
    await talk.model.answer("Rambutan")
    await regenerating
    assert [marked(match) for match in await found(talk, "kumquat")] == [["Kumquat"]]
    await talk.json("PATCH", title="About dragonfruit")
    [match] = await found(talk, "dragonf")
    assert (match["message_id"], marked(match)) == (None, ["dragonfruit"])


async def test_the_newest_place_of_each_conversation_and_the_newest_conversation_first(talk: Talk) -> None:
    await talk.ask("lychee once", "lychee twice")
    other = await talk_with(talk.application, talk.model)
    asked = await other.ask("lychee again", "no")
    rows = (await talk.application.http.get("/api/conversations?q=lychee")).json()["data"]
    assert [row["id"] for row in rows] == [other.id, talk.id]
    assert rows[0]["match"]["message_id"] == asked["user_message"]["id"]
    limited = (await talk.application.http.get("/api/conversations?q=lychee&limit=1")).json()["data"]
    assert [row["id"] for row in limited] == [other.id]


async def test_nothing_of_another_workspace_is_found(server: ServerMode, talk: Talk) -> None:
    await talk.ask("My durian", "yes")
    stranger = await server.stranger()
    assert (await stranger.get("/api/conversations?q=durian")).json()["data"] == []


async def test_the_index_answers_behind_the_second_wall(server: ServerMode, talk: Talk) -> None:
    """The function hides its plan, so what it scanned is counted."""
    await server.rows(
        "INSERT INTO messages (workspace_id, conversation_id, role, content) SELECT workspace_id, id, 'user',"
        " 'filler ' || n FROM conversations, generate_series(1, 5000) n WHERE id = :id",
        id=talk.id,
    )
    await server.rows("ANALYZE messages")
    [row] = await server.rows("SELECT workspace_id FROM conversations WHERE id = :id", id=talk.id)
    names = ("idx_messages_search", "messages")
    scans = "SELECT " + ", ".join(f"pg_stat_get_xact_numscans('{name}'::regclass)" for name in names)
    async with open_work(server.runtime, User(row["workspace_id"])) as work:
        [match] = await search(work, "filler 4711", limit=50)
        connection = await work.session.connection()
        assert tuple((await connection.exec_driver_sql(scans)).one()) == (1, 0)
    assert match["match"]["snippet"][-1] == {"text": "4711", "is_match": True}
