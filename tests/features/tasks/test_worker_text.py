"""Texts that a worker has written, and what becomes of its failures."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.abuse.populated import PNG
from tests.features.tasks.asked import NOBODY, profile, task, upload
from tests.features.tasks.done import at, calls, ended, queue, until
from tests.fixtures import ollama_replies, openai_media_replies, openai_replies
from tests.fixtures.application import Application
from tests.fixtures.scripted import scripted
from tests.socket_client import open_socket

pytestmark = pytest.mark.asyncio(loop_scope="module")

HALF = openai_replies.stream(*openai_replies.transcript()[:3], is_whole=False)
SLOW = openai_replies.stream(*openai_replies.transcript(["word "] * 2_000), pause_seconds=0.05)


async def test_a_text_is_written_and_kept_with_its_figures(working: Application) -> None:
    async with scripted(openai_replies.stream()) as server:
        profile_id = await at(server, working)
        row = await ended(working, await queue(working, profile_id, prompt="Say hello", options={"temperature": 0.5}))
    assert (row["status"], row["progress"], row["error"], row["message"]) == ("complete", 100, None, None), row
    result = row["result"]
    assert (result["content"], result["type"], result["outputs"]) == ("Hello", "text", [])
    told = result["metadata"]
    assert (told["provider"], told["profile_id"], told["model"]) == ("openai", profile_id, openai_replies.MODEL)
    assert (told["input_tokens"], told["output_tokens"], told["tokens"]) == (12, 5, 17)
    assert (told["finish_reason"], told["duration_ms"] >= 0) == ("stop", True)
    sent = server.asked[0].json
    assert (sent["messages"], sent["temperature"]) == ([{"role": "user", "content": "Say hello"}], 0.5)
    assert await calls(working, row["id"]) == [("complete", None)]


async def test_a_picture_is_shown_to_the_model(working: Application) -> None:
    async with scripted(openai_replies.stream()) as server:
        profile_id = await at(server, working)
        picture = await upload(working, PNG)
        row = await ended(working, await queue(working, profile_id, prompt="What is it?", inputs=[picture]))
    assert row["status"] == "complete", row
    [words, shown] = server.asked[0].json["messages"][0]["content"]
    assert words["text"] == "What is it?"
    assert b64decode(shown["image_url"]["url"].partition(",")[2]) == PNG


async def test_its_words_are_counted_live_and_a_cancel_ends_the_call_at_once(working: Application) -> None:
    async with scripted(SLOW) as server, open_socket(working.url) as watcher:
        profile_id = await at(server, working)
        task_id = await queue(working, profile_id)
        assert await watcher.call("subscribe:task", task_id) == {"ok": True}
        told = await watcher.event("task:progress", lambda payload: payload["id"] == task_id)
        assert (told["taskId"], "words so far" in told["message"], told["progress"]) == (task_id, True, 0)
        await working.json("POST", f"/tasks/{task_id}/cancel")
        row = await ended(working, task_id)
        await watcher.event("task:cancelled", lambda payload: payload["id"] == task_id)
        await until(working, task_id, lambda _: server.hung_up == 1)
    assert (row["status"], row["result"], row["error"]) == ("cancelled", None, None)
    assert await calls(working, task_id) == [("cancelled", None)]


async def test_ollama_is_asked_again_where_its_answer_broke_off(working: Application) -> None:
    half = ollama_replies.stream(ollama_replies.answer("Hel", "lo")[:1], is_whole=False)
    whole = ollama_replies.stream(ollama_replies.answer("Hel", "lo"))
    async with scripted(half, whole) as server:
        profile_id = await at(server, working, "ollama")
        row = await ended(working, await queue(working, profile_id, model="llama3.2"))
    assert (row["status"], row["attempt"], row["result"]["content"]) == ("complete", 1, "Hello"), row
    assert len(server.asked) == 2
    assert await calls(working, row["id"]) == [("failed", "PROVIDER_STREAM_TRUNCATED"), ("complete", None)]


async def test_a_paid_answer_that_broke_off_is_not_asked_for_again(working: Application) -> None:
    async with scripted(HALF) as server:
        profile_id = await at(server, working)
        row = await ended(working, await queue(working, profile_id, name="Cut off"))
    assert (row["status"], row["error_code"], row["error_details"]) == (
        "failed",
        "UNKNOWN_OUTCOME",
        {"partial": "Hello"},
    ), row
    assert len(server.asked) == 1
    assert await calls(working, row["id"]) == [("failed", "PROVIDER_STREAM_TRUNCATED")]
    [told] = [each for each in await notifications(working) if each["code"] == "TASK_FAILED"]
    assert (told["type"], '"Cut off" failed' in told["message"]) == ("error", True)


async def notifications(api: Application) -> list[Any]:
    found: list[Any] = (await api.http.get("/api/notifications")).json()["data"]
    return found


FINAL = [
    (openai_replies.error(401, code="invalid_api_key"), "PROVIDER_UNAUTHORIZED"),
    (openai_replies.error(429, code="insufficient_quota"), "PROVIDER_QUOTA"),
    (openai_replies.error(400, code="content_policy_violation"), "PROVIDER_CONTENT_POLICY"),
    (openai_replies.error(404, code="model_not_found"), "PROVIDER_MODEL_NOT_FOUND"),
    (openai_replies.error(429, code="rate_limit_exceeded", retry_after="9000"), "PROVIDER_RATE_LIMITED"),
]


async def test_what_a_second_try_would_not_mend_is_final(working: Application) -> None:
    for reply, code in FINAL:
        async with scripted(reply) as server:
            row = await ended(working, await queue(working, await at(server, working)))
        assert (row["status"], row["error_code"], len(server.asked)) == ("failed", code, 1), row


async def test_an_error_of_the_provider_is_followed_by_another_try_until_the_last(working: Application) -> None:
    failed, limited = (
        openai_replies.error(500, kind="server_error"),
        openai_replies.error(429, code="rate_limit_exceeded", retry_after="0"),
    )
    async with scripted(failed, limited, openai_replies.stream()) as server:
        row = await ended(working, await queue(working, await at(server, working)))
    assert (row["status"], row["attempt"], len(server.asked)) == ("complete", 2, 3), row
    codes = [code for _, code in await calls(working, row["id"])]
    assert codes == ["PROVIDER_FAILED", "PROVIDER_RATE_LIMITED", None]
    async with scripted(limited) as server:
        row = await ended(working, await queue(working, await at(server, working), max_attempts=2))
    assert (row["status"], row["error_code"], len(server.asked)) == ("failed", "PROVIDER_RATE_LIMITED", 2), row


async def test_whoever_is_away_is_waited_for_without_a_burnt_attempt(working: Application) -> None:
    nobody = await profile(working, "openai", "Away", url=NOBODY)
    task_id = await queue(working, nobody, max_attempts=1)
    row = await until(working, task_id, lambda row: row["waiting_reason"] is not None)
    assert (row["status"], row["attempt"], row["error"]) == ("pending", 0, None)
    await working.json("POST", f"/tasks/{task_id}/cancel")
    assert (await ended(working, task_id))["status"] == "cancelled"


async def test_a_fallback_is_asked_where_the_first_cannot_for_the_moment(working: Application) -> None:
    limited = openai_replies.error(429, code="rate_limit_exceeded", retry_after="60")
    nobody = await profile(working, "openai", "Away", url=NOBODY)
    async with scripted(limited) as full, scripted(openai_replies.stream()) as server:
        first, last = await at(full, working), await at(server, working)
        others = [{"profile_id": each, "model": "gpt-4o"} for each in (nobody, last)]
        row = await ended(working, await queue(working, first, fallback=others))
    assert (row["status"], row["target"], row["provider"]) == ("complete", 2, "openai"), row
    assert [(each["profile_id"], each["code"]) for each in row["tried"]] == [
        (first, "PROVIDER_RATE_LIMITED"),
        (nobody, "PROVIDER_UNREACHABLE"),
    ]
    assert row["result"]["metadata"]["profile_id"] == last
    assert server.asked[0].json["model"] == "gpt-4o"


async def test_a_profile_that_was_deleted_meanwhile_is_no_reason_to_ask_somebody_else(working: Application) -> None:
    async with scripted(openai_replies.stream()) as server:
        profile_id = await at(server, working)
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        task_id = await queue(working, profile_id, run_after=tomorrow.isoformat())
        await working.json("DELETE", f"/profiles/{profile_id}")
        row = await working.json("GET", f"/tasks/{task_id}")
        assert row["status"] == "pending"
        await working.json("PATCH", f"/tasks/{task_id}", json={"run_after": datetime.now(UTC).isoformat()})
        row = await ended(working, task_id)
    assert (row["status"], row["error_code"], server.asked) == ("failed", "PROFILE_NOT_FOUND", []), row


async def test_nothing_is_sent_when_the_budget_is_used_up(working: Application) -> None:
    async with scripted(openai_replies.stream()) as server:
        profile_id = await at(server, working)
        await working.json("PUT", "/budgets", json={"profile_id": profile_id, "monthly_usd": 0})
        row = await ended(working, await queue(working, profile_id))
    assert (row["status"], row["error_code"], server.asked) == ("failed", "BUDGET_EXCEEDED", []), row
    assert await calls(working, row["id"]) == []


async def test_a_background_answer_is_looked_after_by_its_handle(working: Application) -> None:
    async with scripted(script=openai_media_replies.whatever_is_asked) as server:
        profile_id = await at(server, working)
        row = await ended(working, await queue(working, profile_id, options={"background": True}))
    assert (row["status"], row["result"]["content"]) == ("complete", "Hello"), row
    assert [asked.method for asked in server.asked].count("POST") == 1
    assert (row["result"]["metadata"]["input_tokens"], await calls(working, row["id"])) == (81, [("complete", None)])


async def test_one_more_than_there_are_slots_waits_for_its_own(working: Application) -> None:
    slots = working.settings.task_slots
    async with scripted(SLOW) as server:
        profile_id = await at(server, working)
        made = [await task(working, provider="auto", profile_id=profile_id, model="m") for _ in range(slots + 1)]
        await until(working, made[slots - 1]["id"], lambda row: row["message"] and len(server.asked) >= slots)
        last = await working.json("GET", f"/tasks/{made[-1]['id']}")
        assert (last["status"], len(server.asked)) == ("pending", slots)
        for each in reversed(made):
            await working.json("POST", f"/tasks/{each['id']}/cancel")
        for each in made:
            assert (await ended(working, each["id"]))["status"] == "cancelled"


async def test_a_limit_that_one_task_met_keeps_those_behind_it_from_asking(working: Application) -> None:
    slots = working.settings.task_slots
    async with scripted(openai_replies.error(429, code="rate_limit_exceeded", retry_after="60")) as server:
        server.may_answer.clear()
        profile_id = await at(server, working)
        made = [await queue(working, profile_id) for _ in range(slots + 2)]
        server.may_answer.set()
        last = await until(working, made[-1], lambda row: row["waiting_reason"] is not None)
        assert (last["status"], last["attempt"]) == ("pending", 0)
        assert len(server.asked) <= slots
        assert last["run_after"] > last["created_at"]
        for each in made:
            await working.json("POST", f"/tasks/{each}/cancel")
