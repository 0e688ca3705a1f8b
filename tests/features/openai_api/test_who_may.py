"""Who may use `/v1`: keys of this server, as the bearer that OpenAI's clients send."""

from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
import pytest_asyncio
from openai import AsyncOpenAI

from spoonfeeder.core.settings import RateLimiting
from spoonfeeder.core.vocabulary import WorkspaceRole
from tests.fixtures.openai_replies import stream
from tests.fixtures.scripted import Scripted, scripted
from tests.fixtures.server_mode import Person, ServerMode

pytestmark = pytest.mark.asyncio(loop_scope="module")
HELLO: list[Any] = [{"role": "user", "content": "Hello"}]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def provider() -> AsyncIterator[Scripted]:
    async with scripted(stream()) as running:
        yield running


@pytest.fixture(scope="module")
def server_settings(provider: Scripted) -> dict[str, Any]:
    place = provider.url.removeprefix("http://")
    return {"rate_limits": RateLimiting.ON, "limit_chat": "4/minute", "private_targets": (place,)}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def upstream(server: ServerMode, provider: Scripted) -> Scripted:
    body = {"name": "Ours", "provider": "openai", "url": f"{provider.url}/v1"}
    made = await server.admin.post("/api/profiles", json=body)
    assert made.status_code == 201, made.text
    await server.admin.post(f"/api/profiles/{made.json()['data']['id']}/models", json={"model_id": "gpt"})
    return provider


def client(server: ServerMode, key: Person | str) -> AsyncOpenAI:
    token = key if isinstance(key, str) else key.token
    return AsyncOpenAI(api_key=token, base_url=f"{server.url}/v1", max_retries=0)


async def test_a_key_of_this_server_opens_the_door(server: ServerMode, upstream: Scripted) -> None:
    key = await server.api_key(await server.person(WorkspaceRole.MEMBER), ["write"])
    async with client(server, key) as sdk:
        assert [model.id for model in (await sdk.models.list()).data] == ["Ours/gpt"]
        answer = await sdk.chat.completions.create(model="Ours/gpt", messages=HELLO)
    assert answer.choices[0].message.content == "Hello"
    assert key.token not in str(upstream.asked[-1].headers)


@pytest.mark.parametrize("key", ["sk-anything", "x", f"sf_{'A' * 43}"])
async def test_another_key_does_not(server: ServerMode, upstream: Scripted, key: str) -> None:
    async with client(server, key) as sdk:
        for attempt in (sdk.models.list, lambda: sdk.chat.completions.create(model="Ours/gpt", messages=HELLO)):
            with pytest.raises(openai.AuthenticationError) as raised:
                await attempt()
            assert (raised.value.code, raised.value.type) == ("invalid_api_key", "authentication_error")
            assert raised.value.response.headers["www-authenticate"] == "Bearer"


async def test_a_key_that_may_only_read_sees_models_and_asks_none(server: ServerMode, upstream: Scripted) -> None:
    key = await server.api_key(await server.person(WorkspaceRole.MEMBER), ["read"])
    async with client(server, key) as sdk:
        assert (await sdk.models.list()).data
        with pytest.raises(openai.PermissionDeniedError):
            await sdk.chat.completions.create(model="Ours/gpt", messages=HELLO)
        with pytest.raises(openai.PermissionDeniedError):
            await sdk.embeddings.create(model="Ours/gpt", input="x")


async def test_models_of_another_workspace_are_not_there(server: ServerMode, upstream: Scripted) -> None:
    key = await server.api_key(await server.stranger(), ["write"])
    async with client(server, key) as sdk:
        assert (await sdk.models.list()).data == []
        with pytest.raises(openai.NotFoundError):
            await sdk.chat.completions.create(model="Ours/gpt", messages=HELLO)


async def test_too_many_requests_are_told_to_wait(server: ServerMode, upstream: Scripted) -> None:
    key = await server.api_key(await server.person(WorkspaceRole.MEMBER), ["write"])
    async with client(server, key) as sdk:
        for _ in range(4):
            await sdk.chat.completions.create(model="Ours/gpt", messages=HELLO)
        with pytest.raises(openai.RateLimitError) as raised:
            await sdk.chat.completions.create(model="Ours/gpt", messages=HELLO)
    assert raised.value.code == "rate_limit_exceeded"
    assert 1 <= int(raised.value.response.headers["retry-after"]) <= 60
