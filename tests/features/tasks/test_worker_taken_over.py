"""Tasks whose worker ended in the middle: what the next one may do again, and what it must not."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from tests.features.foreign import database
from tests.features.tasks.done import Video, at, calls, ended, queue, until
from tests.fixtures import ollama_replies, openai_media_replies, openai_replies
from tests.fixtures.application import Application, serve_work
from tests.fixtures.scripted import Reply, scripted

pytestmark = pytest.mark.asyncio(loop_scope="module")

DIED = "status = 'running', owner = 'dead', fence = 1, lease_until = now() - interval '1 second'"


async def leave(api: Application, task_id: str, **columns: Any) -> None:
    """As a worker does that is killed with the task in hand, after it has sent the request."""
    call_id = uuid4()
    opened = (
        "INSERT INTO usage_calls (id, workspace_id, task_id, provider, model, purpose)"
        " SELECT :call_id, workspace_id, id, provider, 'm', 'task' FROM tasks WHERE id = :id"
    )
    sent = "".join(f", {name} = :{name}" for name in columns)
    left = f"UPDATE tasks SET {DIED}, sent_at = now(), call_id = :call_id{sent} WHERE id = :id"
    async with database(api.settings) as session:
        for statement in (opened, left):
            given = {name: value for name, value in columns.items() if f":{name}" in statement}
            await session.execute(text(statement), {"id": task_id, "call_id": call_id, **given})


async def test_a_paid_call_that_may_have_happened_is_told_and_not_repeated(shared_api: Application) -> None:
    async with scripted(openai_replies.stream()) as server:
        task_id = await queue(shared_api, await at(server, shared_api))
        await leave(shared_api, task_id)
        async with serve_work(shared_api.settings):
            row = await ended(shared_api, task_id)
        assert (row["status"], row["error_code"], server.asked) == ("failed", "UNKNOWN_OUTCOME", []), row
        assert await calls(shared_api, task_id) == [("unknown", None)]
        await shared_api.json("POST", f"/tasks/{task_id}/retry", 200)
        async with serve_work(shared_api.settings):
            row = await ended(shared_api, task_id)
    assert (row["status"], row["run"], len(server.asked)) == ("complete", 2, 1), row
    assert await calls(shared_api, task_id) == [("unknown", None), ("complete", None)]


async def test_ollama_is_simply_asked_again(shared_api: Application) -> None:
    async with scripted(ollama_replies.stream(ollama_replies.answer("Hello"))) as server:
        task_id = await queue(shared_api, await at(server, shared_api, "ollama"), model="llama3.2")
        await leave(shared_api, task_id)
        async with serve_work(shared_api.settings):
            row = await ended(shared_api, task_id)
    assert (row["status"], row["result"]["content"], len(server.asked)) == ("complete", "Hello", 1), row
    assert await calls(shared_api, task_id) == [("unknown", None), ("complete", None)]


async def test_the_third_death_of_a_worker_is_the_last(shared_api: Application) -> None:
    async with scripted(ollama_replies.stream(ollama_replies.answer("Hello"))) as server:
        task_id = await queue(shared_api, await at(server, shared_api, "ollama"), model="llama3.2")
        await leave(shared_api, task_id, crashes=2)
        async with serve_work(shared_api.settings):
            row = await ended(shared_api, task_id)
    assert (row["status"], row["error_code"], server.asked) == ("failed", "POISON", []), row


async def test_what_was_asked_to_be_cancelled_ends_so(shared_api: Application) -> None:
    async with scripted(openai_replies.stream()) as server:
        task_id = await queue(shared_api, await at(server, shared_api))
        await leave(shared_api, task_id)
        await shared_api.json("POST", f"/tasks/{task_id}/cancel")
        async with serve_work(shared_api.settings):
            row = await ended(shared_api, task_id)
    assert (row["status"], server.asked) == ("cancelled", [])
    assert await calls(shared_api, task_id) == [("unknown", None)]


async def test_a_job_at_the_provider_is_started_once_whoever_looks_after_it(shared_api: Application) -> None:
    video = Video()
    async with scripted(script=video) as server:
        task_id = await queue(shared_api, await at(server, shared_api), type="video", model=None)
        async with serve_work(shared_api.settings):
            await until(shared_api, task_id, lambda row: row["progress"] == 30)
        assert await calls(shared_api, task_id) == [("open", None)]
        video.looks = [openai_media_replies.video()]
        async with serve_work(shared_api.settings):
            row = await ended(shared_api, task_id)
    assert (row["status"], video.started, len(row["result"]["outputs"])) == ("complete", 1, 1), row
    assert await calls(shared_api, task_id) == [("complete", None)]


async def test_after_a_kill_it_is_found_by_its_handle(shared_api: Application) -> None:
    video = Video()
    video.looks = [openai_media_replies.video()]
    async with scripted(script=video) as server:
        task_id = await queue(shared_api, await at(server, shared_api), type="video", model=None)
        await leave(shared_api, task_id, provider_handle=openai_media_replies.HANDLE)
        async with serve_work(shared_api.settings):
            row = await ended(shared_api, task_id)
    assert (row["status"], video.started) == ("complete", 0), row
    assert await calls(shared_api, task_id) == [("complete", None)]


async def test_a_worker_that_is_told_to_stop_lets_a_paid_call_end(shared_api: Application) -> None:
    slow = openai_replies.stream(*openai_replies.transcript(["word "] * 20), pause_seconds=0.05)
    async with scripted(slow) as server:
        server.may_end.clear()
        task_id = await queue(shared_api, await at(server, shared_api))
        async with serve_work(shared_api.settings):
            await until(shared_api, task_id, lambda row: row["message"] is not None)
            asyncio.get_running_loop().call_later(0.3, server.may_end.set)
        row = await shared_api.json("GET", f"/tasks/{task_id}")
    assert (row["status"], row["result"] and row["result"]["content"]) == ("complete", "word " * 20), row
    assert len(server.asked) == 1


async def test_one_that_is_free_is_handed_back_at_once_and_asked_again(shared_api: Application) -> None:
    never = ollama_replies.stream(ollama_replies.answer(*["word "] * 2_000))
    slow = Reply(never.status, never.chunks, never.content_type, pause_seconds=0.05)
    async with scripted(slow, ollama_replies.stream(ollama_replies.answer("Hello"))) as server:
        task_id = await queue(shared_api, await at(server, shared_api, "ollama"), model="llama3.2")
        async with serve_work(shared_api.settings):
            await until(shared_api, task_id, lambda row: row["message"] is not None)
        async with serve_work(shared_api.settings):
            row = await ended(shared_api, task_id)
    assert (row["status"], row["result"]["content"], len(server.asked)) == ("complete", "Hello", 2), row
