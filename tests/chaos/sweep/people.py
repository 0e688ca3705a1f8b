"""Two people of one workspace and what they do: one asks for a sweep, the other for single pictures in the middle."""

import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2
import orjson
from sqlalchemy import text

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID
from spoonfeeder.features.auth.credentials import sha256_of
from tests.chaos.run import REQUEST_SECONDS
from tests.chaos.stage import Stage
from tests.chaos.sweep.size import Size
from tests.chaos.traffic import GRAPH

MAKE_USER = text("INSERT INTO users (id, email, name) VALUES (:id, :email, 'Somebody')")
MAKE_MEMBER = text("INSERT INTO workspace_members (workspace_id, user_id, role) VALUES (:workspace, :id, 'owner')")
MAKE_KEY = text(
    "INSERT INTO api_keys (id, user_id, workspace_id, name, token_sha256, last_four, scopes)"
    " VALUES (:key_id, :id, :workspace, 'Key', :sha256, :last_four, :scopes)"
)


@dataclass
class Person:
    http: httpx2.AsyncClient
    session_id: str = field(default="", init=False)

    async def made(self, path: str, **body: Any) -> dict[str, Any]:
        response = await self.http.post(f"/api{path}", json=body)
        assert response.status_code == httpx2.codes.CREATED, (path, response.status_code, response.text)
        return dict(response.json()["data"])

    async def begin(self, profile_id: str, workflow_id: str) -> None:
        fields = {"profile_id": profile_id, "workflow_id": workflow_id, "title": "Sweep"}
        self.session_id = (await self.made("/comfyui/sessions", **fields))["id"]

    async def ask_for_sweep(self, size: Size) -> str:
        """The batch's id."""
        path = f"/comfyui/sessions/{self.session_id}/sweep"
        body = {"base": {"prompt_text": "a lighthouse"}, "axes": size.as_body(), "limit": size.pictures}
        return str((await self.made(path, **body))["id"])

    async def ask_for_one(self, number: int) -> str:
        asked = {"prompt_text": "a harbour", "parameters": {"seed": number}}
        return str((await self.made(f"/comfyui/sessions/{self.session_id}/generate", **asked))["id"])


@asynccontextmanager
async def open_people(stage: Stage, slow_url: str) -> AsyncIterator[tuple[Person, Person]]:
    """With a profile of two machines, and a session each."""
    async with AsyncExitStack() as stack:
        one, other = [Person(await stack.enter_async_context(await _client(stage))) for _ in range(2)]
        profile = await one.made("/profiles", name="Two machines", provider="comfyui", url=stage.comfyui_url)
        await one.made("/comfyui/backends", profile_id=profile["id"], name="The slower one", url=slow_url)
        of_profile = {"profile_id": profile["id"], "name": "txt2img", "workflow_json": GRAPH}
        workflow = await one.made("/comfyui/workflows", **of_profile)
        for person in (one, other):
            await person.begin(profile["id"], workflow["id"])
        yield one, other


async def _client(stage: Stage) -> httpx2.AsyncClient:
    """Of a new user, by an API key; nobody has to sign in."""
    key, user_id = f"sf_{secrets.token_urlsafe(32)}", uuid4()
    values = {
        "id": user_id,
        "workspace": DEFAULT_WORKSPACE_ID,
        "email": f"{user_id}@example.com",
        "key_id": uuid4(),
        "sha256": sha256_of(key),
        "last_four": key[-4:],
        "scopes": orjson.dumps(["read", "write", "admin"]).decode(),
    }
    async with stage.admin().begin() as connection:
        for statement in (MAKE_USER, MAKE_MEMBER, MAKE_KEY):
            await connection.execute(statement, values)
    headers = {"Authorization": f"Bearer {key}"}
    return httpx2.AsyncClient(base_url=stage.api_url, headers=headers, timeout=REQUEST_SECONDS, trust_env=False)
