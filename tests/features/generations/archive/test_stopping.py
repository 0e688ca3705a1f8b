"""R12: a server that is told to stop waits for no reader of an archive, and leaves no half of one for a whole."""

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
from tests.features.generations.archive.made import LARGE, PATH, add_large, read
from tests.fixtures.application import NO_TLS
from tests.waiting import until


async def test_an_archive_ends_with_the_server(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_sent_events, "GRACE_SECONDS", 0.1)
    sockets, streams = Sockets(), Streams()
    app = create_app(settings, sockets, streams)
    config = uvicorn.Config(app, host="127.0.0.1", port=0, timeout_graceful_shutdown=60, **server_options())
    server = Server(config, sockets.close, streams.close)
    serving = asyncio.create_task(server._serve(None))
    await until(lambda: server.started or serving.done())
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    await add_large(settings, LARGE)
    async with httpx2.AsyncClient(timeout=20, verify=NO_TLS) as http, http.stream("GET", f"{url}{PATH}") as answer:
        chunks = answer.aiter_raw()
        await anext(chunks)
        server.should_exit = True
        async with asyncio.timeout(20):
            await serving
        with pytest.raises(httpx2.TransportError):
            await read(chunks)
