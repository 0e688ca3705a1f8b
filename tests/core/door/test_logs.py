"""What a client sends cannot forge a line of the log: A48."""

import json

import pytest
from fastapi import FastAPI

from spoonfeeder.core import log
from spoonfeeder.core.door import guard
from spoonfeeder.core.render import install_renderer
from spoonfeeder.core.settings import Settings
from tests.core.door.conftest import LogLines
from tests.core.door.raw_http import RunningServer, request

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
