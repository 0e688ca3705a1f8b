"""The client of the run: makes generations through the public door and reads them back, as a careful program would."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import uuid4

import httpx2

from tests.chaos.stage import ROOT

GRAPH = json.loads((ROOT / "tests" / "data" / "chaos" / "txt2img.json").read_text())
SESSIONS = 3
GIVE_UP_SECONDS = 60.0
TRY_AGAIN = {409, 503}


class Place(Protocol):
    comfyui_url: str


@dataclass
class Traffic:
    """`acked` are the ids by Idempotency-Key, as the API answered them; `refused` is what it never should say."""

    http: httpx2.AsyncClient
    sessions: list[str] = field(default_factory=list)
    acked: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    retries: int = 0

    async def prepare(self, stage: Place) -> None:
        """A profile, a workflow, and the sessions that will hold the generations."""
        profile = await self._made("/api/profiles", name="Chaos", provider="comfyui", url=stage.comfyui_url)
        workflow = await self._made("/api/comfyui/workflows", profile_id=profile, name="txt2img", workflow_json=GRAPH)
        for number in range(SESSIONS):
            fields = {"profile_id": profile, "workflow_id": workflow, "title": f"Session {number + 1}"}
            self.sessions.append(await self._made("/api/comfyui/sessions", **fields))

    async def _made(self, path: str, **body: Any) -> str:
        response = await self.http.post(path, json=body)
        assert response.status_code == httpx2.codes.CREATED, (path, response.status_code, response.text)
        return str(response.json()["data"]["id"])

    async def create(self, generations: int, seconds: float) -> None:
        """At a steady pace; returns when every one was acknowledged or given up."""
        async with asyncio.TaskGroup() as group:
            for number in range(generations):
                group.create_task(self._create(number))
                await asyncio.sleep(seconds / generations)

    async def create_beside(self, other: asyncio.Task[Any], each_seconds: float) -> int:
        """As `create`, at least until `other` is done; returns how many were begun."""
        begun = 0
        async with asyncio.TaskGroup() as group:
            while not other.done():
                group.create_task(self._create(begun))
                begun += 1
                await asyncio.sleep(each_seconds)
        return begun

    async def _create(self, number: int) -> None:
        path = f"/api/comfyui/sessions/{self.sessions[number % SESSIONS]}/generate"
        key = str(uuid4())
        body = {"prompt_text": f"a lighthouse, number {number}", "parameters": {"seed": number + 1}}
        deadline = asyncio.get_running_loop().time() + GIVE_UP_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            response = await self._post(path, key, body)
            if response is not None and response.status_code == httpx2.codes.CREATED:
                self.acked[key] = response.json()["data"]["id"]
                return
            if response is not None and response.status_code not in TRY_AGAIN:
                self.refused.append(f"generation {number}: {response.status_code} {response.text[:200]}")
                return
            self.retries += 1
            await asyncio.sleep(0.2)
        self.refused.append(f"generation {number} was not accepted within {GIVE_UP_SECONDS:.0f} s")

    async def _post(self, path: str, key: str, body: dict[str, Any]) -> httpx2.Response | None:
        try:
            return await self.http.post(path, json=body, headers={"Idempotency-Key": key})
        except httpx2.TransportError:
            return None

    async def state(self, generation_id: str) -> str:
        """What a reader is told of it."""
        response = await self.http.get(f"/api/comfyui/generations/{generation_id}")
        if response.status_code != httpx2.codes.OK:
            return str(response.status_code)
        return str(response.json()["data"]["status"])
