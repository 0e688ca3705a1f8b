"""F6, F8, F9: work is accepted, done and told while Redis is away in one way or another, and where none is wanted."""

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from redis import Redis

from spoonfeeder.core.settings import NO_REDIS, Settings
from spoonfeeder.embedded.redis import EmbeddedRedis
from spoonfeeder.features.system import probes
from spoonfeeder.realtime.connection import OPTIONS
from spoonfeeder.simulator import Simulator
from tests.fixtures.application import Application, serve_work, serving
from tests.fixtures.log_lines import LogLines
from tests.fixtures.workflows import workflow
from tests.socket_client import SocketClient, open_socket
from tests.waiting import until_async

pytestmark = pytest.mark.usefixtures("hasty_with_redis")
TOLD_SECONDS = 3.0
NOWHERE = "unix:///nonexistent/redis.sock"


@asynccontextmanager
async def everything(
    settings: Settings, redis_url: str, simulator: Simulator
) -> AsyncIterator[tuple[Application, SocketClient, str]]:
    """API, worker and a browser, with a session to generate in."""
    settings = settings.model_copy(update={"redis_url": SecretStr(redis_url)})
    async with serving(settings, simulator) as api, serve_work(settings), open_socket(api.url) as browser:
        await until_async(lambda: _is_ready(api))
        session_id = await api.session(workflow("txt2img_sd15"))
        await browser.call("subscribe:session", session_id)
        yield api, browser, session_id


async def _is_ready(api: Application) -> bool:
    return (await api.http.get("/api/health/ready")).status_code == 200


async def accepted_done_and_told(api: Application, browser: SocketClient, session_id: str) -> tuple[float, float]:
    """The seconds until it was accepted, and from its end until that was told."""
    asked = time.monotonic()
    row = await api.generate(session_id, parameters={"steps": 2})
    accepted_seconds = time.monotonic() - asked
    mine = lambda payload: payload["id"] == row["id"]  # noqa: E731
    told = await browser.event("generation:completed", mine)
    ended = await api.ended(row["id"])
    late_seconds = time.time() - datetime.fromisoformat(ended["completed_at"]).timestamp()
    assert (ended["status"], len(told["outputs"])) == ("completed", 1)
    await browser.event("generation:started", mine)
    return accepted_seconds, late_seconds


async def nobody_waits_for_redis(meanwhile: Callable[[], Awaitable[tuple[float, float]]]) -> None:
    """A slow machine may be late once; what waits for Redis is late each time (F6)."""
    accepted, told = zip(*[await meanwhile() for _ in range(2)], strict=True)
    assert min(accepted) < OPTIONS["socket_connect_timeout"]
    assert min(told) < TOLD_SECONDS


@pytest.mark.parametrize("redis_url", [NO_REDIS, NOWHERE])
async def test_without_redis_from_the_start(
    settings: Settings, simulator: Simulator, redis_url: str, log_lines: LogLines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probes, "PROBE_SECONDS", 15.0)
    lines = log_lines("json")
    async with everything(settings, redis_url, simulator) as (api, browser, session_id):
        await nobody_waits_for_redis(partial(accepted_done_and_told, api, browser, session_id))
        held = await api.generate(session_id, parameters={"steps": 10_000})
        await browser.event("generation:progress", lambda payload: payload["id"] == held["id"])
        await api.json("POST", f"/comfyui/generations/{held['id']}/cancel")
        await browser.event("generation:cancelled")
        health = await api.json("GET", "/health")
    assert not browser.payloads("generation:preview"), "there would be nothing to see"
    is_wanted = redis_url != NO_REDIS
    assert (health["status"], health["services"]["redis"]["status"]) == (
        ("degraded", "down") if is_wanted else ("ok", "off")
    )
    logged = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert not [entry for entry in logged if entry["level"] in ("error", "critical")]
    warnings = [entry["event"] for entry in logged if "edis" in entry["event"]]
    assert len(warnings) <= (8 if is_wanted else 0), warnings


async def test_whatever_happens_to_redis(settings: Settings, simulator: Simulator, tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path / "redis", durable=False) as redis, Redis.from_url(redis.url) as admin:

        async def command(*words: str) -> Any:
            return await asyncio.to_thread(admin.execute_command, *words)

        async with everything(settings, redis.url, simulator) as (api, browser, session_id):
            meanwhile = partial(accepted_done_and_told, api, browser, session_id)
            await nobody_waits_for_redis(meanwhile)
            await command("CONFIG", "SET", "maxmemory", "1")
            await nobody_waits_for_redis(meanwhile)
            await command("CONFIG", "SET", "maxmemory", "0")
            await command("REPLICAOF", "127.0.0.1", "9")  # read-only from now on
            await nobody_waits_for_redis(meanwhile)
            await command("REPLICAOF", "NO", "ONE")
            await command("CONFIG", "SET", "requirepass", "another")
            await command("CLIENT", "KILL", "TYPE", "normal")
            await command("CLIENT", "KILL", "TYPE", "pubsub")
            await nobody_waits_for_redis(meanwhile)
            await command("CONFIG", "SET", "requirepass", "")
            await until_async(lambda: _is_ready(api))
            os.kill(redis.pid, signal.SIGSTOP)
            try:
                await nobody_waits_for_redis(meanwhile)
                assert not await _is_ready(api)
                assert "spoonfeeder_redis_up 0.0" in (await api.http.get("/metrics")).text
            finally:
                os.kill(redis.pid, signal.SIGCONT)
            await until_async(lambda: _is_ready(api))
            await command("FLUSHALL")
            await nobody_waits_for_redis(meanwhile)
            assert await command("DBSIZE"), "it is used again"
