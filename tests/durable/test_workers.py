"""Workers that stop, die and come back; the rows go on."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from redis.asyncio import Redis

from spoonfeeder.core.settings import Settings
from spoonfeeder.runtime import Runtime
from tests.durable.rows import expire
from tests.fixtures.application import Application, serve_work
from tests.fixtures.pace import Pace
from tests.fixtures.workflows import workflow
from tests.waiting import until


async def test_a_worker_that_is_told_to_stop_leaves_its_run_to_the_next_one(api: Application, pace: Pace) -> None:
    session_id = await api.session(workflow("txt2img_sd15"))
    pace.let(5)
    async with asyncio.timeout(90), serve_work(api.settings):
        made = await api.generate(session_id, parameters={"steps": 40})
        await api.until(made["id"], lambda row: row["progress"] > 0)
    assert api.simulator.log.of(made["id"])[0].outcome is None, "its end was not waited for"
    pace.let()
    assert (await api.json("GET", f"/comfyui/generations/{made['id']}"))["status"] == "running"
    async with serve_work(api.settings):
        row = await api.ended(made["id"])
    assert row["status"] == "completed"
    assert len(api.simulator.log.of(made["id"])) == 1


async def test_40_rows_outlive_a_wiped_redis(api: Application) -> None:
    """F7 in small."""
    session_id = await api.session(workflow("txt2img_sd15"))
    small = {"steps": 1, "width": 64, "height": 64}
    made = [await api.generate(session_id, parameters=small | {"seed": seed}) for seed in range(40)]
    async with Redis.from_url(str(api.settings.redis_address())) as redis:
        await redis.flushall()
    async with serve_work(api.settings):
        await until(lambda: api.simulator.runs)
        for generation in made:
            assert (await api.ended(generation["id"]))["status"] == "completed"
    assert [len(api.simulator.log.of(generation["id"])) for generation in made] == [1] * 40


async def test_a_row_that_kills_three_workers_is_given_up_and_the_others_go_on(
    api: Application, runtime: Runtime
) -> None:
    """F27: each worker dies while it fetches the picture."""
    session_id = await api.session(workflow("txt2img_sd15"))
    api.simulator.faults.add("/view", "slow", seconds=60, times=3)
    small = {"steps": 1, "width": 64, "height": 64}
    poison = await api.generate(session_id, parameters=small)
    for fetches in (1, 2, 3):
        async with _worker_process(api.settings) as worker:
            await until(lambda n=fetches: _fetched(api) >= n, within_seconds=120)  # type: ignore[misc]
            worker.kill()
        await expire(runtime, UUID(poison["id"]))
    others = [await api.generate(session_id, parameters=small | {"seed": seed}) for seed in range(5)]
    async with serve_work(api.settings):
        row = await api.ended(poison["id"])
        assert (row["status"], row["error_code"]) == ("failed", "POISON")
        assert {(await api.ended(other["id"]))["status"] for other in others} == {"completed"}


def _fetched(api: Application) -> int:
    return api.simulator.log.requests["GET /view"]


@asynccontextmanager
async def _worker_process(settings: Settings) -> AsyncIterator[asyncio.subprocess.Process]:
    assert settings.database_url is not None
    assert settings.redis_url is not None
    assert settings.encryption_key is not None
    environment = {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "ENCRYPTION_KEY": settings.encryption_key.get_secret_value(),
        "SPOONFEEDER_HOME": str(settings.home),
        "LEASE_SECONDS": str(settings.lease_seconds),
        "HEARTBEAT_SECONDS": str(settings.heartbeat_seconds),
        "SWEEP_SECONDS": str(settings.sweep_seconds),
    }
    command = (sys.executable, "-P", "-m", "spoonfeeder", "worker")
    process = await asyncio.create_subprocess_exec(*command, env=environment, cwd=settings.home)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
