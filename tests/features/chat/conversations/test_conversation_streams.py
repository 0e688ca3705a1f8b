"""An answer is written to its end whoever reads it, stops when told to, and what is kept is what came (F33, F36)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from spoonfeeder.features.chat.conversations import saving
from tests.features.chat.conversations.ollama_turns import Turn
from tests.features.chat.conversations.talking import Talk, text_of
from tests.fixtures.application import NO_TLS, Application, serve_api
from tests.fixtures.server_mode import ServerMode
from tests.waiting import until, until_async

pytestmark = pytest.mark.asyncio(loop_scope="module")
CHUNKS = ("Grüße", " aus ", "Köln: ", "🎼", "日本", ".")
WHOLE = "".join(CHUNKS)


@pytest_asyncio.fixture(loop_scope="module")
async def elsewhere(server: ServerMode, talk: Talk) -> AsyncIterator[Talk]:
    """The same conversation at another API process (one with its own memory, in this loop)."""
    async with (
        serve_api(server.settings) as url,
        httpx2.AsyncClient(base_url=url, timeout=20, headers=talk.application.http.headers, verify=NO_TLS) as http,
    ):
        yield Talk(Application(server.settings, url, http, server.simulator), talk.model, {"id": talk.id})


async def left(turn: Turn) -> None:
    """Until the server has closed its connection to the model."""
    async with asyncio.timeout(10):
        await turn.left.wait()


async def test_an_answer_goes_on_without_its_reader(talk: Talk) -> None:
    for number in range(len(CHUNKS) + 1):
        async with talk.streamed("POST", "/messages", json={"content": "Hi", "stream": True}) as events:
            message_id = (await anext(events)).data["message_id"]
            turn = await talk.model.turn()
            await turn.say(*CHUNKS[:number])
            read = ""
            while read != "".join(CHUNKS[:number]):
                read += (await anext(events)).data["text"]
        await turn.end(*CHUNKS[number:])
        kept = await talk.ended(message_id)
        assert (kept["status"], kept["content"]) == ("complete", WHOLE), number


async def test_a_stop_at_any_moment_keeps_what_came(talk: Talk) -> None:
    for number in range(len(CHUNKS) + 1):
        message_id, turn = await talk.begin()
        await turn.say(*CHUNKS[:number])
        following = asyncio.create_task(talk.read(message_id))
        came = "".join(CHUNKS[:number])
        assert await _has_come(talk, message_id, came)
        stopped = await talk.json("POST", "/stop")
        await left(turn)
        assert (stopped["id"], stopped["status"]) == (message_id, "cancelled")
        assert stopped["content"] == came
        told = await following
        assert (text_of(told), told[-1].name, told[-1].data["status"]) == (came, "done", "cancelled")
        await talk.json("POST", "/stop", 409)


async def _has_come(talk: Talk, message_id: str, text: str) -> bool:
    """Whether a reader who begins now is given this much."""
    read = ""
    async with talk.streamed("GET", f"/messages/{message_id}/stream") as events:
        while read != text:
            read += text_of([await anext(events)])
    return True


async def test_a_stop_while_the_reader_leaves(talk: Talk) -> None:
    async with talk.streamed("POST", "/messages", json={"content": "Hi", "stream": True}) as events:
        message_id = (await anext(events)).data["message_id"]
        turn = await talk.model.turn()
        await turn.say(*CHUNKS)
        await anext(events)
        stopping = asyncio.create_task(talk.json("POST", "/stop", message_id=message_id))
    stopped = await stopping
    await left(turn)
    assert stopped["status"] == "cancelled"
    assert WHOLE.startswith(stopped["content"])


async def test_an_end_and_a_stop_at_once_leave_one_of_the_two(talk: Talk) -> None:
    for _ in range(5):
        message_id, turn = await talk.begin()
        await turn.say(*CHUNKS)
        stopping = asyncio.create_task(talk.application.http.post(f"/api{talk.path}/stop", json={}))
        with suppress(ConnectionError):
            await turn.end()
        assert (await stopping).status_code in {200, 409}
        kept = await talk.ended(message_id)
        assert kept["status"] in {"complete", "cancelled"}
        assert WHOLE.startswith(kept["content"])
        assert kept["status"] == "cancelled" or kept["content"] == WHOLE


@pytest.mark.parametrize("cut", ["between", "letter", "json"])
async def test_what_is_kept_of_a_broken_stream_is_what_had_come(talk: Talk, cut: str) -> None:
    message_id, turn = await talk.begin()
    await turn.say("Grüße ", "aus ")
    line = '{"message":{"content":"Köln"},"done":false}\n'.encode()
    await turn.raw(line[: {"between": 0, "letter": line.index(b"\xc3") + 1, "json": 10}[cut]] or b"\n")
    turn.cut()
    kept = await talk.ended(message_id)
    assert (kept["content"], kept["status"]) == ("Grüße aus ", "partial")
    assert kept["error_code"] == "PROVIDER_STREAM_TRUNCATED"
    told = await talk.read(message_id)
    assert (text_of(told), told[-1].name, told[-1].data["code"]) == ("Grüße aus ", "error", kept["error_code"])


async def test_the_text_is_kept_while_it_comes(server: ServerMode, talk: Talk) -> None:
    message_id, turn = await talk.begin()
    for number in range(3):
        await turn.say(CHUNKS[number])
        await until_async(partial(_is_kept, talk, message_id, "".join(CHUNKS[: number + 1])))
    [row] = await server.rows("SELECT status, search FROM messages WHERE id = :id", id=message_id)
    assert row == {"status": "streaming", "search": None}
    await turn.end()
    await talk.ended(message_id)


async def _is_kept(talk: Talk, message_id: str, text: str) -> bool:
    return bool((await talk.message(message_id))["content"] == text)


async def test_readers_begin_anywhere_and_miss_nothing(talk: Talk, elsewhere: Talk) -> None:
    message_id, turn = await talk.begin()
    await turn.say(*CHUNKS[:3])
    readers = [
        asyncio.create_task(where.read(message_id, offset)) for where in (talk, elsewhere) for offset in (0, 4, 12, 17)
    ]
    await asyncio.sleep(0)
    for chunk in CHUNKS[3:]:
        await turn.say(chunk)
    await turn.end()
    for reader, offset in zip(readers, (0, 4, 12, 17) * 2, strict=True):
        told = await reader
        assert text_of(told) == WHOLE[offset:]
        assert (told[-1].name, told[-1].offset) == ("done", max(offset, len(WHOLE)))
        offsets = [event.offset for event in told if event.name == "delta"]
        assert offsets == sorted(set(offsets))


async def test_a_stop_reaches_the_other_process(talk: Talk, elsewhere: Talk) -> None:
    message_id, turn = await talk.begin()
    await turn.say("Much ", "more ")
    assert await _has_come(talk, message_id, "Much more ")
    stopping = asyncio.create_task(elsewhere.json("POST", "/stop"))
    await left(turn)
    assert (await stopping)["status"] == "cancelled"
    assert (await talk.message(message_id))["content"] == "Much more "


async def test_of_two_questions_at_once_one_waits_for_the_answer(talk: Talk) -> None:
    both = [
        asyncio.create_task(talk.application.http.post(f"/api{talk.path}/messages", json={"content": f"{number}?"}))
        for number in range(2)
    ]
    turn = await talk.model.turn()
    done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    assert [(task.result().status_code, task.result().json()["code"]) for task in done] == [(409, "ANSWER_RUNNING")]
    await talk.json("POST", "/regenerate", 409)
    await turn.end("One.")
    assert {response.status_code for response in await asyncio.gather(*both)} == {201, 409}
    assert (await talk.json("GET"))["message_count"] == 2


async def test_branches_are_answered_side_by_side(talk: Talk) -> None:
    asked = await talk.ask("One?", "Two.")
    regenerating = [
        asyncio.create_task(talk.json("POST", "/regenerate", 201, message_id=asked["message"]["id"])) for _ in range(2)
    ]
    turns = [await talk.model.turn() for _ in range(2)]
    for number, turn in enumerate(turns):
        await turn.end(f"Answer {number}")
    texts = {row["message"]["content"] for row in await asyncio.gather(*regenerating)}
    assert texts == {"Answer 0", "Answer 1"}


async def test_a_deleted_conversation_asks_no_more(talk: Talk) -> None:
    message_id, turn = await talk.begin()
    await turn.say("Never ")
    assert await _has_come(talk, message_id, "Never ")
    await talk.json("DELETE")
    await left(turn)
    await talk.json("POST", "/restore")
    kept = await talk.ended(message_id)
    assert (kept["status"], kept["content"]) == ("cancelled", "Never ")


async def test_an_answer_whose_row_is_somebody_elses_is_given_up(server: ServerMode, talk: Talk) -> None:
    message_id, turn = await talk.begin()
    await turn.say("Mine")
    assert await _has_come(talk, message_id, "Mine")
    taken = "UPDATE messages SET fence = 2, content = 'Theirs', lease_until = now() + interval '1h' WHERE id = :id"
    await server.rows(taken, id=message_id)
    await left(turn)
    assert (await talk.message(message_id))["content"] == "Theirs"


async def test_the_sweep_ends_what_nobody_writes_and_nothing_else(server: ServerMode, talk: Talk) -> None:
    message_id, turn = await talk.begin()
    await turn.say("Half")
    [row] = await server.rows(
        "INSERT INTO messages (workspace_id, conversation_id, parent_id, role, content, status, fence, lease_until)"
        " SELECT workspace_id, conversation_id, parent_id, 'assistant', 'Cut o', 'streaming', 1, now() - interval '1s'"
        " FROM messages WHERE id = :id RETURNING id",
        id=message_id,
    )
    kept = await talk.ended(str(row["id"]))
    assert (kept["status"], kept["content"], kept["error_code"]) == ("partial", "Cut o", "INTERRUPTED")
    assert [event.data["statusCode"] for event in await talk.read(kept["id"]) if event.name == "error"] == [503]
    assert (await talk.message(message_id))["status"] == "streaming"
    await turn.end(" done")
    assert (await talk.ended(message_id))["content"] == "Half done"


async def test_readers_go_on_while_nothing_can_be_saved(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    real, refused = saving.save, 0

    async def away(*_: Any) -> Any:
        nonlocal refused
        refused += 1
        raise ConnectionRefusedError

    message_id, turn = await talk.begin()
    for name in ("save", "save_end"):
        monkeypatch.setattr(saving, name, away)
    async with talk.streamed("GET", f"/messages/{message_id}/stream") as events:
        assert (await anext(events)).name == "message"
        for chunk in CHUNKS:
            await turn.say(chunk)
            assert (await anext(events)).data["text"] == chunk
        await turn.end()
        await until(lambda: refused >= 3)
        assert (await talk.message(message_id))["status"] == "streaming"
        monkeypatch.undo()
        assert [event.name async for event in events] == ["usage", "done"]
    assert real is saving.save
    assert (await talk.ended(message_id))["content"] == WHOLE


async def test_a_server_that_stops_keeps_what_came(server: ServerMode, talk: Talk) -> None:
    async with (
        serve_api(server.settings) as url,
        httpx2.AsyncClient(base_url=url, timeout=20, headers=talk.application.http.headers, verify=NO_TLS) as http,
    ):
        ending = Talk(Application(server.settings, url, http, server.simulator), talk.model, {"id": talk.id})
        message_id, turn = await ending.begin()
        await turn.say("Half of it")
        assert await _has_come(ending, message_id, "Half of it")
    kept = await talk.message(message_id)
    assert (kept["status"], kept["content"], kept["error_code"]) == ("partial", "Half of it", "SERVER_STOPPED")
    await left(turn)
