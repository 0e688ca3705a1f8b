"""What a hostile Socket.IO client may send without harm to others: A42, A51."""

import asyncio
import contextlib
import json

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.fixtures.application import Application

pytestmark = pytest.mark.asyncio(loop_scope="module")

BAD_PACKETS = [
    "4" + "2" * 1_000_000,
    "40/admin,",
    '42/admin,["subscribe:task","x"]',
    '451000000-["subscribe:task",{"_placeholder":true,"num":0}]',
    "42[",
    "42",
    "42[]",
    "42[1]",
    '42{"a":1}',
    '42["no such event",1]',
    '42["subscribe:task"]',
    '42["subscribe:task",null]',
    '42["subscribe:task","a\\u0000b"]',
    '42["subscribe:task",{"id":[1]}]',
    '42["subscribe:generation","task_x"]',
    '42["connect",{}]',
    '42["disconnect"]',
    "9x",
    "\x00",
    "4" + "[" * 50_000,
    "42" + "[" * 20_000,
]


async def open_socket(api: Application) -> ClientConnection:
    socket = await connect(api.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket", max_size=2**22)
    await socket.recv()
    await socket.send("40")
    assert str(await socket.recv()).startswith("40")
    return socket


async def ask(socket: ClientConnection, number: int) -> None:
    """Until an acknowledgement comes."""
    await socket.send(f'42{number}["subscribe:task","3f0e2a52-7bb8-4a0f-9c52-0f6f5a6f3d11"]')
    async with asyncio.timeout(20):
        while not str(await socket.recv()).startswith(f"43{number}"):
            continue


@pytest.mark.parametrize("packet", BAD_PACKETS, ids=lambda packet: packet[:40])
async def test_a42_a51_a_bad_packet_harms_its_sender_only(api: Application, packet: str) -> None:
    other = await open_socket(api)
    bad = await open_socket(api)
    with contextlib.suppress(ConnectionClosed, TimeoutError):
        await bad.send(packet)
        async with asyncio.timeout(0.2):
            await bad.recv()
    await ask(other, 1)
    await bad.close()
    await other.close()


async def test_a42_a51_binary_and_polling_rubbish(api: Application) -> None:
    other = await open_socket(api)
    async with await open_socket(api) as bad:
        with contextlib.suppress(ConnectionClosed):
            for _ in range(50):
                await bad.send(b"\x00\xff" * 1000)
    opened = await api.http.get("/socket.io/?EIO=4&transport=polling")
    sid = json.loads(opened.text[1:])["sid"]
    for body in (b"\x00", b"4" * 200_000, b"b" + b"!" * 100, b"\x1e" * 5000, b"40\x1e" * 100):
        answer = await api.http.post(
            f"/socket.io/?EIO=4&transport=polling&sid={sid}", content=body, headers={"Content-Type": "text/plain"}
        )
        assert answer.status_code < 500
    for query in (
        "EIO=4&transport=polling&sid=" + "x" * 5000,
        "EIO=99",
        "transport=carrier-pigeon",
        "EIO=4&sid=%00",
        "",
    ):
        assert (await api.http.get(f"/socket.io/?{query}")).status_code < 500
    await ask(other, 1)
    await other.close()


async def test_a51_a_flood_of_events_and_connections_leaves_others_served(api: Application) -> None:
    other = await open_socket(api)

    async def flood() -> None:
        with contextlib.suppress(ConnectionClosed):
            async with await open_socket(api) as loud:
                for number in range(1, 800):
                    await loud.send(f'42{number}["subscribe:task","x"]')

    async def come_and_go() -> None:
        for _ in range(20):
            with contextlib.suppress(Exception):
                await (await open_socket(api)).close()

    crowd = asyncio.gather(flood(), flood(), *[come_and_go() for _ in range(5)])
    for number in range(1, 30):
        await ask(other, number)
    await crowd
    await other.close()
