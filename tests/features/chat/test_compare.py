"""POST /api/chat/compare: the same question to several at once."""

import asyncio
from typing import Any

import pytest

from spoonfeeder.providers import retries
from tests.features.chat.asked import HI, profile, rows
from tests.features.chat.told import text_of, told_in
from tests.fixtures import openai_replies as openai
from tests.fixtures.application import Application
from tests.fixtures.scripted import Asked, Reply, scripted
from tests.waiting import until, until_async


def by_model(asked: Asked) -> Reply:
    """One who answers, one who refuses, one who breaks off."""
    match asked.json["model"]:
        case "broken":
            return openai.stream(*openai.transcript(["part"])[:2], is_whole=False)
        case "missing":
            return openai.error(404, code="model_not_found")
        case name:
            return openai.stream(*openai.transcript([name, "!"]))


async def test_answers_and_errors_stand_in_the_order_of_the_targets(
    api: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "FIRST_WAIT_SECONDS", 0)
    async with scripted(script=by_model) as server:
        asked = {"profile_id": await profile(api, server)}
        targets: list[dict[str, Any]] = [
            {**asked, "model": "missing"},
            {**asked, "model": "one", "options": {"seed": 5}},
            {"provider": "gemini", "model": "g"},
            {**asked, "model": "two", "options": {"tools": []}},
            {**asked, "model": "broken"},
        ]
        body = {"prompt": "Hi", "targets": targets, "options": {"seed": 1, "temperature": 0}}
        answers = await api.json("POST", "/chat/compare", json=body)

    assert [answer["index"] for answer in answers] == [0, 1, 2, 3, 4]
    assert [answer["error"] and (answer["error"]["code"], answer["error"]["statusCode"]) for answer in answers] == [
        ("PROVIDER_MODEL_NOT_FOUND", 422),
        None,
        ("PROFILE_REQUIRED", 422),
        ("VALIDATION_ERROR", 422),
        ("PROVIDER_STREAM_TRUNCATED", 502),
    ]
    assert [answer["answer"] and answer["answer"]["content"] for answer in answers] == [None, "one!", None, None, None]
    assert [(answer["provider"], answer["model"]) for answer in answers[1:3]] == [("openai", "one"), ("gemini", "g")]
    assert all(answer["duration_ms"] >= 0 for answer in answers)
    sent = next(asked.json for asked in server.asked if asked.json["model"] == "one")
    assert (sent["seed"], sent["temperature"], sent["messages"][0]["content"]) == (5, 0, "Hi")
    kept = await rows(api, "SELECT purpose, model, status FROM usage_calls ORDER BY model")
    assert kept == [
        ("compare", "broken", "failed"),
        ("compare", "missing", "failed"),
        ("compare", "one", "complete"),
        ("compare", "two", "failed"),
    ]


async def test_streamed_every_event_names_its_target(api: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "FIRST_WAIT_SECONDS", 0)
    async with scripted(script=by_model) as server:
        asked = {"profile_id": await profile(api, server)}
        targets = [{**asked, "model": name} for name in ("one", "broken", "two")] + [{"provider": "gemini"}]
        body = {"messages": HI, "targets": targets, "stream": True}
        response = await api.http.post("/api/chat/compare", json=body)
    events = told_in(response.text)
    of = {index: [event for event in events if event.data["index"] == index] for index in (0, 1, 2, 3, None)}

    assert {index: text_of(told) for index, told in of.items()} == {0: "one!", 1: "part", 2: "two!", 3: "", None: ""}
    assert [event.name for event in of[0]] == ["delta", "delta", "usage", "done"]
    assert [event.id for event in of[2][:2]] == [3, 4]
    assert of[1][-1].data["code"] == "PROVIDER_STREAM_TRUNCATED"
    assert [(event.name, event.data["code"]) for event in of[3]] == [("error", "PROFILE_REQUIRED")]
    assert [(event.name, event.data) for event in of[None]] == [("done", {"index": None, "answered": 2, "failed": 2})]
    assert events[-1] == of[None][0]


@pytest.mark.parametrize("stream", [False, True])
async def test_who_leaves_ends_all_calls(api: Application, stream: bool) -> None:
    async with scripted(openai.stream(*openai.transcript(["more "] * 2_000), pause_seconds=0.01)) as server:
        target = {"profile_id": await profile(api, server), "model": "m"}
        body = {"prompt": "Hi", "targets": [target] * 3, "stream": stream}
        asking = asyncio.create_task(api.http.post("/api/chat/compare", json=body))
        await until(lambda: len(server.asked) == 3)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await until(lambda: server.hung_up == 3)

    async def are_closed() -> bool:
        return await rows(api, "SELECT status FROM usage_calls") == [("cancelled",)] * 3

    await until_async(are_closed)


async def test_two_to_eight_are_asked_one_thing(api: Application) -> None:
    target = {"provider": "openai", "model": "m"}
    bad: list[tuple[dict[str, Any], str]] = [
        ({"targets": [target]}, "targets"),
        ({"targets": [target] * 9}, "targets"),
        ({"messages": HI}, ""),
        ({"prompt": None}, ""),
        ({"prompt": ""}, "prompt"),
        ({"targets": [target, {**target, "url": "http://127.0.0.1"}]}, "targets.1.url"),
    ]
    for change, loc in bad:
        body = {"prompt": "Hi", "targets": [target] * 2} | change
        failure = await api.json("POST", "/chat/compare", 422, json=body)
        assert failure["details"][0]["loc"] in {loc, "body"}, change
