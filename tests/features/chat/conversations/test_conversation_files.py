"""Titles, exports, and what goes for good."""

import asyncio
from typing import Any

import pytest

from spoonfeeder.features.chat.conversations.chores import purge_conversations
from spoonfeeder.features.chat.conversations.titles import cleaned, first_line
from spoonfeeder.work import open_system_work
from tests.features.chat.conversations.talking import Talk
from tests.fixtures.server_mode import ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Hello", "Hello"),
        ("\n  \n  two   words \nmore", "two words"),
        (" \n", ""),
        ("word " * 40, "word " * 15 + "word…"),
        ("x" * 100, "x" * 79 + "…"),
    ],
)
async def test_the_first_line_of_a_text(text: str, line: str) -> None:
    assert first_line(text) == line


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        ('"Whales at Night."', "Whales at Night"),
        ("**Title: Whales**", "Whales"),
        ("<think>hm\nhm</think>\n\nWhales\nbecause", "Whales"),
        ("...", ""),
        ("Titles of Kings", "Titles of Kings"),
    ],
)
async def test_a_title_out_of_an_answer(answer: str, title: str) -> None:
    assert cleaned(answer) == title


async def test_the_model_gives_a_title(server: ServerMode, talk: Talk) -> None:
    await talk.json("POST", "/title", 409)
    await talk.ask("Where do whales sleep?", "Near the surface.")
    before = await talk.json("GET")
    naming = asyncio.create_task(talk.json("POST", "/title"))
    [told] = (await talk.model.answer('"Sleeping whales"'))["messages"]
    assert "Where do whales sleep?" in told["content"]
    named = await naming
    assert (named["title"], named["updated_at"]) == ("Sleeping whales", before["updated_at"])
    calls = await server.rows("SELECT purpose FROM usage_calls WHERE conversation_id = :id", id=talk.id)
    assert sorted(call["purpose"] for call in calls) == ["chat", "title"]


async def test_a_title_that_fails_changes_nothing(talk: Talk) -> None:
    await talk.ask("Where do whales sleep?", "Near the surface.")
    naming = asyncio.create_task(talk.json("POST", "/title", 502))
    turn = await talk.model.turn()
    await turn.say("Half a ti")
    turn.cut()
    await naming
    assert (await talk.json("GET"))["title"] == "Where do whales sleep?"


async def test_exports(talk: Talk) -> None:
    await talk.json("PATCH", title="Wale / 🐋", system_prompt="Be\nbrief.")
    first = (await talk.ask("Name one.", "Red"))["message"]
    regenerating = asyncio.create_task(talk.json("POST", "/regenerate", 201))
    await talk.model.answer("# Blue\n<b>")
    await regenerating
    whole: Any = await talk.application.http.get(f"/api{talk.path}/export")
    assert whole.headers["content-disposition"].startswith("attachment;")
    assert [message["content"] for message in whole.json()["messages"]] == ["Name one.", "Red", "# Blue\n<b>"]
    assert whole.json()["messages"][1]["id"] == first["id"]
    assert "fence" not in whole.text
    shown: Any = await talk.application.http.get(f"/api{talk.path}/export?format=markdown")
    assert shown.headers["content-type"].startswith("text/markdown")
    assert ".md" in shown.headers["content-disposition"]
    assert shown.text == (
        "# Wale / 🐋\n\n> Be\n> brief.\n\n## User\n\nName one.\n\n## Assistant (answered:1b)\n\n# Blue\n<b>\n"
    )
    assert (await talk.application.http.get(f"/api{talk.path}/export?format=pdf")).status_code == 422


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("How do I make a tagine?", "How do I make a tagine_"),
        ("A tagine.", "A tagine"),
        ("A tagine...", "A tagine"),
        ("...", "conversation"),
        ("x" * 250, "x" * 197),
    ],
)
async def test_a_file_is_named_after_the_title(talk: Talk, title: str, name: str) -> None:
    await talk.json("PATCH", title=title)
    answer = await talk.application.http.get(f"/api{talk.path}/export?format=markdown")
    assert f'filename="{name}.md"' in answer.headers["content-disposition"]


async def test_what_was_deleted_a_week_ago_goes_for_good(server: ServerMode, talk: Talk) -> None:
    asked = await talk.ask("Name one.", "Red")
    await talk.json("DELETE")

    async def purge() -> int:
        async with open_system_work(server.runtime, "a test") as work:
            await purge_conversations(work)
        return len(await server.rows("SELECT id FROM messages WHERE conversation_id = :id", id=talk.id))

    assert await purge() == 2
    old = "UPDATE conversations SET deleted_at = now() - interval '8 days' WHERE id = :id"
    await server.rows(old, id=talk.id)
    await talk.json("POST", "/restore", 409)
    assert await purge() == 0
    calls = "SELECT count(*) AS kept FROM usage_calls WHERE message_id IS NULL AND model IS NOT NULL"
    assert (await server.rows(calls))[0]["kept"] >= 1
    assert asked["message"]["cost_usd"] is None or asked["message"]["cost_usd"] >= 0
