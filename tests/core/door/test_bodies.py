"""Sizes, pace and types of bodies: A44, A50."""

import asyncio

import pytest
from fastapi import FastAPI

from spoonfeeder.core.door import body_reading, guard
from spoonfeeder.core.door.body_rules import BodyKind, rule_for
from tests.core.door.conftest import small_settings
from tests.core.door.raw_http import Answer, RunningServer, request

pytestmark = pytest.mark.asyncio(loop_scope="module")

MIB = 2**20
HEAD = "{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
BOUNDARY = "----boundary"


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that sends slowly is not reset before it has read the answer."""
    monkeypatch.setattr(body_reading, "DRAIN_SECONDS", 30.0)
    monkeypatch.setattr(body_reading, "DRAIN_PAUSE_SECONDS", 30.0)


def chunked(target: str, *pieces: bytes) -> list[bytes]:
    head = HEAD.format(f"POST {target}") + "Transfer-Encoding: chunked\r\n\r\n"
    return [head.encode(), *[b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces], b"0\r\n\r\n"]


def form(size: int) -> tuple[bytes, str]:
    part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    return part.encode() + b"x" * size + f"\r\n--{BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}"


def assert_too_large(answer: Answer) -> None:
    assert (answer.status, answer.code) == (413, "PAYLOAD_TOO_LARGE")
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize(
    ("path", "limit_bytes", "kind"),
    [
        ("/api/comfyui/workflows", 8 * MIB, BodyKind.JSON),
        ("/api/comfyui/workflows/x/parameters", 8 * MIB, BodyKind.JSON),
        ("/api/comfyui/workflows/x/execute", 8 * MIB, BodyKind.JSON),
        ("/api/comfyui/sessions/x/generate", 8 * MIB, BodyKind.JSON),
        ("/api/comfyui/prompt", 8 * MIB, BodyKind.JSON),
        ("/api/comfyui/sessions", 256 * 1024, BodyKind.JSON),
        ("/api/chat", 32 * MIB, BodyKind.JSON),
        ("/api/tasks", 32 * MIB, BodyKind.JSON),
        ("/v1/chat/completions", 32 * MIB, BodyKind.JSON),
        ("/api/profiles", 256 * 1024, BodyKind.JSON),
        ("/api/comfyui/uploads", 64 * MIB, BodyKind.STREAM),
        ("/api/comfyui/workflows/upload", 64 * MIB, BodyKind.STREAM),
        ("/socket.io/", 256 * 1024, BodyKind.PACKETS),
        ("/", 256 * 1024, BodyKind.JSON),
    ],
)
async def test_each_address_has_its_documented_cap(path: str, limit_bytes: int, kind: BodyKind) -> None:
    rule = rule_for(path)
    assert (rule.limit_bytes, rule.kind) == (limit_bytes, kind)


async def test_a_form_may_be_larger_only_where_one_is_taken() -> None:
    form = b"multipart/form-data"
    assert rule_for("/api/comfyui/workflows", form).limit_bytes == 64 * MIB
    for path in ("/api/comfyui/workflows/x", "/api/comfyui/prompt", "/api/profiles"):
        assert rule_for(path, form) == rule_for(path)


async def test_a44_two_gibibytes_are_refused_before_they_are_sent(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body_reading, "DRAIN_PAUSE_SECONDS", 0.5)
    head = HEAD.format("POST /api/things") + f"Content-Length: {2 * 1024 * MIB}\r\n\r\n"
    assert_too_large(await server.send(head.encode()))


async def test_a44_twenty_megabytes_get_a_readable_413(server: RunningServer) -> None:
    answer = await server.send(request("POST", body=b'{"name": "' + b"x" * 20 * MIB + b'"}'))
    assert_too_large(answer)
    assert "256 KiB" in answer.json["error"]


async def test_a44_chunks_without_length_are_counted(server: RunningServer) -> None:
    assert_too_large(await server.send(*chunked("/api/things", *[b" " * 65536] * 8)))
    small = await server.send(*chunked("/api/things", b'{"name":', b'"x"}'))
    assert small.json == {"name": "x"}


async def test_a_workflow_of_eight_mebibytes_is_taken_and_one_more_byte_is_not(server: RunningServer) -> None:
    frame = b'{"settings": {"text": "%b"}}'
    room = 8 * MIB - len(frame) + 2
    fits = await server.send(request("POST", "/api/comfyui/workflows", body=frame % (b"x" * room)))
    assert (fits.status, len(fits.json["settings"]["text"])) == (200, room)
    assert_too_large(await server.send(request("POST", "/api/comfyui/workflows", body=frame % (b"x" * (room + 1)))))


async def test_a44_a_slow_body_gets_408_while_others_are_served(api: FastAPI) -> None:
    head = (HEAD.format("POST /api/things") + "Content-Length: 100\r\n\r\n").encode()
    async with RunningServer(guard(api, small_settings(), body_patience_seconds=0.5)) as server:
        slow = asyncio.create_task(server.send(head, b"{"))
        assert (await server.send(request())).status == 200
        answer = await slow
    assert (answer.status, answer.code) == (408, "REQUEST_TIMEOUT")
    assert answer.headers["connection"] == "close"


async def test_an_upload_is_streamed_beyond_the_other_caps(server: RunningServer) -> None:
    answer = await server.send(
        request("POST", "/api/comfyui/uploads", body=b"x" * 9 * MIB, content_type="application/octet-stream")
    )
    assert answer.json == {"bytes": 9 * MIB}


async def test_a44_uploads_have_a_cap_too(server: RunningServer) -> None:
    assert_too_large(await server.send(*chunked("/api/comfyui/uploads", *[b"x" * MIB] * 65)))
    body, content_type = form(17 * MIB)
    thumbnail = "/api/comfyui/workflows/1/thumbnail"
    assert_too_large(await server.send(request("PUT", thumbnail, body=body, content_type=content_type)))
    head = (
        HEAD.format(f"PUT {thumbnail}").replace("application/json", content_type) + "Transfer-Encoding: chunked\r\n\r\n"
    )
    pieces = [body[start : start + MIB] for start in range(0, len(body), MIB)] + [b""]
    assert_too_large(await server.send(head.encode(), *[b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces]))


async def test_a44_ten_thousand_form_parts_get_400(server: RunningServer) -> None:
    part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n'
    body = (part * 10_000 + f"--{BOUNDARY}--\r\n").encode()
    content_type = f"multipart/form-data; boundary={BOUNDARY}"
    answer = await server.send(
        request("PUT", "/api/comfyui/workflows/1/thumbnail", body=body, content_type=content_type)
    )
    assert answer.status == 400


@pytest.mark.parametrize(
    "content_type",
    [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json", "x"],
)
async def test_a50_json_under_another_name_gets_415(server: RunningServer, content_type: str | None) -> None:
    answer = await server.send(request("POST", body=b'{"name": "x"}', content_type=content_type))
    assert (answer.status, answer.code) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a50_json_may_name_its_charset_but_not_a_compression(server: RunningServer) -> None:
    named = await server.send(request("POST", body=b"{}", content_type="Application/JSON; charset=utf-8"))
    assert named.status == 200
    packed = await server.send(request("POST", headers=[("Content-Encoding", "gzip")], body=b"{}"))
    assert packed.status == 415


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/json"])
async def test_an_empty_body_is_an_empty_object(server: RunningServer, content_type: str | None) -> None:
    answer = await server.send(request("POST", body=b"", content_type=content_type))
    assert (answer.status, answer.json) == (200, {})
