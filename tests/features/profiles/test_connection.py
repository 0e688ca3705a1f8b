"""Connection tests say how it went, and only bad input is an error."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from spoonfeeder.comfy.wire import Wire
from spoonfeeder.features.profiles import connection
from tests.features.foreign import database
from tests.features.held import hold
from tests.fixtures.application import Application
from tests.waiting import until_async

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def api(emptied_api: Application) -> Application:
    return emptied_api


@asynccontextmanager
async def answering(reply: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that answers every request with `reply`; gives its URL and the heads it was sent."""
    heads: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(reply)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", heads


def http(status: str, body: bytes, headers: str = "Content-Type: application/json\r\n") -> bytes:
    return f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


async def test_a_comfyui_tells_its_version_queue_and_devices(api: Application) -> None:
    profile_id = await api.json(
        "POST", "/profiles", 201, json={"name": "C", "provider": "comfyui", "url": api.simulator.url}
    )
    for path, body in (
        (f"/profiles/{profile_id['id']}/test", None),
        ("/profiles/test-connection", {"provider": "comfyui", "url": api.simulator.url}),
    ):
        report = await api.json("POST", path, json=body)
        assert report["ok"] is True
        assert report["version"] == "0.33.0"
        assert (report["queue_running"], report["queue_pending"]) == (0, 0)
        assert report["devices"]
        assert report["latency_ms"] >= 0
        assert "0.33.0" in report["message"]
    assert len(await api.json("GET", "/profiles")) == 1


async def test_every_way_a_connection_fails_is_a_sentence(api: Application) -> None:
    async with (
        answering(http("200 OK", b"<html>hello</html>", "Content-Type: text/html\r\n")) as (website, _),
        answering(http("401 Unauthorized", b"{}")) as (locked, _),
        answering(http("200 OK", b"[]")) as (strange, _),
        answering(b"\x00\x01garbage\r\n\r\n") as (garbage, _),
        answering(http("302 Found", b"", f"Location: {api.simulator.url}/system_stats\r\n")) as (moved, _),
    ):
        for provider in ("comfyui", "ollama"):
            for url in ("http://127.0.0.1:9", "http://no-such-name.invalid", website, locked, garbage, moved, strange):
                body = {"provider": provider, "url": url}
                report = await api.json("POST", "/profiles/test-connection", json=body)
                if (provider, url) != ("comfyui", strange):
                    assert report["ok"] is False, (body, report)
                    assert report["code"].isupper()
                assert report["message"].endswith(".") or report["message"].endswith("?")
    assert sum(api.simulator.log.requests.values()) == 0


async def test_ollama_answers_with_its_version_and_gets_the_key(api: Application) -> None:
    async with answering(http("200 OK", b'{"version": "0.12.3"}')) as (url, heads):
        body = {"provider": "ollama", "url": url, "api_key": "my-key"}
        report = await api.json("POST", "/profiles/test-connection", json=body)
    assert (report["ok"], report["version"]) == (True, "0.12.3")
    assert b"Bearer my-key" in heads[0]
    assert b"GET /api/version " in heads[0]


async def test_what_is_no_connection_is_refused(api: Application) -> None:
    bodies: list[dict[str, object]] = [
        {},
        {"provider": "x"},
        {"provider": "comfyui", "url": 5},
        {"provider": "comfyui", "api_key": "sk-…7890"},
        {"provider": "openai", "api_key": "sk\u0000"},
        {"provider": "comfyui", "host": "x"},
    ]
    for body in bodies:
        await api.json("POST", "/profiles/test-connection", 422, json=body)


async def test_no_database_session_is_open_while_a_provider_is_asked(
    api: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Wire.get, "__kwdefaults__", {"timeout_seconds": 60.0})
    monkeypatch.setattr(connection, "TEST_SECONDS", 60.0)
    profile = {"name": "S", "provider": "comfyui", "url": api.simulator.url}
    profile_id = (await api.json("POST", "/profiles", 201, json=profile))["id"]
    held = hold(monkeypatch, api.simulator, "/system_stats")
    asked = asyncio.create_task(api.json("POST", f"/profiles/{profile_id}/test"))
    await held.has_come.wait()
    async with database(api.settings) as session:
        open_ones = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
        )

        async def none_is_open() -> bool:
            """The sweep has one for a moment."""
            await session.execute(text("SELECT pg_stat_clear_snapshot()"))  # else as the transaction first saw it
            return bool(await session.scalar(open_ones) == 0)

        await until_async(none_is_open)
    assert not asked.done()
    held.may_go.set()
    assert (await asked)["ok"] is True
