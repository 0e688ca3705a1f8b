"""API keys of profiles: sealed for one row and one server, shown as a mask, gone when told."""

from uuid import UUID

import pytest
from sqlalchemy import select, update

from spoonfeeder.core.crypto import binding, open_cipher
from spoonfeeder.db import Profile
from tests.features.foreign import database
from tests.fixtures.application import Application

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEY = "sk-abcdefghijklmnopqrstuvwxyz1234567890"
OTHER = "another-key-of-more-than-twenty-letters-4321"
MASK = "sk-…7890"
URL = "https://127.0.0.1:9/v1"


@pytest.fixture
def api(emptied_api: Application) -> Application:
    return emptied_api


async def make(api: Application, **fields: object) -> str:
    body = {"name": "K", "provider": "openai", "url": URL, "api_key": KEY, **fields}
    return str((await api.json("POST", "/profiles", 201, json=body))["id"])


async def stored(api: Application, profile_id: str) -> str | None:
    async with database(api.settings) as session:
        return await session.scalar(select(Profile.api_key).where(Profile.id == UUID(profile_id)))


def opened(api: Application, profile_id: str, cipher_text: str | None, origin: str = "https://127.0.0.1:9") -> str:
    place = binding("profiles", "api_key", UUID(profile_id), UUID(int=1), origin)
    return open_cipher(api.settings).decrypt(cipher_text or "", place)


async def test_a_key_is_sealed_and_answers_show_its_tail_only(api: Application) -> None:
    profile_id = await make(api)
    cipher_text = await stored(api, profile_id)
    assert cipher_text is not None
    assert KEY not in cipher_text
    assert opened(api, profile_id, cipher_text) == KEY
    response = await api.http.get("/api/profiles")
    assert KEY not in response.text
    assert KEY[:10] not in response.text
    row = response.json()["data"][0]
    assert (row["has_api_key"], row["api_key"]) == (True, MASK)

    short = await make(api, api_key="short-key")
    assert (await api.json("GET", f"/profiles/{short}"))["api_key"] == "sk-…"


async def test_absent_empty_and_masked_leave_the_key_null_removes_it(api: Application) -> None:
    profile_id = await make(api)
    before = await stored(api, profile_id)
    for body in ({"name": "N"}, {"api_key": ""}, {"api_key": MASK}, {"apiKey": MASK, "url": URL}):
        answer = await api.json("PUT", f"/profiles/{profile_id}", json=body)
        assert answer["has_api_key"] is True
        assert await stored(api, profile_id) == before
    answer = await api.json("PATCH", f"/profiles/{profile_id}", json={"api_key": None})
    assert (answer["has_api_key"], answer["api_key"]) == (False, None)
    assert await stored(api, profile_id) is None
    answer = await api.json("PATCH", f"/profiles/{profile_id}", json={"api_key": OTHER})
    assert answer["api_key"] == "sk-…4321"


async def test_a_key_never_follows_to_another_server(api: Application) -> None:
    profile_id = await make(api)
    path = f"/profiles/{profile_id}"
    for moved in (
        {"url": "https://127.0.0.1:10/v1"},
        {"url": "http://127.0.0.1:9/v1"},
        {"url": None},
        {"provider": "claude"},
    ):
        for key in ({}, {"api_key": ""}, {"api_key": MASK}):
            answer = await api.json("PUT", path, 422, json={**moved, **key})
            assert answer["code"] == "API_KEY_REQUIRED"
    assert (await api.json("GET", path))["url"] == URL
    assert opened(api, profile_id, await stored(api, profile_id)) == KEY
    same_server = await api.json("PUT", path, json={"url": "https://127.0.0.1:9/v2"})
    assert same_server["api_key"] == MASK


async def test_a_new_server_with_a_new_key_or_none(api: Application) -> None:
    profile_id = await make(api)
    path = f"/profiles/{profile_id}"
    await api.json("PUT", path, json={"url": "https://127.0.0.1:10/v1", "api_key": OTHER})
    assert opened(api, profile_id, await stored(api, profile_id), "https://127.0.0.1:10") == OTHER
    answer = await api.json("PUT", path, json={"url": "https://127.0.0.1:11/v1", "api_key": None})
    assert answer["has_api_key"] is False


async def test_a_key_copied_to_another_row_or_server_is_not_used(api: Application) -> None:
    one, other = await make(api), await make(api)
    comfyui = {"provider": "comfyui", "url": api.simulator.url}
    third = await make(api, **comfyui)
    cipher_text = await stored(api, one)
    async with database(api.settings) as session:
        await session.execute(update(Profile).where(Profile.id != UUID(one)).values(api_key=cipher_text))
    assert (await api.json("GET", f"/profiles/{other}"))["api_key"] == "sk-…"
    answer = await api.json("POST", f"/profiles/{third}/test", 409)
    assert answer["code"] == "KEY_UNREADABLE"
    assert sum(api.simulator.log.requests.values()) == 0
