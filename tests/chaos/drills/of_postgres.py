"""F12-F16: PostgreSQL ends sessions, stands still, has no place left, or asks for another try."""

import asyncio
import time
from contextlib import AsyncExitStack
from random import Random

import asyncpg

from tests.chaos import rows
from tests.chaos.drills.scene import OK, UNAVAILABLE, Scene, kept_alive, open_scene, reading, silent
from tests.chaos.faults import TERMINATE_ALL
from tests.chaos.findings import Findings
from tests.machines.load import Answer, Load, percentile

MOST_SECONDS = 10.0
BACK_SECONDS = 3.0
FAIL_SOMETIMES = """
CREATE FUNCTION fail_sometimes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF random() < 0.05 THEN
    RAISE EXCEPTION 'made up' USING ERRCODE = (ARRAY['40001', '40P01'])[1 + floor(random() * 2)::int];
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fail_sometimes BEFORE INSERT OR UPDATE ON comfyui_generations
  FOR EACH ROW EXECUTE FUNCTION fail_sometimes();
"""


async def restarts(full: bool) -> Findings:
    """F12: immediate stops at any moment of the sweep, every second one while an API and a worker start."""
    random = Random(12)
    async with open_scene(workers=2) as scene, kept_alive(*scene.machines.programs):
        times = 10 if full else 4

        async def stop_again_and_again() -> None:
            for number in range(times):
                await asyncio.sleep(random.uniform(1.5, 3))
                async with asyncio.TaskGroup() as group:
                    if number % 2:
                        for program in (scene.apis[0], scene.workers[0]):
                            group.create_task(program.kill())
                    group.create_task(scene.stop_postgres(random.uniform(0.5, 2)))

        await scene.traffic.create_beside(asyncio.create_task(stop_again_and_again()), 0.4)
        scene.findings.figures["stops"] = str(times)
        return await scene.check()


async def terminations(full: bool) -> Findings:
    """F13: every session is ended every 2 s, at 50 requests a second."""
    seconds = 60 if full else 16
    async with open_scene() as scene, kept_alive(*scene.machines.programs):
        engine = scene.machines.admin()

        async def end_sessions() -> None:
            for _ in range(seconds // 2):
                async with engine.connect() as connection:
                    await connection.execute(TERMINATE_ALL)
                await asyncio.sleep(2)

        async with reading(scene.apis[0].url, 50) as load:
            await scene.traffic.create_beside(asyncio.create_task(end_sessions()), 0.5)
            over = time.monotonic()
            await asyncio.sleep(BACK_SECONDS + 1)
        _judge(scene, load, over + BACK_SECONDS)
        findings = await scene.check()
        [row] = await rows.read(engine, rows.CONNECTIONS)
        findings.figures["connections afterwards"] = f"{row['total']} ({row['busy']} busy)"
        findings.expect(row["busy"] <= 1, f"{row['busy']} connections are still busy")
        return findings


async def silence(full: bool) -> Findings:
    """F14: every process of the server stands still."""
    seconds = 30 if full else 12
    async with open_scene() as scene:
        async with (
            reading(scene.apis[0].url, 10) as load,
            reading(scene.apis[0].url, 10, ("/api/health/live",)) as live,
        ):
            with silent(scene.machines.postgres.pid):
                await asyncio.sleep(seconds)
            back = time.monotonic()
            await asyncio.sleep(BACK_SECONDS + 1)
        _judge(scene, load, back + BACK_SECONDS)
        lag = percentile(live.answers, 0.99)
        scene.findings.figures |= {"silent seconds": str(seconds), "p99 of /health/live": f"{lag * 1000:.0f} ms"}
        scene.findings.expect(lag <= 0.1, f"the event loop lagged {lag * 1000:.0f} ms")
        return await scene.check()


async def no_connection_left(full: bool) -> Findings:
    """F15: somebody else holds every connection that the server gives."""
    seconds = 10 if full else 5
    async with open_scene() as scene:
        async with reading(scene.apis[0].url, 20) as load:
            async with AsyncExitStack() as held:
                full_up = asyncio.Event()
                hog = asyncio.create_task(_hog(scene, held, full_up))
                async with scene.machines.admin().connect() as connection:
                    for _ in range(10):
                        await full_up.wait()
                        await connection.execute(TERMINATE_ALL)
                        await asyncio.sleep(0.2)
                full_since = time.monotonic()
                await asyncio.sleep(seconds)
                during = load.since(full_since)
                hog.cancel()
                await asyncio.gather(hog, return_exceptions=True)
            back = time.monotonic()
            await scene.traffic.create(4, 1)
            await asyncio.sleep(BACK_SECONDS + 1)
        _judge(scene, load, back + BACK_SECONDS)
        scene.findings.expect(UNAVAILABLE in _statuses(during), "the connections were never used up")
        return await scene.check()


async def _hog(scene: Scene, held: AsyncExitStack, full_up: asyncio.Event) -> None:
    """Takes whatever connection becomes free; its own are to another database, so that they are not the ones ended."""
    url = scene.machines.postgres.url("postgres").replace("+asyncpg", "")
    while True:
        try:
            connection = await asyncpg.connect(url, timeout=5)
            held.push_async_callback(connection.close)
        except (asyncpg.PostgresError, OSError, TimeoutError):
            full_up.set()
            await asyncio.sleep(0.01)


async def another_try_wanted(full: bool) -> Findings:
    """F16: one write in twenty to a generation ends as a deadlock or serialization failure."""
    number = 200 if full else 40
    async with open_scene() as scene:
        await asyncio.to_thread(scene.machines.postgres.execute, FAIL_SOMETIMES, "spoonfeeder")
        await scene.traffic.create(number, number * 0.15)
        scene.findings.figures["503 answers, each followed by success"] = str(scene.traffic.retries)
        return await scene.check(within_seconds=30)


def _judge(scene: Scene, load: Load, well_again: float) -> None:
    """In time, and what is no success is a 503 that says when to come again; none of them once it is well."""
    slowest, late = percentile(load.answers, 1), load.since(well_again)
    counted = {
        int(status): sum(answer.status == status for answer in load.answers) for status in _statuses(load.answers)
    }
    scene.findings.figures |= {"answers": str(counted), "slowest": f"{slowest:.1f} s"}
    odd = {str(answer.status) for answer in load.answers if answer.status not in {OK, UNAVAILABLE}}
    mute = sum(answer.status == UNAVAILABLE and answer.retry_after is None for answer in load.answers)
    scene.findings.expect(not odd, f"answers with {odd}")
    scene.findings.expect(not mute, f"{mute} answers of 503 do not say when to come again")
    scene.findings.expect(slowest <= MOST_SECONDS, f"an answer took {slowest:.1f} s")
    scene.findings.expect(_statuses(late) <= {OK}, f"{_statuses(late)} after {BACK_SECONDS:.0f} s of health")


def _statuses(answers: list[Answer]) -> set[int]:
    return {answer.status for answer in answers}
