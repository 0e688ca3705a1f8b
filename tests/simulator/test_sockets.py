"""The handshake, what a client may say, and what one client's slowness does to the others."""

import asyncio
import base64
import json
import os
import socket
import time
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect

from spoonfeeder.simulator import Options, Simulator
from tests.simulator.conftest import plain_picture, run, submit
from tests.waiting import until

FEATURES = {"type": "feature_flags", "data": {"supports_preview_metadata": True}}
FROM_A_SLOW_CLIENT = {
    "1": {"class_type": "EmptyLatentImage", "inputs": {"width": 1024, "height": 1024, "batch_size": 1}},
    "2": {"class_type": "VAELoader", "inputs": {"vae_name": "sdxl_vae.safetensors"}},
    "3": {"class_type": "VAEDecode", "inputs": {"samples": ["1", 0], "vae": ["2", 0]}},
    "4": {"class_type": "RepeatImageBatch", "inputs": {"image": ["3", 0], "amount": 64}},
    "5": {"class_type": "SaveImageWebsocket", "inputs": {"images": ["4", 0]}},
}


def connecting(simulator: Simulator, query: str = "", **how: Any) -> connect:
    return connect(simulator.url.replace("http", "ws", 1) + f"/ws{query}", max_size=None, **how)


async def event(client: ClientConnection) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(await asyncio.wait_for(client.recv(), 20))
    return loaded


async def told(client: ClientConnection) -> list[str]:
    """The kinds of all events that were sent so far."""
    await (await client.ping())
    kinds = []
    try:
        while True:
            kinds.append(json.loads(await asyncio.wait_for(client.recv(), 0.02))["type"])
    except TimeoutError:
        return kinds


async def test_without_an_id_the_server_makes_one_up(simulator: Simulator) -> None:
    async with connecting(simulator) as client:
        assert len((await event(client))["data"]["sid"]) == 32


async def test_under_api_too_and_compressed_if_offered(simulator: Simulator) -> None:
    address = simulator.url.replace("http", "ws", 1) + "/api/ws?clientId=me"
    async with connect(address, compression="deflate") as client:
        assert (await event(client))["data"]["sid"] == "me"
        assert client.response is not None
        assert "permessage-deflate" in client.response.headers["Sec-WebSocket-Extensions"]


async def test_features_count_only_as_the_first_message(simulator: Simulator) -> None:
    async with connecting(simulator, "?clientId=early") as early, connecting(simulator, "?clientId=late") as late:
        await early.send(json.dumps(FEATURES))
        await late.send("not json")
        await late.send(json.dumps(FEATURES))
        assert (await event(early))["type"] == "status"
        assert (await event(early))["data"]["supports_preview_metadata"] is True
        assert await told(late) == ["status"]


async def test_who_does_not_read_stops_the_events_of_all(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.connect(("127.0.0.1", simulator.options.port))
    key = base64.b64encode(os.urandom(16)).decode()
    upgrade = f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13"
    slow.sendall(f"GET /ws?clientId=slow HTTP/1.1\r\nHost: 127.0.0.1\r\n{upgrade}\r\n\r\n".encode())
    async with connecting(simulator, "?clientId=quick") as quick:
        large = await submit(http, FROM_A_SLOW_CLIENT, client_id="slow")
        small = await submit(http, plain_picture(), client_id="quick")
        await until(lambda: simulator.queue.entry(small) is not None, within_seconds=300)

        assert simulator.log.of(large)[0].outcome == "success"
        assert "executed" not in await told(quick)
        slow.close()
        await simulator.settled()
        assert (await told(quick))[-1] == "executing"


async def test_status_goes_to_everybody(simulator: Simulator, http: httpx2.AsyncClient) -> None:
    async with connecting(simulator, "?clientId=a") as one, connecting(simulator, "?clientId=b") as other:
        await run(simulator, http, plain_picture(), client_id="a")
        assert "execution_success" in await told(one)
        assert set(await told(other)) == {"status"}


@pytest.mark.parametrize(("version", "per_second"), [("0.33.0", 10), ("0.3.64", None)])
async def test_steps_without_pictures_are_told_at_the_versions_pace(version: str, per_second: int | None) -> None:
    counting = {"n": 40, "interval_ms": 2.0, "busy": False, "nonce": 1}
    graph = {"1": {"class_type": "ProbeProgress", "inputs": counting}}
    async with (
        Simulator(Options(version=version)) as simulator,
        httpx2.AsyncClient(base_url=simulator.url, timeout=60) as http,
        connecting(simulator, "?clientId=a") as client,
    ):
        began = time.monotonic()
        prompt_id = await submit(http, graph, client_id="a")
        events = [await event(client)]
        while events[-1]["data"] != {"node": None, "prompt_id": prompt_id}:
            events.append(await event(client))
        took = time.monotonic() - began

    steps = [one["data"]["value"] for one in events if one["type"] == "progress"]
    assert (steps[0], steps[-1]) == (1, 40)
    assert len(steps) <= took * per_second + 2 if per_second else len(steps) == 40
