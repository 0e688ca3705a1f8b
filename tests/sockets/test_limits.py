"""What a socket may not do, and that the others do not notice (R21, A28, A51, A52)."""

import asyncio
import contextlib
import json
import resource
import socket
import sys
from collections.abc import Callable
from typing import Any

import pytest
from redis import Redis
from websockets.exceptions import ConnectionClosed

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID
from spoonfeeder.realtime.emitter import CHANNEL, message_of
from spoonfeeder.realtime.events import Notification
from spoonfeeder.sockets.limits import Limits
from tests.socket_client import PATH, Refused, SocketClient, open_socket, raw_socket
from tests.sockets.stage import Stage
from tests.waiting import until, until_async


def _has(field: str, value: Any) -> Callable[[Any], bool]:
    return lambda payload: payload[field] == value


async def _ended(client: SocketClient, why: object = "") -> None:
    try:
        await client.until_ended()
    except TimeoutError:
        raise AssertionError(f"still open after {why!r}") from None


MALFORMED: list[str | bytes] = [
    "4",
    "42",
    "42{}",
    "42[]",
    "42[1]",
    "42[{}]",
    '42["disconnect","x"]',
    '42["connect",{},{}]',
    "42[" * 500,
    '42["a",' + "[" * 20_000,
    "43",
    "44",
    "47",
    "4x",
    '451-["a",{"_placeholder":true,"num":0}]',
    '451000000-["a"]',
    '461-["a"]',
    b"\x00\x01",
    "42" + "1" * 200 + '["a"]',
    "x" * 70_000,
]


async def test_a_malformed_packet_ends_that_connection_and_no_other(stage: Stage) -> None:
    generation_id = stage.run()
    async with stage.api() as (url, _), open_socket(url) as good:
        for frame in MALFORMED:
            async with open_socket(url) as bad:
                await bad.send(frame)
                await _ended(bad, frame[:40])
            assert await good.call("subscribe:generation", str(generation_id)) == {"ok": True}


async def _flood(client: SocketClient) -> None:
    with contextlib.suppress(ConnectionClosed):
        for _ in range(10_000):
            await client.emit("subscribe:task", "x")
            await asyncio.sleep(0)


async def test_a_flood_of_events_ends_the_connection(stage: Stage) -> None:
    generation_id = stage.run()
    async with stage.api() as (url, _), open_socket(url) as good, open_socket(url) as bad:
        await good.call("subscribe:generation", str(generation_id))
        flood = asyncio.create_task(_flood(bad))
        for n in range(1, 40):
            await stage.progress(generation_id, n)
            await good.event("generation:progress", _has("progress", n))
        await _ended(bad)
        await flood


async def test_a_socket_has_at_most_so_many_rooms(stage: Stage) -> None:
    async with stage.api(Limits(rooms=3)) as (url, _), open_socket(url) as client:
        subjects = [str(stage.run()) for _ in range(4)]
        answers = [await client.call("subscribe:generation", subject) for subject in subjects]
        assert [answer["ok"] for answer in answers] == [True, True, True, False]
        assert answers[3]["code"] == "TOO_MANY_SUBSCRIPTIONS"
        assert await client.call("subscribe:generation", subjects[0]) == {"ok": True}
        await client.call("unsubscribe:generation", subjects[0])
        assert await client.call("subscribe:generation", subjects[3]) == {"ok": True}


async def test_a_user_has_at_most_so_many_sockets_and_gets_a_place_back(stage: Stage) -> None:
    async with stage.api(Limits(sockets_of_local_owner=2)) as (url, _), open_socket(url):
        async with open_socket(url):
            with pytest.raises(Refused, match="TOO_MANY_SOCKETS"):
                async with open_socket(url):
                    pass

        async def has_place() -> bool:
            with contextlib.suppress(Refused):
                async with open_socket(url):
                    return True
            return False

        await until_async(has_place)


async def test_an_unknown_namespace_is_refused(stage: Stage) -> None:
    async with stage.api() as (url, _), raw_socket(url) as client:
        with pytest.raises(Refused):
            await client.join("/admin")


async def test_connections_without_a_session_do_not_stay(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage.api() as (url, sockets), open_socket(url) as good:
        monkeypatch.setattr(sockets.server, "_limits", Limits(join_seconds=0.1))
        async with raw_socket(url) as idle:
            await _ended(idle)
        await good.send("41")
        await _ended(good)


async def test_beyond_the_number_of_connections_nobody_is_taken_in(stage: Stage) -> None:
    async with stage.api(Limits(connections=2)) as (url, _), raw_socket(url), raw_socket(url):
        with pytest.raises(Exception, match="403"):
            async with raw_socket(url):
                pass


async def test_one_address_does_not_take_the_connections_of_all(stage: Stage) -> None:
    async with stage.api(Limits(connections_per_peer=2)) as (url, _), raw_socket(url) as one, raw_socket(url):
        with pytest.raises(Exception, match=r"40[13]"):
            async with raw_socket(url):
                pass
        await one.close()
        await until(one.ended.is_set)

        async def has_room() -> bool:
            with contextlib.suppress(Exception):
                async with raw_socket(url):
                    return True
            return False

        await until_async(has_room)


async def test_all_addresses_of_one_ipv6_network_are_one_peer(stage: Stage) -> None:
    def shown(address: str) -> dict[str, str]:
        return {"X-Forwarded-For": address}

    async with (
        stage.api(Limits(connections_per_peer=2)) as (url, _),
        raw_socket(url, shown("2001:db8:1:1::1")),
        raw_socket(url, shown("2001:db8:1:1:ffff::2")),
        raw_socket(url, shown("2001:db8:1:2::1")),
    ):
        with pytest.raises(Exception, match=r"40[13]"):
            async with raw_socket(url, shown("2001:db8:1:1::3")):
                pass


async def _open_deaf(url: str) -> socket.socket:
    """A connected Socket.IO client that will read no more."""
    host, _, port = url.removeprefix("http://").rpartition(":")
    loop = asyncio.get_running_loop()
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.setblocking(False)
    await loop.sock_connect(deaf, (host, int(port)))
    head = f"GET {PATH} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    head += "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    await loop.sock_sendall(deaf, head.encode())
    assert b" 101 " in await loop.sock_recv(deaf, 4096)
    await loop.sock_sendall(deaf, _masked(b"40"))
    return deaf


def _masked(text: bytes) -> bytes:
    """A WebSocket text frame of a client, masked with zeros (RFC 6455, 5.2)."""
    assert len(text) < 126
    return bytes([0x81, 0x80 | len(text)]) + b"\x00\x00\x00\x00" + text


async def _subscribed(sockets: object, number: int) -> None:
    seats = sockets._subscriptions.seats  # type: ignore[attr-defined]
    await until(lambda: sum(len(seat.rooms) for seat in seats.values()) == number)


async def test_a_reader_that_never_reads_is_disconnected_and_costs_little(stage: Stage) -> None:
    generation_id = stage.run()
    async with stage.api() as (url, sockets), open_socket(url) as good:
        deaf = await _open_deaf(url)
        try:
            await until(lambda: len(sockets._subscriptions.seats) == 2)
            frame = f'42["subscribe:generation","{generation_id}"]'.encode()
            deaf.sendall(_masked(frame))
            await _subscribed(sockets, 1)
            before = _peak_bytes()
            await good.call("subscribe:generation", str(generation_id))
            n = 0
            async with asyncio.timeout(120):
                while len(sockets.server.eio.sockets) == 2:
                    n += 1
                    await stage.progress(generation_id, n, node="x" * 2_000)
            assert _peak_bytes() - before < 20 * 1024 * 1024
            await stage.progress(generation_id, n + 1)
            await good.event("generation:progress", lambda payload: payload["seq"] == 2_000_001 + n)
            assert good.payloads("generation:progress")[0]["seq"] == 2_000_001
            assert len(good.payloads("generation:progress")) == n + 1
            await until(lambda: _is_reset(deaf))
        finally:
            deaf.close()


def _peak_bytes() -> int:
    """The most memory this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _is_reset(deaf: socket.socket) -> bool:
    """Whether the server has hung up, after what had already arrived is read."""
    try:
        while deaf.recv(1024 * 1024):
            pass
        return True
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


async def test_a_silent_connection_is_cut_when_a_write_takes_too_long(stage: Stage) -> None:
    async with stage.api(Limits(write_seconds=0.5)) as (url, sockets):
        deaf = await _open_deaf(url)
        try:
            await until(lambda: len(sockets._subscriptions.seats) == 1)
            for _ in range(300):
                large = Notification(workspace_id=DEFAULT_WORKSPACE_ID, message="x" * 20_000)
                await stage.emitter.publish(message_of(large))
            await until(lambda: not sockets.server.eio.sockets)
            await until(lambda: not sockets._subscriptions.seats)
        finally:
            deaf.close()


async def test_many_events_that_are_there_at_once_are_no_slow_reader(stage: Stage) -> None:
    async with stage.api(Limits(outbound_packets=20)) as (url, _), open_socket(url) as client:
        await client.call("subscribe:task", str(stage.start_task()))
        told = {"method": "emit", "event": "notification", "room": [f"workspace:{DEFAULT_WORKSPACE_ID}"]}
        with Redis.from_url(stage.redis_url) as redis, redis.pipeline(transaction=False) as pipeline:
            for number in range(300):
                pipeline.publish(CHANNEL, json.dumps({**told, "data": [{"number": number}]}))
            pipeline.execute()

        await until(lambda: len(client.payloads("notification")) == 300 or client.ended.is_set())
        assert [payload["number"] for payload in client.payloads("notification")] == list(range(300))
