"""F8: Redis keeps its connections and answers nothing."""

import asyncio
import time
from functools import partial

import httpx2

from tests.chaos.drills.scene import OK, Scene, open_scene, reading, silent
from tests.chaos.findings import Findings
from tests.chaos.stage import is_ok
from tests.machines.load import percentile
from tests.socket_client import open_socket
from tests.waiting import until, until_async

DEAF_SECONDS = 15.0


async def half_open(full: bool) -> Findings:
    """Rows are accepted as ever, the API says that it is not ready, and both are over soon after Redis is back."""
    seconds = 60 if full else 15
    async with open_scene() as scene, open_socket(scene.apis[0].url) as client:
        async with reading(scene.apis[0].url, 10) as load:
            with silent(scene.machines.redis.pid):
                await scene.traffic.create_beside(asyncio.create_task(asyncio.sleep(seconds)), 0.4)
                red = not await _ready(scene)
            back, heard = time.monotonic(), len(client.received)
            await scene.traffic.create(4, 2)
            await until(lambda: any(one.name == "generation:completed" for one in client.received[heard:]))
            told = time.monotonic() - back
            await until_async(partial(_ready, scene), within_seconds=30)
            green = time.monotonic() - back
        odd = {answer.status for answer in load.answers} - {OK}
        slow = percentile(load.answers, 0.99)
        scene.findings.figures |= {
            "silent seconds": str(seconds),
            "p99 of reads": f"{slow * 1000:.0f} ms",
            "retries of creates": str(scene.traffic.retries),
            "an end is heard after": f"{told:.1f} s",
            "ready after": f"{green:.1f} s",
        }
        scene.findings.expect(not odd, f"reads were answered with {odd}")
        scene.findings.expect(not scene.traffic.retries, "a create was not accepted at once")
        scene.findings.expect(red, "the API said that it was ready")
        scene.findings.expect(max(told, green) <= DEAF_SECONDS, "it was deaf for too long")
        return await scene.check()


async def _ready(scene: Scene) -> bool:
    async with httpx2.AsyncClient(timeout=5, trust_env=False) as http:
        return await is_ok(http, f"{scene.apis[0].url}/api/health/ready")
