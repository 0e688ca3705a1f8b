"""Profiles of Claude, Gemini, Ollama, OpenAI and what speaks like them: tried out, and asked for their models."""

from itertools import product
from typing import Any

import pytest

from spoonfeeder.providers.base import Answered, ModelInfo
from tests.fixtures.application import Application
from tests.fixtures.scripted import Asked, Reply, scripted

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEY = "sk-canary-canary-canary-4711"
POOL_KEY = "sk-canary-of-the-pool-0815"


@pytest.fixture
def api(emptied_api: Application) -> Application:
    return emptied_api


def listing(asked: Asked) -> Reply:
    """The models of whichever provider is asked, as each documents its list."""
    path = asked.path.partition("?")[0]
    if "anthropic-version" in asked.headers:
        row = {"type": "model", "id": "claude-x", "display_name": "Claude X", "created_at": "2026-01-01T00:00:00Z"}
        return Reply.json({"data": [row], "has_more": False, "first_id": "claude-x", "last_id": "claude-x"})
    if "x-goog-api-client" in asked.headers:
        gemini = {"name": "models/gemini-x", "displayName": "X", "supportedGenerationMethods": ["generateContent"]}
        return Reply.json({"models": [gemini]})
    if path == "/v1/models":
        return Reply.json({"object": "list", "data": [{"id": "gpt-x"}, {"id": "embed-x"}]})
    if path == "/api/version":
        return Reply.json({"version": "0.12.3"})
    if path == "/api/tags":
        return Reply.json({"models": [{"name": "llama-x:8b", "model": "llama-x:8b", "details": {"family": "llama"}}]})
    return Reply.json({"capabilities": ["completion", "vision"]})


FOUND = {
    "openai": ["embed-x", "gpt-x"],
    "claude": ["claude-x"],
    "gemini": ["gemini-x"],
    "ollama": ["llama-x:8b"],
}


def address(provider: str, server: str) -> str:
    return f"{server}/v1" if provider == "openai" else server


async def make(api: Application, provider: str, url: str, **fields: Any) -> str:
    body = {"name": "P", "provider": provider, "url": address(provider, url), "api_key": KEY, **fields}
    return f"/profiles/{(await api.json('POST', '/profiles', 201, json=body))['id']}"


async def test_a_connection_is_tried_saved_or_not(api: Application) -> None:
    for provider in FOUND:
        await try_both_ways(api, provider)


async def try_both_ways(api: Application, provider: str) -> None:
    async with scripted(script=listing) as server:
        path = await make(api, provider, server.url)
        typed = {"provider": provider, "url": address(provider, server.url), "api_key": KEY}
        for report in (
            await api.json("POST", f"{path}/test"),
            await api.json("POST", "/profiles/test-connection", json=typed),
        ):
            assert report["ok"] is True, report
            assert report["code"] is None
            assert report["message"].endswith(".")
            assert report["latency_ms"] >= 0
            if provider != "ollama":
                assert report["models"] == len(FOUND[provider])
    assert len(server.asked) == 2
    assert all(KEY in str(asked.headers) for asked in server.asked)


async def test_what_is_new_is_listed_and_what_is_gone_is_named(api: Application) -> None:
    for provider in FOUND:
        await sync_twice(api, provider)


async def sync_twice(api: Application, provider: str) -> None:
    async with scripted(script=listing) as server:
        path = await make(api, provider, server.url)
        kept = {"model_id": "old", "name": "Mine", "input_modalities": ["audio"]}
        await api.json("POST", f"{path}/models", 201, json=kept)
        first = await api.json("POST", f"{path}/models/sync")
        assert (first["added"], first["gone"]) == (len(FOUND[provider]), ["old"])
        assert [row["model_id"] for row in first["models"]] == sorted([*FOUND[provider], "old"])
        changed = {"input_modalities": ["text", "video"]}
        await api.json("PUT", f"{path}/models/{FOUND[provider][0]}", json=changed)
        again = await api.json("POST", f"{path}/models/sync")
    assert (again["added"], again["gone"]) == (0, ["old"])
    assert next(row for row in again["models"] if row["model_id"] == FOUND[provider][0])["input_modalities"] == [
        "text",
        "video",
    ]


REFUSALS = [(401, "PROVIDER_UNAUTHORIZED", 502), (429, "PROVIDER_RATE_LIMITED", 429), (500, "PROVIDER_FAILED", 502)]


async def test_a_refusal_is_a_sentence_without_the_providers_words(api: Application) -> None:
    for provider, (status, code, synced_as) in product(FOUND, REFUSALS):
        async with scripted(Reply.json({"error": {"message": f"Wrong key {KEY}", "code": status}}, status)) as server:
            path = await make(api, provider, server.url)
            tested = await api.http.post(f"/api{path}/test")
            synced = await api.http.post(f"/api{path}/models/sync")
        report = tested.json()["data"]
        assert (report["ok"], report["code"]) == (False, code), (provider, report)
        assert (synced.status_code, synced.json()["code"]) == (synced_as, code), provider
        assert KEY not in tested.text + synced.text
        assert "Wrong key" not in tested.text + synced.text
        assert await api.json("GET", f"{path}/models") == []


async def test_nobody_there_is_said(api: Application) -> None:
    for provider in FOUND:
        typed = {"provider": provider, "url": "http://127.0.0.1:9", "api_key": KEY}
        report = await api.json("POST", "/profiles/test-connection", json=typed)
        assert (report["ok"], report["code"]) == (False, "PROVIDER_UNREACHABLE"), provider


async def test_without_a_key_none_is_sent_not_even_the_environments(
    api: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.setenv(name, "sk-environment")
    for provider in FOUND:
        async with scripted(script=listing) as server:
            path = await make(api, provider, server.url, api_key=None)
            assert (await api.json("POST", f"{path}/test"))["ok"] is True, provider
            await api.json("POST", f"{path}/models/sync")
        assert len(server.asked) >= 2
        assert "sk-environment" not in str(server.asked)


async def test_a_profile_with_a_pool_alone_is_asked_with_one_of_its_keys(api: Application) -> None:
    async with scripted(script=listing) as server:
        path = await make(api, "openai", server.url, api_key=None)
        made = await api.json("POST", f"{path}/keys", 201, json={"name": "x", "api_key": POOL_KEY})
        await api.json("POST", f"{path}/test")
        await api.json("PATCH", f"{path}/keys/{made['id']}", json={"enabled": False})
        await api.json("POST", f"{path}/test")
    assert [POOL_KEY in str(asked.headers) for asked in server.asked] == [True, False]


class Odd:
    """Names what no row can hold."""

    def __init__(self, *_: Any) -> None: ...

    async def test(self) -> Answered:
        raise TimeoutError

    async def models(self) -> list[ModelInfo]:
        bad = ["", "x" * 256, "nul\x00", "half\ud800", "two\nlines"]
        return [*map(ModelInfo, bad), ModelInfo("good", "\ud800"), ModelInfo("good"), ModelInfo("long", "y" * 300)]


async def test_hostile_names_are_left_out(api: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spoonfeeder.providers.registry.adapter_class", lambda _: Odd)
    path = await make(api, "openai", "http://127.0.0.1:9")
    synced = await api.json("POST", f"{path}/models/sync")
    assert [(row["model_id"], row["name"]) for row in synced["models"]] == [("good", None), ("long", "y" * 255)]
    assert (await api.json("POST", f"{path}/test"))["code"] == "PROVIDER_TIMEOUT"


async def test_options_that_each_call_decides_are_no_defaults(api: Application) -> None:
    for name in ("stream", "model", "messages", "n", "tools", "toolChoice", "extra_headers", "timeout"):
        body = {"name": "x", "provider": "openai", "options": {"temperature": 1, name: 1}}
        answer = await api.json("POST", "/profiles", 422, json=body)
        assert [detail["loc"] for detail in answer["details"]] == [f"options.{name}"]
    path = await make(api, "openai", "http://127.0.0.1:9")
    await api.json("PATCH", path, 422, json={"options": {"stream": False}})
    comfyui = {"name": "x", "provider": "comfyui", "url": api.simulator.url, "options": {"timeout": 30}}
    made = await api.json("POST", "/profiles", 201, json=comfyui)
    await api.json("PATCH", f"/profiles/{made['id']}", 422, json={"provider": "ollama"})


async def test_how_long_a_model_may_load_is_kept(api: Application) -> None:
    path = await make(api, "ollama", "http://127.0.0.1:9", first_byte_timeout_seconds=600)
    assert (await api.json("GET", path))["first_byte_timeout_seconds"] == 600
    assert (await api.json("PATCH", path, json={"firstByteTimeoutSeconds": None}))["first_byte_timeout_seconds"] is None
    for wrong in (0, -1, 1801, 1.5, "5", True, 2**70):
        await api.json("PATCH", path, 422, json={"first_byte_timeout_seconds": wrong})
        await api.json(
            "POST", "/profiles", 422, json={"name": "x", "provider": "ollama", "first_byte_timeout_seconds": wrong}
        )


async def test_a_hosted_provider_without_url_is_the_vendors_own(api: Application) -> None:
    for provider in ("openai", "claude", "gemini"):
        made = await api.json("POST", "/profiles", 201, json={"name": "x", "provider": provider, "api_key": KEY})
        assert made["url"] is None
        again = await api.json("PATCH", f"/profiles/{made['id']}", json={"url": ""})
        assert (again["url"], again["has_api_key"]) == (None, True)
