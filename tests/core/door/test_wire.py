"""What the listener itself refuses: A44, A59."""

import asyncio

import pytest
from fastapi import FastAPI

from spoonfeeder.core.door import guard, wire
from spoonfeeder.core.door.wire import GuardedHttp
from tests.core.door.conftest import small_settings
from tests.core.door.raw_http import RunningServer, request

pytestmark = pytest.mark.asyncio(loop_scope="module")

HEAD = b"POST /api/things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    "message",
    [
        HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\n{}  ",
        HEAD + b"Content-Length: -1\r\n\r\n",
        HEAD + b"Content-Length: 1e3\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}XX0\r\n\r\n",
        HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        HEAD.replace(b"\r\n", b"\n") + b"Content-Length: 2\n\n{}",
        b"GET /api/things HTTP/1.1\r\nHost: localhost\r\n folded: yes\r\n\r\n",
        b"GET /api/\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
async def test_a59_ambiguous_messages_get_400_and_the_connection_ends(server: RunningServer, message: bytes) -> None:
    smuggled = request(target="/api/things?q=smuggled")
    answer = await server.send(message + smuggled)
    assert answer.status == 400
    assert answer.headers["connection"] == "close"
    assert b"smuggled" not in answer.body


async def test_a44_a_head_without_end_gets_431(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "LINGER_SECONDS", 30.0)
    answer = await server.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ", *[b"y" * 65536] * 8)
    assert (answer.status, answer.code) == (431, "HEADERS_TOO_LARGE")


class ImpatientHttp(GuardedHttp):
    head_seconds = 0.3


async def test_a44_a_slow_head_gets_408_and_a_silent_connection_ends(
    api: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with RunningServer(guard(api, small_settings()), http=ImpatientHttp) as server:
        answer = await server.send(b"GET / HTTP/1.1\r\nHost: local")
        assert (answer.status, answer.code) == (408, "REQUEST_TIMEOUT")
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        async with asyncio.timeout(10):
            assert await reader.read() == b""
        writer.close()
        monkeypatch.setattr(ImpatientHttp, "head_seconds", 30)
        assert (await server.send(request())).status == 200


async def test_pipelined_and_kept_connections_still_work(server: RunningServer) -> None:
    kept = request(target="/api/things?q=first").replace(b"Connection: close\r\n", b"")
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(kept + kept.replace(b"first", b"second") + request(target="/api/things?q=third"))
    async with asyncio.timeout(10):
        everything = await reader.read()
    writer.close()
    assert everything.count(b"HTTP/1.1 200 OK") == 3
    assert all(word in everything for word in (b"first", b"second", b"third"))
