"""The client of the run: queues tasks of every kind through the public door, as a careful program would."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import uuid4

import httpx2

from tests.chaos.traffic import GIVE_UP_SECONDS, GRAPH, TRY_AGAIN

SECRET = "sk-chaos-0123456789abcdef0123456789"


@dataclass(frozen=True, slots=True)
class Kind:
    """`weight` is its share of the traffic; `fields` are those of its task, by the names of the profiles."""

    name: str
    weight: int
    fields: Callable[["Traffic"], dict[str, Any]]


def _of(provider: str, kind: str, model: str | None = None, **more: Any) -> Callable[["Traffic"], dict[str, Any]]:
    def fields(traffic: "Traffic") -> dict[str, Any]:
        return {"provider": provider, "profile_id": traffic.profiles[provider], "type": kind, "model": model, **more}

    return fields


def _with_fallback(traffic: "Traffic") -> dict[str, Any]:
    second = {"provider": "gemini", "profile_id": traffic.profiles["gemini"], "model": "gemini-3.8-flash"}
    return _of("claude", "text", "claude-sonnet-5")(traffic) | {"fallback": [second]}


def _picture(traffic: "Traffic") -> dict[str, Any]:
    return _of("comfyui", "image")(traffic) | {"options": {"workflow_id": traffic.workflow}}


KINDS = [
    Kind("ollama text", 25, _of("ollama", "text", "llama3.2:latest")),
    Kind("openai text", 12, _of("openai", "text", "gpt-4o-mini")),
    Kind("openai background", 8, _of("openai", "text", "gpt-4o-mini", options={"background": True})),
    Kind("openai image", 8, _of("openai", "image", "gpt-image-1")),
    Kind("openai speech", 6, _of("openai", "audio", "gpt-4o-mini-tts")),
    Kind("openai video", 5, _of("openai", "video", "sora-2")),
    Kind("claude text", 8, _of("claude", "text", "claude-sonnet-5")),
    Kind("claude text, else gemini", 6, _with_fallback),
    Kind("gemini text", 6, _of("gemini", "text", "gemini-3.8-flash")),
    Kind("gemini image", 6, _of("gemini", "image")),
    Kind("comfyui image", 10, _picture),
]


@dataclass
class Traffic:
    """`acked` are the ids by number, as the API answered them; `refused` is what it never should say."""

    http: httpx2.AsyncClient
    random: Random
    profiles: dict[str, str] = field(default_factory=dict)
    workflow: str = ""
    kinds: dict[int, Kind] = field(default_factory=dict)
    acked: dict[int, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    retries: int = 0

    async def prepare(self, urls: dict[str, str]) -> None:
        for provider, url in urls.items():
            key = {} if provider in {"comfyui", "ollama"} else {"api_key": SECRET}
            self.profiles[provider] = await self._made(
                "/api/profiles", name=provider, provider=provider, url=url, **key
            )
        fields = {"profile_id": self.profiles["comfyui"], "name": "txt2img", "workflow_json": GRAPH}
        self.workflow = await self._made("/api/comfyui/workflows", **fields)

    async def _made(self, path: str, **body: Any) -> str:
        response = await self.http.post(path, json=body)
        assert response.status_code == httpx2.codes.CREATED, (path, response.status_code, response.text)
        return str(response.json()["data"]["id"])

    async def create(self, tasks: int, seconds: float) -> None:
        """At a steady pace; returns when every one was acknowledged or given up."""
        drawn = self.random.choices(KINDS, [kind.weight for kind in KINDS], k=tasks)
        async with asyncio.TaskGroup() as group:
            for number, kind in enumerate(drawn):
                self.kinds[number] = kind
                group.create_task(self._create(number, kind))
                await asyncio.sleep(seconds / tasks)

    async def _create(self, number: int, kind: Kind) -> None:
        key = str(uuid4())
        # A vendor that is away for a while is asked again; every refusal costs an attempt.
        body = {"name": f"{kind.name} {number}", "prompt": f"A lighthouse, number {number}", "max_attempts": 10}
        deadline = asyncio.get_running_loop().time() + GIVE_UP_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            response = await self._post(key, body | kind.fields(self))
            if response is not None and response.status_code == httpx2.codes.CREATED:
                self.acked[number] = response.json()["data"]["id"]
                return
            if response is not None and response.status_code not in TRY_AGAIN:
                self.refused.append(f"task {number}: {response.status_code} {response.text[:200]}")
                return
            self.retries += 1
            await asyncio.sleep(0.2)
        self.refused.append(f"task {number} was not accepted within {GIVE_UP_SECONDS:.0f} s")

    async def _post(self, key: str, body: dict[str, Any]) -> httpx2.Response | None:
        try:
            return await self.http.post("/api/tasks", json=body, headers={"Idempotency-Key": key})
        except httpx2.TransportError:
            return None
