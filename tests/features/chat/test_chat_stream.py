"""POST /api/chat as a stream: pieces as they come, its end, and who stops reading."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from spoonfeeder.core import server_sent_events
from tests.features.chat.asked import HI, profile, rows
from tests.features.chat.told import Told, text_of, told_in
from tests.fixtures import openai_replies as openai
from tests.fixtures.application import Application
from tests.fixtures.scripted import Scripted, scripted
from tests.waiting import until, until_async

ENDLESS = openai.stream(*openai.transcript(["more "] * 2_000), pause_seconds=0.01)
MUTE = openai.stream(*[b": wait\n\n"] * 2_000, pause_seconds=0.01)

IDLE_IN_TRANSACTION = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'
"""


async def _streamed(api: Application, server: Scripted) -> list[Told]:
    body = {"profile_id": await profile(api, server), "model": "m", "messages": HI, "stream": True}
    response = await api.http.post("/api/chat", json=body)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/event-stream"
    assert response.headers["x-accel-buffering"] == "no"
    assert response.headers["cache-control"] == "no-store"
    return told_in(response.text)


async def test_every_piece_has_its_offset_and_the_end_what_it_took(api: Application) -> None:
    async with scripted(openai.stream(*openai.transcript(["Hé", "llo ", "😀", "\r\n\n"]))) as server:
        events = await _streamed(api, server)

    assert [event.name for event in events] == [*["delta"] * 4, "usage", "done"]
    assert [(event.data["text"], event.id) for event in events[:4]] == [
        ("Hé", 2),
        ("llo ", 6),
        ("😀", 7),
        ("\r\n\n", 10),
    ]
    usage, done = events[4].data, events[5].data
    assert (usage["input_tokens"], usage["output_tokens"]) == (12, 5)
    assert done["usage"] == usage
    assert (done["role"], done["model"], done["finish_reason"]) == ("assistant", openai.MODEL, "stop")
    assert {"duration_ms", "cost_usd", "provider"} <= done.keys()
    assert not {"content", "response"} & done.keys()


async def test_what_breaks_off_ends_with_an_error_after_its_text(api: Application) -> None:
    events = openai.transcript(["Hel", "lo"])
    async with scripted(openai.stream(*events[:3], is_whole=False)) as server:
        told = await _streamed(api, server)
    kept = await rows(api, "SELECT status, error_code FROM usage_calls")

    assert text_of(told) == "Hello"
    assert [event.name for event in told[2:]] == ["error"]
    assert (told[-1].data["code"], told[-1].data["statusCode"]) == ("PROVIDER_STREAM_TRUNCATED", 502)
    assert kept == [("failed", "PROVIDER_STREAM_TRUNCATED")]


async def test_a_slow_beginning_is_told_by_comments(api: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_sent_events, "FIRST_SECONDS", 0.05)
    monkeypatch.setattr(server_sent_events, "PULSE_SECONDS", 0.05)
    events = [*[b": wait\n\n"] * 10, *openai.transcript()]
    async with scripted(openai.stream(*events, pause_seconds=0.02)) as server:
        body = {"profile_id": await profile(api, server), "model": "m", "messages": HI, "stream": True}
        response = await api.http.post("/api/chat", json=body)

    assert response.text.startswith(":\n\n:\n\n")
    assert text_of(told_in(response.text)) == "Hello"


@pytest.fixture
async def endless() -> AsyncIterator[Scripted]:
    async with scripted(ENDLESS) as server:
        yield server


async def _is_cancelled(api: Application, server: Scripted) -> None:
    """The provider lost its connection, and the row says so."""
    await until(lambda: server.hung_up == 1)

    async def is_closed() -> bool:
        return await rows(api, "SELECT status FROM usage_calls") == [("cancelled",)]

    await until_async(is_closed)


async def test_pieces_come_at_once_and_who_leaves_ends_the_call(api: Application, endless: Scripted) -> None:
    body = {"profile_id": await profile(api, endless), "model": "m", "messages": HI, "stream": True}
    async with api.http.stream("POST", "/api/chat", json=body) as response:
        async for line in response.aiter_lines():  # the provider goes on for 20 s
            if line == "id: 15":
                break

    await _is_cancelled(api, endless)


@pytest.mark.parametrize("stream", [False, True])
async def test_who_leaves_before_the_first_piece_ends_the_call(api: Application, stream: bool) -> None:
    async with scripted(MUTE) as server:
        body = {"profile_id": await profile(api, server), "model": "m", "messages": HI, "stream": stream}
        asking = asyncio.create_task(api.http.post("/api/chat", json=body))
        await until(lambda: server.asked)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

        await _is_cancelled(api, server)


async def test_no_transaction_is_open_while_a_model_speaks(api: Application, endless: Scripted) -> None:
    body = {"profile_id": await profile(api, endless), "model": "m", "messages": HI, "stream": True}
    async with api.http.stream("POST", "/api/chat", json=body) as response:
        lines = response.aiter_lines()
        await anext(lines)

        async def nobody_is_in_one() -> bool:
            return await rows(api, IDLE_IN_TRANSACTION) == []

        await until_async(nobody_is_in_one)  # those of the chores are short
        assert await rows(api, "SELECT status FROM usage_calls") == [("open",)]


@pytest.mark.parametrize("stream", [False, True])
async def test_a_chat_in_a_conversation_is_kept_there(api: Application, stream: bool) -> None:
    async with scripted(openai.stream()) as server:
        profile_id = await profile(api, server)
        made = await api.json("POST", "/conversations", 201, json={"profile_id": profile_id, "model": "m"})
        messages = [{"role": "user", "content": "Before"}, {"role": "assistant", "content": "Yes"}, *HI]
        body = {"messages": messages, "conversation_id": made["id"], "stream": stream}
        response = await api.http.post("/api/chat", json=body)
        kept = await api.json("GET", f"/conversations/{made['id']}")
        last = [{"role": "assistant", "content": "Hi"}]
        refused = await api.json("POST", "/chat", 422, json={**body, "messages": last})
        unknown = await api.json("POST", "/chat", 404, json={**body, "conversation_id": str(uuid4())})

    assert [(message["role"], message["content"]) for message in kept["messages"]] == [
        ("user", "Hi"),
        ("assistant", "Hello"),
    ]
    if stream:
        events = told_in(response.text)
        assert events[0].name == "message"
        assert text_of(events) == "Hello"
        assert events[-1].data["message_id"] == kept["messages"][1]["id"]
    else:
        data = response.json()["data"]
        assert (data["content"], data["provider"], data["finish_reason"]) == ("Hello", "openai", "stop")
        assert (data["conversation_id"], data["message_id"]) == (made["id"], kept["messages"][1]["id"])
    assert refused["details"][0]["loc"] == "messages.0.role"
    assert unknown["code"] == "CONVERSATION_NOT_FOUND"
