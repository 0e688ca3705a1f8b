"""POST /api/chat, whole: what is sent to the provider, what comes back, and what is refused."""

import time
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from spoonfeeder.providers import retries
from spoonfeeder.providers.base import Capability
from spoonfeeder.providers.openai import OpenAI
from tests.abuse.populated import PNG
from tests.features.chat.asked import HI, KEY, profile, rows
from tests.fixtures import openai_replies as openai
from tests.fixtures.application import Application
from tests.fixtures.log_lines import LogLines
from tests.fixtures.scripted import Reply, Scripted, scripted

GIF = b"GIF89a" + bytes(20)


@pytest.fixture
async def provider() -> AsyncIterator[Scripted]:
    async with scripted(openai.stream()) as server:
        yield server


def data_url(content: bytes, media_type: str = "image/png") -> str:
    return f"data:{media_type};base64,{b64encode(content).decode()}"


async def test_an_answer_is_as_documented_and_its_usage_is_kept(api: Application, provider: Scripted) -> None:
    profile_id = await profile(api, provider, prompt_template="Be brief.", options={"temperature": 0.5, "seed": 1})
    body = {"profileId": profile_id, "model": "gpt-4o-mini", "messages": HI, "options": {"temperature": 1}}
    began = time.monotonic()
    answer = await api.json("POST", "/chat", json=body)
    most_ms = (time.monotonic() - began) * 1_000 + 1

    duration = answer.pop("duration_ms")
    cost = answer.pop("cost_usd")
    assert answer == {
        "role": "assistant",
        "content": "Hello",
        "response": "Hello",
        "provider": "openai",
        "model": openai.MODEL,
        "usage": {
            "input_tokens": 12,
            "output_tokens": 5,
            "total_tokens": 17,
            "cached_tokens": 4,
            "reasoning_tokens": 3,
        },
        "finish_reason": "stop",
        "conversation_id": None,
        "message_id": None,
    }
    assert isinstance(duration, int)
    assert 0 <= duration <= most_ms
    assert cost is None or 0 < cost < 0.001
    sent = provider.asked[0].json
    assert [message["role"] for message in sent["messages"]] == ["system", "user"]
    assert sent["messages"][0]["content"] == "Be brief."
    assert (sent["temperature"], sent["seed"]) == (1, 1)
    kept = await rows(api, "SELECT purpose, status, provider, input_tokens, output_tokens, attempts FROM usage_calls")
    assert kept == [("chat", "complete", "openai", 12, 5, 1)]


async def test_the_only_model_listed_is_taken_and_a_system_message_of_ones_own(
    api: Application, provider: Scripted
) -> None:
    profile_id = await profile(api, provider, prompt_template="Be brief.")
    await api.json("POST", f"/profiles/{profile_id}/models", 201, json={"model_id": "gpt-4o"})
    messages = [{"role": "system", "content": "Be long."}, *HI]
    await api.json("POST", "/chat", json={"provider": "openai", "messages": messages})

    sent = provider.asked[0].json
    assert sent["model"] == "gpt-4o"
    assert [message["content"] for message in sent["messages"]] == ["Be long.", "Hi"]


async def test_pictures_come_along_or_are_uploads(api: Application, provider: Scripted) -> None:
    upload = await api.json("POST", "/comfyui/uploads", 201, files={"file": ("a.png", PNG)})
    parts = [
        {"type": "text", "text": "What is this?"},
        {"type": "image", "upload_id": upload["id"]},
        {"type": "image", "url": data_url(GIF, "image/png")},
        {"type": "image_url", "image_url": {"url": data_url(PNG), "detail": "low"}},
    ]
    body = {"profile_id": await profile(api, provider), "model": "m", "messages": [{"role": "user", "content": parts}]}
    await api.json("POST", "/chat", json=body)

    said = provider.asked[0].json["messages"][0]["content"]
    assert said[0]["text"] == "What is this?"
    assert [part["image_url"]["url"] for part in said[1:]] == [
        data_url(PNG),
        data_url(GIF, "image/gif"),  # the type is what the bytes say
        data_url(PNG),
    ]


async def test_pictures_that_are_too_much_together_are_refused_before_any_is_read(
    api: Application, provider: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile_id = await profile(api, provider)
    upload = await api.json("POST", "/comfyui/uploads", 201, files={"file": ("a.png", PNG)})
    named, inline = {"type": "image", "upload_id": upload["id"]}, {"type": "image", "url": data_url(PNG)}
    monkeypatch.setattr("spoonfeeder.features.calls.pictures.MOST_BYTES_TOGETHER", 3 * len(PNG))
    messages = [{"role": "user", "content": [named, named]}, {"role": "user", "content": [named]}]
    await api.json("POST", "/chat", json={"profile_id": profile_id, "model": "m", "messages": messages})
    assert len(provider.asked) == 1

    monkeypatch.setattr("spoonfeeder.features.chat.parts.picture_of_upload", None)
    messages[1]["content"] = [named, inline]
    body = {"profile_id": profile_id, "model": "m", "messages": messages}
    failure = await api.json("POST", "/chat", 422, json=body)
    assert (failure["code"], failure["details"][0]["loc"]) == ("VALIDATION_ERROR", "messages")
    assert "together" in failure["error"]
    assert len(provider.asked) == 1


async def test_an_adapter_that_takes_no_pictures_is_not_shown_any(
    api: Application, provider: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OpenAI, "capabilities", frozenset({Capability.TEXT}))
    body = {"profile_id": await profile(api, provider), "model": "m", **picture(url=data_url(PNG))}
    failure = await api.json("POST", "/chat", 422, json=body)

    assert failure["details"] == [{"loc": "messages", "type": "no_vision", "message": "openai takes no pictures."}]
    assert provider.asked == []


def picture(**part: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": [{"type": "image", **part}]}]}


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no messages": ({"messages": []}, "messages"),
    "too many messages": ({"messages": HI * 1_001}, "messages"),
    "unknown role": ({"messages": [{"role": "tool", "content": "x"}]}, "messages.0.role"),
    "content is a number": ({"messages": [{"role": "user", "content": 5}]}, "messages.0.content.parts"),
    "no parts": ({"messages": [{"role": "user", "content": []}]}, "messages.0.content.parts"),
    "unknown part": ({"messages": [{"role": "user", "content": [{"type": "audio"}]}]}, "messages.0.content.parts.0"),
    "text is too long": ({"messages": [{"role": "user", "content": "x" * 1_000_001}]}, "messages.0.content.text"),
    "no such upload": (picture(upload_id=str(uuid4())), "messages.0.content.0"),
    "an address to fetch": (picture(url="http://127.0.0.1/a.png"), "messages.0.content.0"),
    "no picture": (picture(url=data_url(b"%PDF-1.4")), "messages.0.content.0"),
    "broken base64": (picture(url="data:image/png;base64,iVBO*"), "messages.0.content.0"),
    "both sources": (picture(upload_id=str(uuid4()), url=data_url(PNG)), "messages.0.content.parts.0.image"),
    "21 pictures": (
        {"messages": [{"role": "user", "content": [{"type": "image", "url": data_url(PNG)}] * 21}]},
        "messages",
    ),
    "another server": ({"options": {"base_url": "http://127.0.0.1:1"}}, "options.base_url"),
    "a key": ({"options": {"api_key": "x"}}, "options.api_key"),
    "tools": ({"options": {"tools": []}}, "options.tools"),
    "another provider": ({"provider": "claude"}, "provider"),
    "no model": ({"model": None}, "model"),
    "unknown field": ({"temperature": 1}, "temperature"),
}


async def test_what_cannot_be_asked_is_refused_by_name_and_nobody_is_called(
    api: Application, provider: Scripted
) -> None:
    body = {"profile_id": await profile(api, provider), "model": "m", "messages": HI}
    found = {}
    for name, (change, _) in BAD.items():
        failure = await api.json("POST", "/chat", 422, json=body | change)
        found[name] = failure["details"][0]["loc"]

    assert found == {name: loc for name, (_, loc) in BAD.items()}
    assert provider.asked == []


async def test_who_is_not_there_cannot_be_asked(api: Application) -> None:
    ask = {"messages": HI, "model": "m"}
    codes = {
        "profile": (await api.json("POST", "/chat", 404, json={**ask, "profile_id": str(uuid4())}))["code"],
        "nothing set up": (await api.json("POST", "/chat", 422, json={**ask, "provider": "openai"}))["code"],
        "comfyui": (await api.json("POST", "/chat", 422, json={**ask, "provider": "comfyui"}))["code"],
        "nobody named": (await api.json("POST", "/chat", 422, json=ask))["code"],
    }

    assert codes == {
        "profile": "PROFILE_NOT_FOUND",
        "nothing set up": "PROFILE_REQUIRED",
        "comfyui": "PROVIDER_NOT_SUPPORTED",
        "nobody named": "VALIDATION_ERROR",
    }


CUT = openai.stream(*openai.transcript(["a"])[:2], is_whole=False)
FAILURES: dict[str, tuple[Reply, int, str]] = {
    "bad request": (openai.error(400), 422, "PROVIDER_REJECTED"),
    "wrong key": (openai.error(401, KEY, code="invalid_api_key"), 502, "PROVIDER_UNAUTHORIZED"),
    "no such model": (openai.error(404, code="model_not_found"), 422, "PROVIDER_MODEL_NOT_FOUND"),
    "too often": (openai.error(429, code="rate_limit_exceeded", retry_after="3600"), 429, "PROVIDER_RATE_LIMITED"),
    "no credit": (openai.error(429, code="insufficient_quota"), 502, "PROVIDER_QUOTA"),
    "overloaded": (openai.error(503), 503, "PROVIDER_OVERLOADED"),
    "cut": (CUT, 502, "PROVIDER_STREAM_TRUNCATED"),
}


@pytest.mark.parametrize("stream", [False, True])
async def test_a_failing_provider_is_an_ordinary_error_without_the_key(
    api: Application, monkeypatch: pytest.MonkeyPatch, log_lines: LogLines, stream: bool
) -> None:
    monkeypatch.setattr(retries, "FIRST_WAIT_SECONDS", 0)
    found, seen, lines = {}, "", log_lines("json")
    for name, (reply, _, _) in FAILURES.items():
        if stream and name == "cut":  # told by an event (test_chat_stream)
            continue
        async with scripted(reply) as server:
            body = {"profile_id": await profile(api, server), "model": "m", "messages": HI, "stream": stream}
            response = await api.http.post("/api/chat", json=body)
            found[name] = (response.status_code, response.json()["code"])
            seen += response.text
            assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
            if name == "too often":
                assert response.headers["retry-after"] == "3600"

    assert found == {name: tuple(expected) for name, (_, *expected) in FAILURES.items() if name in found}
    kept = await rows(api, "SELECT status, error_code FROM usage_calls ORDER BY started_at")
    assert kept == [("failed", code) for _, code in found.values()]
    everything = await rows(api, "SELECT row_to_json(profiles)::text FROM profiles")
    assert "the provider refused" in lines.getvalue()
    assert KEY not in seen + str(everything) + lines.getvalue()
