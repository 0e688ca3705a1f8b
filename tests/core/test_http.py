"""The outbound client against real sockets: A15, A16, A23 and what ComfyUI's JSON looks like."""

import asyncio
import gzip
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from spoonfeeder.core.http import (
    BrokenReply,
    TargetNotAllowed,
    TargetPolicy,
    capped_chunks,
    open_client,
    read_json,
    target_refusal,
)
from tests.fixtures.ports import kept_port

LOCAL = TargetPolicy(local=True)
Reply = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Upstream:
    """A server on loopback that answers each connection with `reply` and remembers what it was asked."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self.heads: list[bytes] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heads.append(await reader.readuntil(b"\r\n\r\n"))
        try:
            await self._reply(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def upstream(reply: Reply, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[Upstream]:
    it = Upstream(reply)
    server = await asyncio.start_server(it.serve, host, port)
    it.port = server.sockets[0].getsockname()[1]
    try:
        yield it
    finally:
        server.close()


def answering(body: bytes, *headers: str, status: str = "200 OK") -> Reply:
    async def reply(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers])
        writer.write(head.encode() + b"\r\n\r\n" + body)
        await writer.drain()

    return reply


async def fetch_json(port: int, *, limit_bytes: int = 2**20, deadline_seconds: float = 5.0, **client: Any) -> Any:
    async with (
        open_client(LOCAL, **client) as http,
        http.stream("GET", f"http://localhost:{port}/") as response,
    ):
        return await read_json(response, limit_bytes, deadline_seconds=deadline_seconds)


async def test_host_header_keeps_the_name_while_the_checked_ip_is_connected() -> None:
    async with upstream(answering(b"{}")) as server:
        assert await fetch_json(server.port) == {}
    assert f"Host: localhost:{server.port}".encode() in server.heads[0]


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": NaN, "b": [Infinity, -Infinity]}', {"a": None, "b": [None, None]}),
        (b'{"a": "x\\u0000y", "b\\u0000": 1}', {"a": "xy", "b": 1}),
        (b'{"a": "\\ud800"}', {"a": "?"}),
        (b'{"seed": 18446744073709551615}', {"seed": 2**64 - 1}),
    ],
)
async def test_json_of_comfyui_becomes_storable(body: bytes, value: Any) -> None:
    async with upstream(answering(body)) as server:
        assert await fetch_json(server.port) == value


@pytest.mark.parametrize("body", [b"<html>Bad gateway</html>", b"", b"{", b"[" * 100_000, b"1" + b"0" * 5000])
async def test_what_is_not_json_is_a_broken_reply(body: bytes) -> None:
    async with upstream(answering(body)) as server:
        with pytest.raises(BrokenReply):
            await fetch_json(server.port)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
async def test_a15_a_redirect_is_not_followed(status: str) -> None:
    async with upstream(answering(b"secret")) as inside:
        location = f"Location: http://127.0.0.1:{inside.port}/"
        async with upstream(answering(b"", location, status=status)) as outside, open_client(LOCAL) as http:
            response = await http.get(f"http://localhost:{outside.port}/")
    assert response.is_redirect
    assert inside.heads == []


async def test_a16_a_name_is_checked_anew_at_each_connection() -> None:
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])

    async def rebinding(_: str, __: int) -> Sequence[str]:
        return next(answers)

    policy = TargetPolicy(local=False, resolver=rebinding)
    async with upstream(answering(b"secret")) as inside:
        url = f"http://rebind.example:{inside.port}/"
        assert (await policy.resolve(url)).ip == "93.184.215.14"
        async with open_client(policy) as http:
            with pytest.raises(httpx2.ConnectError):
                await http.get(url)
    assert inside.heads == []


async def test_blocked_and_refused_look_the_same() -> None:
    policy = TargetPolicy(local=True, own_listeners={("127.0.0.1", 1)})
    async with open_client(policy) as http:
        with pytest.raises(httpx2.ConnectError) as blocked:
            await http.get("http://127.0.0.1:1/")
        with pytest.raises(httpx2.ConnectError) as refused:
            await http.get("http://127.0.0.1:2/")
    assert str(blocked.value) == str(refused.value)
    assert isinstance(target_refusal(blocked.value), TargetNotAllowed)
    assert target_refusal(refused.value) is None


async def test_the_next_address_is_tried_when_one_refuses() -> None:
    async def two(_: str, __: int) -> Sequence[str]:
        return ["127.0.0.1", "::1"]

    with kept_port() as refusing:
        async with (
            upstream(answering(b"{}"), host="::1", port=refusing) as server,
            open_client(TargetPolicy(local=True, resolver=two)) as http,
        ):
            assert (await http.get(f"http://studio.example:{server.port}/")).status_code == 200


async def test_cookies_of_one_request_do_not_go_with_the_next() -> None:
    cookie = "Set-Cookie: session=of-somebody-else; Path=/"
    async with upstream(answering(b"{}", cookie)) as server, open_client(LOCAL) as http:
        for _ in range(2):
            await http.get(f"http://localhost:{server.port}/")
    assert len(server.heads) == 2
    assert b"cookie" not in server.heads[1].lower()
    assert len(http.cookies.jar) == 0


async def test_the_environment_names_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with upstream(answering(b"{}")) as server:
        assert await fetch_json(server.port) == {}


async def test_a23_a_gzip_bomb_ends_at_the_cap_with_flat_memory() -> None:
    bomb = gzip.compress(b"0" * (200 * 2**20))
    async with upstream(answering(bomb, "Content-Encoding: gzip")) as server:
        tracemalloc.start()
        with pytest.raises(BrokenReply, match="larger than 4096 KiB"):
            await fetch_json(server.port, limit_bytes=4 * 2**20)
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak_bytes < 24 * 2**20


async def test_a23_a_broken_gzip_is_a_broken_reply() -> None:
    async with upstream(answering(b"not gzip", "Content-Encoding: gzip")) as server:
        with pytest.raises(BrokenReply, match="decompressed"):
            await fetch_json(server.port)


def dripping(every_seconds: float) -> Reply:
    async def reply(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(every_seconds)

    return reply


async def test_a23_a_dripping_answer_ends_at_the_deadline_and_a_silent_one_at_the_idle_limit() -> None:
    async with upstream(dripping(0.05)) as server:
        with pytest.raises(BrokenReply, match="too long"):
            await fetch_json(server.port, deadline_seconds=0.4)
    async with upstream(dripping(60)) as server:
        with pytest.raises(httpx2.ReadTimeout):
            await fetch_json(server.port, timeout_seconds=0.2)


async def test_a23_tiny_chunks_are_counted() -> None:
    async def reply(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 20_000)
        await writer.drain()

    async with upstream(reply) as server:
        with pytest.raises(BrokenReply, match="larger"):
            await fetch_json(server.port, limit_bytes=10_000, deadline_seconds=60)


async def test_a_stream_may_be_read_slowly_without_a_deadline() -> None:
    async with (
        upstream(answering(b"x" * 300_000)) as server,
        open_client(LOCAL) as http,
        http.stream("GET", f"http://localhost:{server.port}/") as response,
    ):
        sizes = [len(chunk) async for chunk in capped_chunks(response, 300_000)]
    assert sum(sizes) == 300_000
