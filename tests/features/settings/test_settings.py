"""Provider settings: one for each provider, with the rules of profiles' keys."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx2
from pydantic import SecretStr
from sqlalchemy import select, text, update

from spoonfeeder.core.actor import LOCAL_OWNER, User
from spoonfeeder.core.settings import Settings
from spoonfeeder.core.vocabulary import Provider
from spoonfeeder.db.profile import ProviderSetting
from spoonfeeder.features.settings.source import KeptSetting, find_setting
from spoonfeeder.runtime import open_runtime
from spoonfeeder.work import open_work
from tests.features.foreign import database, insert_foreign
from tests.fixtures.application import Application, serve_api
from tests.fixtures.scripted import Reply, scripted
from tests.serving import NOBODY_URL

KEY = "sk-canary-canary-canary-4711"
OTHER = "another-canary-of-more-than-twenty-letters-0815"
MASK = "sk-…4711"
URL = "https://127.0.0.1:9/v1"
MODELS = Reply.json({"object": "list", "data": [{"id": "gpt-x"}]})


async def put(api: Application, provider: str = "openai", **fields: Any) -> Any:
    return await api.json("PUT", f"/settings/{provider}", json={"api_key": KEY} | fields)


async def stored(api: Application) -> str:
    async with database(api.settings) as session:
        return str(await session.scalar(select(ProviderSetting.api_key)))


async def found(api: Application, provider: Provider, actor: User = LOCAL_OWNER) -> KeptSetting | None:
    async with open_runtime(api.settings) as runtime, open_work(runtime, actor) as work:
        return await find_setting(work, provider)


async def test_what_is_set_is_read_and_used(api: Application) -> None:
    assert await api.json("GET", "/settings") == []
    made = await put(api, endpoint_url=f"{URL}/", default_model="gpt-x")
    assert await api.json("GET", "/settings/openai") == made
    assert await api.json("GET", "/settings") == [made]
    shown = ("provider", "has_api_key", "api_key", "endpoint_url", "default_model", "status", "last_tested")
    assert tuple(made[name] for name in shown) == ("openai", True, MASK, URL, "gpt-x", "unknown", None)
    assert await found(api, Provider.OPENAI) == KeptSetting(Provider.OPENAI, URL, KEY, "gpt-x")
    assert KEY not in repr(await found(api, Provider.OPENAI))
    assert await found(api, Provider.CLAUDE) is None
    await put(api, "claude")
    assert [row["provider"] for row in await api.json("GET", "/settings")] == ["claude", "openai"]
    assert len(await api.json("GET", "/settings?limit=1")) == 1
    assert (await api.json("DELETE", "/settings/openai"))["success"] is True
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/test")):
        assert (await api.json(method, f"/settings/openai{path}", 404))["code"] == "SETTING_NOT_FOUND"


async def test_an_update_is_partial_and_what_was_read_can_be_sent_back(api: Application) -> None:
    made = await put(api, default_model="gpt-x")
    cipher_text = await stored(api)
    for body in (made, {}, {"api_key": ""}, {"apiKey": MASK}, {"defaultModel": "gpt-x"}):
        again = await api.json("PUT", "/settings/openai", json=body)
        assert again | {"updated_at": None} == made | {"updated_at": None}
        assert await stored(api) == cipher_text
    assert (await api.json("PUT", "/settings/openai", json={"default_model": None}))["default_model"] is None
    assert (await api.json("PUT", "/settings/openai", json={"api_key": OTHER}))["api_key"] == "sk-…0815"


async def test_a_key_is_sealed_for_its_server_and_never_follows_to_another(api: Application) -> None:
    await put(api, endpoint_url=URL)
    for moved in ("https://127.0.0.1:10/v1", "http://127.0.0.1:9/v1", None, ""):
        for key in ({}, {"api_key": ""}, {"api_key": MASK}):
            answer = await api.json("PUT", "/settings/openai", 422, json={"endpoint_url": moved, **key})
            assert answer["code"] == "API_KEY_REQUIRED"
    assert KEY not in await stored(api)
    same = await api.json("PUT", "/settings/openai", json={"endpoint_url": "https://127.0.0.1:9/v2"})
    assert same["api_key"] == MASK
    moved_with_key = await put(api, endpoint_url="https://127.0.0.1:10/v1", api_key=OTHER)
    assert moved_with_key["api_key"] == "sk-…0815"
    async with database(api.settings) as session:
        await session.execute(update(ProviderSetting).values(endpoint_url="https://127.0.0.1:11"))
    assert (await api.json("GET", "/settings/openai"))["api_key"] == "sk-…"
    assert (await api.json("POST", "/settings/openai/test", 409))["code"] == "KEY_UNREADABLE"
    assert (await put(api))["api_key"] == MASK


async def test_a_server_of_ones_own_needs_no_key(api: Application) -> None:
    made = await api.json("PUT", "/settings/ollama", json={"default_model": "llama-x"})
    assert (made["has_api_key"], made["api_key"], made["endpoint_url"]) == (False, None, NOBODY_URL)
    assert await found(api, Provider.OLLAMA) == KeptSetting(Provider.OLLAMA, made["endpoint_url"], None, "llama-x")
    moved = await api.json("PUT", "/settings/ollama", json={"endpoint_url": "http://127.0.0.1:9"})
    assert (moved["endpoint_url"], moved["has_api_key"]) == ("http://127.0.0.1:9", False)
    proxied = await put(api, "ollama")
    assert proxied["api_key"] == MASK
    assert (await api.json("PUT", "/settings/ollama", json={"api_key": None}))["has_api_key"] is False
    assert await stored(api) != ""
    llama_cpp = await api.json("PUT", "/settings/openai", json={"endpoint_url": URL})
    assert llama_cpp["has_api_key"] is False
    for body in ({"endpoint_url": None}, {"endpoint_url": None, "api_key": None}):
        answer = await api.json("PUT", "/settings/openai", 422, json=body)
        assert [detail["loc"] for detail in answer["details"]] == ["api_key"]


async def test_wrong_bodies_are_refused_and_nothing_is_kept(api: Application) -> None:
    bodies: list[tuple[Any, str]] = [
        ({}, "api_key"),
        ({"api_key": None}, "api_key"),
        ({"api_key": ""}, "api_key"),
        ({"api_key": MASK}, "api_key"),
        ({"api_key": "with space"}, "api_key"),
        ({"api_key": "k\u0000"}, "api_key"),
        ({"api_key": "k" * 4001}, "api_key"),
        ({"api_key": 5}, "api_key"),
        ({"api_key": KEY, "endpoint_url": "ftp://127.0.0.1"}, "endpoint_url"),
        ({"api_key": KEY, "endpoint_url": "http://127.0.0.1/?x"}, "endpoint_url"),
        ({"api_key": KEY, "endpoint_url": 5}, "endpoint_url"),
        ({"api_key": KEY, "default_model": ""}, "default_model"),
        ({"api_key": KEY, "default_model": "x" * 256}, "default_model"),
        ({"api_key": KEY, "default_model": "x\u0000"}, "default_model"),
        ({"api_key": KEY, "url": URL}, "url"),
        ({"api_key": KEY, "workspace_id": str(uuid4())}, "workspace_id"),
    ]
    for body, field in bodies:
        answer = await api.json("PUT", "/settings/openai", 422, json=body)
        if "ftp" not in str(body):
            assert field in [detail["loc"] for detail in answer["details"]], body
        assert KEY not in str(answer)
    answer = await api.json(
        "PUT", "/settings/openai", 422, json={"api_key": KEY, "endpoint_url": "http://169.254.169.254"}
    )
    assert answer["code"] == "TARGET_NOT_ALLOWED"
    assert (await api.json("PUT", "/settings/comfyui", 422, json={"api_key": KEY}))["code"] == "PROVIDER_NOT_SUPPORTED"
    await api.json("GET", "/settings/unknown", 422)
    assert await api.json("GET", "/settings") == []


ENDS: list[tuple[Reply | None, str, str | None]] = [
    (MODELS, "connected", None),
    (Reply.json({"error": {"message": f"Wrong key {KEY}"}}, 401), "error", "PROVIDER_UNAUTHORIZED"),
    (Reply.json({"error": {"message": "busy"}}, 429), "error", "PROVIDER_RATE_LIMITED"),
    (Reply(200, [b"<html>"]), "error", "PROVIDER_BROKEN"),
    (None, "disconnected", "PROVIDER_UNREACHABLE"),
]


async def test_how_a_test_went_is_kept(api: Application) -> None:
    for reply, status, code in ENDS:
        async with scripted(reply or MODELS) as server:
            await put(api, endpoint_url=f"{server.url}/v1" if reply else "http://127.0.0.1:9")
            report = await api.json("POST", "/settings/openai/test")
        assert (report["ok"], report["code"]) == (code is None, code)
        kept = await api.json("GET", "/settings/openai")
        assert (kept["status"], kept["error_message"]) == (status, None if report["ok"] else report["message"])
        assert kept["last_tested"].endswith("Z")
        assert KEY not in f"{report}{kept}"
        renamed = await api.json("PUT", "/settings/openai", json={"default_model": "x"})
        assert renamed["status"] == status
        changed = await put(api, api_key=OTHER)
        assert (changed["status"], changed["error_message"], changed["last_tested"]) == ("unknown", None, None)


async def test_how_a_test_went_is_not_kept_for_what_was_set_meanwhile(api: Application) -> None:
    has_come, may_go = asyncio.Event(), asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        has_come.set()
        await may_go.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\n\r\n")
        writer.writelines(MODELS.chunks)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        await put(api, endpoint_url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
        testing = asyncio.create_task(api.json("POST", "/settings/openai/test"))
        await has_come.wait()
        await put(api, api_key=OTHER)
        may_go.set()
        assert (await testing)["ok"] is True
    assert (await api.json("GET", "/settings/openai"))["status"] == "unknown"


async def test_two_that_set_at_once_leave_one(api: Application) -> None:
    bodies = [{"api_key": f"sk-{number:030}"} for number in range(6)]
    answers = await asyncio.gather(*(api.http.put("/api/settings/openai", json=body) for body in bodies))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["data"]["id"] for answer in answers}) == 1
    assert len(await api.json("GET", "/settings")) == 1


async def test_nothing_is_seen_of_another_workspace(api: Application) -> None:
    foreign = await insert_foreign(api.settings)
    assert await api.json("GET", "/settings") == []
    await api.json("GET", "/settings/gemini", 404)
    made = await put(api, "gemini")
    assert await found(api, Provider.OPENAI) is None
    async with database(api.settings) as session:
        rows = {row.workspace_id: row for row in await session.scalars(select(ProviderSetting))}
    assert rows.pop(foreign.workspace_id).default_model == "theirs"
    assert [str(row.id) for row in rows.values()] == [made["id"]]


async def test_what_is_set_is_told_without_the_key(api: Application) -> None:
    await put(api, endpoint_url="https://127.0.0.1:9/secret-path")
    await api.json("DELETE", "/settings/openai")
    async with database(api.settings) as session:
        told = list(await session.execute(text("SELECT action, details->>'origin' FROM audit_log ORDER BY id")))
        everything = str(list(await session.execute(text("SELECT * FROM audit_log"))))
    assert [tuple(row) for row in told] == [("setting_changed", "https://127.0.0.1:9"), ("setting_deleted", None)]
    assert not [secret for secret in (KEY, "secret-path") if secret in everything]


async def test_the_list_names_what_the_environment_gives(settings: Settings) -> None:
    given = {"openai_api_key": SecretStr(KEY), "gemini_api_key": SecretStr(" "), "ollama_url": NOBODY_URL}
    settings = settings.model_copy(update=given)
    async with serve_api(settings) as url, httpx2.AsyncClient(base_url=url, timeout=60) as http:
        answer = await http.get("/api/settings")
        assert answer.json() == {"success": True, "data": [], "environment": ["openai", "ollama"]}


async def test_the_environments_keys_are_read_and_not_shown() -> None:
    settings = Settings(_env_file=None, openai_api_key=KEY, anthropic_api_key=f" {OTHER} ", gemini_api_key=" ")
    keys = [settings.provider_key(provider) for provider in Provider]
    assert keys == [None, KEY, None, OTHER, None]
    assert KEY not in repr(settings)
    assert KEY not in str(settings.model_dump())
