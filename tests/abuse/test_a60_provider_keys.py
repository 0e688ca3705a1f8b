"""A60, R36: providers repeat the key that they were given wherever they can, and it comes out nowhere."""

import logging
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack
from typing import Any

import asyncpg
import httpx2
import orjson
import pytest
from pydantic import SecretStr

from spoonfeeder.core.settings import Settings
from spoonfeeder.providers import retries
from tests.fixtures.application import NO_TLS, serve_api
from tests.fixtures.scripted import Asked, Reply, Scripted, scripted

CANARY = re.compile(r"canary[a-z]+[0-9]{4}[A-Za-z0-9]{12}")
"""Of no vendor's form, so that nothing recognises it as a key by its looks."""
PROVIDERS = ("openai", "claude", "gemini", "ollama")
EVENTS = "text/event-stream"
MESSAGES = [{"role": "user", "content": "Hello"}]


class Keys:
    def __init__(self) -> None:
        self.made: set[str] = set()
        self.of_the_environment: set[str] = set()

    def new(self, name: str) -> str:
        key = f"canary{name}{len(self.made):04d}Zx9Qw7Er5Ty3"
        assert CANARY.fullmatch(key)
        self.made.add(key)
        return key

    def in_environment(self, name: str) -> SecretStr:
        key = self.new(name)
        self.of_the_environment.add(key)
        return SecretStr(key)

    def inside(self, text: str) -> set[str]:
        return set(CANARY.findall(text)) & self.made


def sent_key(asked: Asked) -> str:
    found = CANARY.search(f"{asked.path} {asked.headers}")
    return found[0] if found else "none"


def failure(key: str) -> dict[str, Any]:
    """What all four would read: OpenAI's and Claude's `error.message`, Gemini's `status`, each of them with the key."""
    told = {"message": f"Incorrect API key provided: {key}", "type": key, "code": key, "param": key, "status": key}
    return {"type": "error", "error": told, "request_id": key, "detail": f"Bearer {key}"}


def refusal(status: int, key: str, **headers: str) -> Reply:
    more = {"x-echo": key, "x-request-id": key, "request-id": key, "www-authenticate": f"Bearer {key}", **headers}
    return Reply(status, [orjson.dumps(failure(key))], headers=more)


def events(*data: bytes, is_whole: bool = True) -> Reply:
    chunks = [b"event: error\ndata: " + each + b"\n\n" for each in data]
    return Reply(chunks=chunks, content_type=EVENTS, headers={"x-echo": "x"}, is_whole=is_whole)


REPLIES = {
    "400": lambda key: refusal(400, key),
    "401": lambda key: refusal(401, key),
    "403": lambda key: refusal(403, key),
    "404": lambda key: refusal(404, key, location=f"http://127.0.0.1/{key}"),
    "429": lambda key: refusal(429, key, **{"retry-after": "0"}),
    "500": lambda key: refusal(500, key),
    "302": lambda key: refusal(302, key, location=f"http://127.0.0.1:9/{key}"),
    "plain": lambda key: Reply(401, [f"Wrong key {key}".encode()], content_type="text/plain"),
    "ollama": lambda key: Reply.json({"error": f"Wrong key {key}"}, 400),
    "event": lambda key: events(orjson.dumps(failure(key))),
    "line": lambda key: Reply(chunks=[orjson.dumps({"error": f"Wrong key {key}"}) + b"\n"]),
    "garbage": lambda key: events(key.encode(), is_whole=False),
    "shape": lambda key: Reply.json({"choices": key, "data": [key], "models": key, "content": key, "version": [key]}),
}
EVERYWHERE = {"401", "event"}
"""Every flow meets these; the others meet each kind of call of an adapter."""


class Driver:
    """Calls everything that speaks to a provider, and keeps what came back."""

    def __init__(self, http: httpx2.AsyncClient, upstream: Scripted, keys: Keys) -> None:
        self._http, self._upstream, self._keys = http, upstream, keys
        self.answers: list[str] = []

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self._http.request(method, path, json=body)
        headers = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
        self.answers.append(f"{method} {path} {answer.status_code} {headers} {answer.text}")
        return answer.json() if answer.headers["content-type"] == "application/json" else None

    def url_of(self, provider: str) -> str:
        return f"{self._upstream.url}/v1" if provider == "openai" else self._upstream.url

    async def profile(self, provider: str) -> str:
        body = {
            "name": provider,
            "provider": provider,
            "url": self.url_of(provider),
            "api_key": self._keys.new("profile"),
        }
        made = (await self.ask("POST", "/api/profiles", body))["data"]
        return str(made["id"])

    async def more_keys(self, provider: str, profile_id: str) -> None:
        pool = {"name": "Second", "api_key": self._keys.new("pool")}
        await self.ask("POST", f"/api/profiles/{profile_id}/keys", pool)
        setting = {"api_key": self._keys.new("setting"), "endpoint_url": self.url_of(provider), "default_model": "m"}
        await self.ask("PUT", f"/api/settings/{provider}", setting)

    async def something(self, provider: str, profile_id: str) -> None:
        await self.ask("POST", f"/api/profiles/{profile_id}/models/sync")
        await self.ask("POST", "/api/chat", {"profile_id": profile_id, "model": "m", "messages": MESSAGES})
        await self.ask("POST", "/v1/embeddings", {"model": f"{profile_id}/m", "input": "Hello"})

    async def everything(self, provider: str, profile_id: str) -> None:
        mine = {"profile_id": profile_id, "model": "m"}
        await self.more_keys(provider, profile_id)
        unsaved = {"provider": provider, "url": self.url_of(provider), "api_key": self._keys.new("unsaved")}
        await self.ask("POST", "/api/profiles/test-connection", unsaved)
        await self.ask("POST", f"/api/settings/{provider}/test")
        await self.ask("POST", f"/api/profiles/{profile_id}/test")
        await self.ask("POST", f"/api/profiles/{profile_id}/models/sync")
        for stream in (False, True):
            how = {"messages": MESSAGES, "stream": stream}
            await self.ask("POST", "/api/chat", {**mine, **how})
            await self.ask("POST", "/api/chat", {"provider": provider, **how})
            await self.ask("POST", "/v1/chat/completions", {"model": f"{profile_id}/m", **how})
        await self.ask("POST", "/api/chat/compare", {"prompt": "Hello", "targets": [mine, mine]})
        await self.ask("POST", "/v1/embeddings", {"model": f"{profile_id}/m", "input": "Hello"})
        made = (await self.ask("POST", "/api/conversations", {"title": "T", **mine}))["data"]
        at = f"/api/conversations/{made['id']}"
        for stream in (False, True):
            await self.ask("POST", f"{at}/messages", {"content": "Hello", "stream": stream})
        await self.ask("POST", f"{at}/title")
        await self.ask("GET", at)
        await self.ask("GET", f"{at}/export?format=json")
        await self.ask("GET", f"/api/models?profile_id={profile_id}")

    async def read_everything(self) -> None:
        for path in ("profiles", "settings", "usage", "usage/calls", "conversations", "budgets", "health", "models"):
            await self.ask("GET", f"/api/{path}")
        for profile in (await self.ask("GET", "/api/profiles"))["data"]:
            await self.ask("GET", f"/api/profiles/{profile['id']}/keys")
        for path in ("/v1/models", "/api/openapi.json", "/api/chat/sources"):
            await self.ask("GET", path)


async def dumped(settings: Settings) -> AsyncIterator[tuple[str, str]]:
    """Every row of every table as text."""
    connection = await asyncpg.connect((settings.postgres_url() or "").replace("+asyncpg", ""))
    for row in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        name = row["tablename"]
        lines: Iterable[Any] = await connection.fetch(f'SELECT to_jsonb(t)::text AS line FROM "{name}" t')
        for line in lines:
            yield name, line["line"]
    await connection.close()


async def test_a60_no_key_of_a_provider_comes_out(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    keys = Keys()
    monkeypatch.setattr(retries, "FIRST_WAIT_SECONDS", 0.0)
    monkeypatch.setattr(retries, "FAILURES", 10_000)
    caplog.set_level(logging.INFO)
    settings.openai_api_key = keys.in_environment("openai")
    settings.anthropic_api_key = keys.in_environment("anthropic")
    settings.gemini_api_key = keys.in_environment("gemini")
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(serve_api(settings))
        http = await stack.enter_async_context(httpx2.AsyncClient(base_url=url, timeout=20, verify=NO_TLS))
        upstream = await stack.enter_async_context(scripted())
        driver = Driver(http, upstream, keys)
        for provider in PROVIDERS:
            for name, reply in REPLIES.items():
                upstream.script = lambda asked, reply=reply: reply(sent_key(asked))
                profile_id = await driver.profile(provider)
                await (driver.everything if name in EVERYWHERE else driver.something)(provider, profile_id)
        await driver.read_everything()

    received = keys.inside(" ".join(f"{asked.path} {asked.headers}" for asked in upstream.asked))
    told = capfd.readouterr()
    tables = [(name, line) async for name, line in dumped(settings)]
    assert not received & keys.of_the_environment
    assert {re.sub("canary|[0-9]{4}.*", "", key) for key in received} == {"profile", "pool", "setting", "unsaved"}
    assert len(received) > 0.5 * len(keys.made)
    assert {name for name, _ in tables} >= {"profiles", "profile_keys", "provider_settings", "usage_calls", "messages"}
    assert "the provider refused" in told.out + told.err + caplog.text
    assert [answer[:1_500] for answer in driver.answers if keys.inside(answer)] == []
    assert [line for line in (told.out + told.err + caplog.text).splitlines() if keys.inside(line)] == []
    assert [(name, line[:500]) for name, line in tables if keys.inside(line)] == []
    assert [answer for answer in driver.answers if " 500 " in answer.partition("content-")[0]] == []
