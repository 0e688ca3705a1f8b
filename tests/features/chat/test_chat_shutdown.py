"""R12: a server that is told to stop ends its streams with a word, and does not wait for the model."""

import asyncio

import httpx2
import pytest
import uvicorn

from spoonfeeder.app import create_app
from spoonfeeder.core import server_sent_events
from spoonfeeder.core.door.server import Server
from spoonfeeder.core.door.wire import server_options
from spoonfeeder.core.server_sent_events import Streams
from spoonfeeder.core.settings import Settings
from spoonfeeder.sockets import Sockets
from tests.features.chat.asked import HI
from tests.features.chat.told import told_in
from tests.fixtures import openai_replies as openai
from tests.fixtures.application import NO_TLS
from tests.fixtures.scripted import scripted
from tests.waiting import until

ENDLESS = openai.stream(*openai.transcript(["more "] * 10_000), pause_seconds=0.01)


async def test_streams_end_with_the_server(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_sent_events, "GRACE_SECONDS", 0.1)
    sockets, streams = Sockets(), Streams()
    app = create_app(settings, sockets, streams)
    config = uvicorn.Config(app, host="127.0.0.1", port=0, timeout_graceful_shutdown=60, **server_options())
    server = Server(config, sockets.close, streams.close)
    serving = asyncio.create_task(server._serve(None))
    await until(lambda: server.started or serving.done())
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/api"
    async with scripted(ENDLESS) as provider, httpx2.AsyncClient(timeout=20, verify=NO_TLS) as http:
        body = {"name": "P", "provider": "openai", "api_key": "sk-x", "url": f"{provider.url}/v1"}
        made = (await http.post(f"{url}/profiles", json=body)).json()["data"]
        chat = {"profile_id": made["id"], "model": "m", "messages": HI, "stream": True}
        text = ""
        async with http.stream("POST", f"{url}/chat", json=chat) as response:
            async for piece in response.aiter_text():
                text += piece
                server.should_exit = "event: delta" in text
        events = told_in(text)
        await until(lambda: provider.hung_up == 1)
        await http.aclose()
        async with asyncio.timeout(20):
            await serving

    assert events[0].name == "delta"
    assert (events[-1].name, events[-1].data["code"], events[-1].data["statusCode"]) == ("error", "SERVER_STOPS", 503)
