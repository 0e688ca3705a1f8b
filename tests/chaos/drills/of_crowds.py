"""F44: ten times the usual number of requests for a while."""

import asyncio
import time

from tests.chaos.drills.scene import OK, Scene, kept_alive, open_scene, reading
from tests.chaos.findings import Findings
from tests.machines.load import percentile

USUAL = 10.0
BACKLOG_SECONDS = 60.0
ALLOWED = {OK, 429, 503}


async def spike(full: bool) -> Findings:
    """Reads and creates; what is not refused is done, and soon after it everything is as fast as before."""
    seconds = 60 if full else 12
    async with open_scene(workers=2, step_seconds=0.005) as scene, kept_alive(*scene.machines.programs):
        before = await _usual(scene)
        creating = asyncio.create_task(scene.traffic.create(seconds * 5, seconds))
        async with reading(scene.apis[0].url, 10 * USUAL) as load:
            await asyncio.sleep(seconds)
        over = time.monotonic()
        await creating
        await scene.settle()
        backlog = time.monotonic() - over
        after = await _usual(scene)
        counted = {int(status): sum(answer.status == status for answer in load.answers) for status in ALLOWED}
        scene.findings.figures |= {
            "reads": str(counted),
            "p95 before, during, after": f"{before:.0f}, {percentile(load.answers, 0.95) * 1000:.0f}, {after:.0f} ms",
            "backlog gone after": f"{backlog:.1f} s",
        }
        odd = {answer.status for answer in load.answers} - ALLOWED
        scene.findings.expect(not odd, f"reads were answered with {odd}")
        scene.findings.expect(backlog <= BACKLOG_SECONDS, f"the backlog took {backlog:.0f} s")
        return await scene.check(within_seconds=BACKLOG_SECONDS)


async def _usual(scene: Scene) -> float:
    """p95 of reads at the usual pace, in milliseconds."""
    async with reading(scene.apis[0].url, USUAL) as load:
        await asyncio.sleep(4)
    return percentile(load.answers, 0.95) * 1000
