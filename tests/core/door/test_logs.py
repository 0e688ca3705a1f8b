"""What a client sends cannot forge a line of the log: A48."""

import asyncio
import json

import pytest
import structlog
from fastapi import FastAPI

from spoonfeeder.core import log
from spoonfeeder.core.door import guard
from spoonfeeder.core.render import install_renderer
from spoonfeeder.core.settings import Settings
from spoonfeeder.features.logs.api_log import ApiLog
from spoonfeeder.features.logs.calls import WaitingCalls
from tests.core.door.raw_http import RunningServer, request
from tests.fixtures.log_lines import LogLines
from tests.waiting import until

REQUEST_ID = "5df07f2d4e29410ea0c0dfde49ee98b5"
PATHS = [
    "/api/%E2%80%A8{%22event%22:%22forged%22}",
    "/api/%C2%85forged",
    "/api/$%7Bjndi:ldap:x%7D",
    "/api/%F0%9F%A6%84%22,%22event%22:%22forged",
    "/api/%C2%9B31mred",
]


def failing_app() -> FastAPI:
    app = FastAPI()
    install_renderer(app)

    @app.get("/api/{name:path}")
    async def fail(name: str) -> None:
        raise RuntimeError(f"line one\nline two \x1b[31m {name}")

    return app


@pytest.mark.parametrize("line_format", ["json", "console"])
async def test_a48_every_event_is_one_line_of_ours(log_lines: LogLines, line_format: log.Format) -> None:
    lines = log_lines(line_format)
    odd = [("User-Agent", "x" * 20_000), ("X-Request-ID", "forged")]
    async with RunningServer(guard(failing_app(), Settings(_env_file=None))) as server:
        for path in PATHS:
            assert (await server.send(request(target=path, headers=odd))).status == 500
    written = [line for line in lines.getvalue().split("\n") if "request failed" in line]
    assert len(written) == len(PATHS)
    everything = lines.getvalue()
    assert not set(everything) & {"\r", "\x1b", "\u2028", "\x85", "\x9b"}
    assert "xxxxx" not in everything
    if line_format == "json":
        assert {json.loads(line)["event"] for line in written} == {"request failed"}
        assert all(json.loads(line) for line in everything.splitlines())
    else:
        assert not [
            line for line in everything.splitlines() if "forged" in line and not line.startswith((" ", "2", "1", "0"))
        ]


def answering_app() -> FastAPI:
    app = FastAPI()
    app.add_middleware(ApiLog, calls=WaitingCalls())

    @app.get("/api/media/{media_id}")
    async def read(media_id: str) -> dict[str, str]:
        structlog.get_logger("ours").info("read")
        return {"id": media_id}

    return app


async def test_an_access_line_tells_the_route_and_no_address(log_lines: LogLines) -> None:
    lines = log_lines("json")
    settings = Settings(_env_file=None, access_log=True)
    async with RunningServer(guard(answering_app(), settings)) as server:
        asked = [("X-Request-ID", REQUEST_ID)]
        answer = await server.send(request(target="/api/media/7?expires=9&signature=swordfish", headers=asked))
        assert answer.headers["x-request-id"] == REQUEST_ID
        forged = await server.send(request(target="/api/media/%0a{forged}/x", headers=[("X-Request-ID", "swordfish")]))
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    ours, first, second = [line for line in told if line["event"] in {"read", "request"}]
    assert (ours["request_id"], first["request_id"]) == (REQUEST_ID, REQUEST_ID)
    assert (first["method"], first["route"], first["status"]) == ("GET", "/api/media/{media_id}", 200)
    assert 0 < first["duration_ms"] < 60_000
    assert (second["route"], second["status"]) == ("(none)", 400)
    assert second["request_id"] == forged.headers["x-request-id"] != "swordfish"
    assert "swordfish" not in lines.getvalue()
    assert "forged" not in lines.getvalue()


async def test_who_goes_away_in_the_middle_of_a_body_is_no_failure_of_ours(log_lines: LogLines) -> None:
    lines, settings = log_lines("json"), Settings(_env_file=None, access_log=True)
    async with RunningServer(guard(answering_app(), settings)) as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(request("POST", "/api/media/7", headers=[("Content-Length", "9")]) + b"half")
        await writer.drain()
        writer.close()
        await until(lambda: '"status": 499' in lines.getvalue())
    assert '"level": "error"' not in lines.getvalue()


async def test_without_the_setting_there_is_no_access_line(log_lines: LogLines) -> None:
    lines = log_lines("json")
    async with RunningServer(guard(answering_app(), Settings(_env_file=None))) as server:
        assert (await server.send(request(target="/api/media/7"))).status == 200
    assert [json.loads(line)["event"] for line in lines.getvalue().splitlines()] == ["read"]
