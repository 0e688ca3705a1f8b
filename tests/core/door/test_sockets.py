"""The door stands before Socket.IO too, for polling and for the WebSocket handshake: A36, A37, A51."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import socketio
from fastapi import FastAPI
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from spoonfeeder.core.door import guard
from tests.core.door.conftest import small_settings
from tests.core.door.raw_http import RunningServer, request

pytestmark = pytest.mark.asyncio(loop_scope="module")

POLLING = "/socket.io/?EIO=4&transport=polling"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sockets(api: FastAPI) -> AsyncIterator[RunningServer]:
    engine = socketio.AsyncServer(async_mode="asgi", cors_allowed_origins=[], max_http_buffer_size=64 * 1024)
    async with RunningServer(guard(socketio.ASGIApp(engine, api), small_settings())) as running:
        yield running
        await engine.shutdown()


def address(server: RunningServer) -> str:
    return f"ws://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket"


async def test_own_pages_and_clients_without_origin_connect(sockets: RunningServer) -> None:
    assert (await sockets.send(request(target=POLLING))).body.count(b'"upgrades":["websocket"]') == 1
    async with connect(address(sockets)) as socket:
        assert str(await socket.recv()).startswith("0{")
    async with connect(address(sockets), origin=f"http://127.0.0.1:{sockets.port}") as socket:  # type: ignore[arg-type]
        assert str(await socket.recv()).startswith("0{")


async def test_allowed_origins_may_read_polling_answers(sockets: RunningServer) -> None:
    answer = await sockets.send(request(target=POLLING, headers=[("Origin", "http://localhost:5173")]))
    assert answer.headers["access-control-allow-origin"] == "http://localhost:5173"


@pytest.mark.parametrize("origin", ["http://evil.example", "null"])
async def test_a36_a37_other_pages_do_not_connect(sockets: RunningServer, origin: str) -> None:
    assert (await sockets.send(request(target=POLLING, headers=[("Origin", origin)]))).status == 403
    with pytest.raises(InvalidStatus) as refusal:
        await connect(address(sockets), origin=origin).__aenter__()  # type: ignore[arg-type]
    assert refusal.value.response.status_code == 403
    assert b"ORIGIN_NOT_ALLOWED" in (refusal.value.response.body or b"")


async def test_a36_a_rebound_name_does_not_connect(sockets: RunningServer) -> None:
    assert (await sockets.send(request(target=POLLING, host="evil.example"))).status == 421
    url = f"ws://evil.example:{sockets.port}/socket.io/?EIO=4&transport=websocket"
    with pytest.raises(InvalidStatus) as refusal:
        await connect(url, host="127.0.0.1", port=sockets.port).__aenter__()
    assert refusal.value.response.status_code == 421


async def test_a51_a_megabyte_message_ends_only_its_own_connection(sockets: RunningServer) -> None:
    async with connect(address(sockets)) as other, connect(address(sockets)) as loud:
        await other.recv()
        await loud.recv()
        await loud.send("4" + "2" * 2**20)
        with pytest.raises(ConnectionClosed):
            await loud.recv()
        await other.send("40")
        assert str(await other.recv()).startswith("40")


async def test_a51_a_large_polling_packet_is_refused(sockets: RunningServer) -> None:
    answer = await sockets.send(request("POST", POLLING, body=b"4" * 300_000, content_type="text/plain"))
    assert answer.status == 413
