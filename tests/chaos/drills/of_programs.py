"""F4, F5, F24, F25: one of our own programs dies at a chosen point, stands still, or has a wrong clock."""

import asyncio
import subprocess
from pathlib import Path
from typing import Any

from tests.chaos.drills.doomed import OF_A_WORKER
from tests.chaos.drills.scene import kept_alive, open_scene
from tests.chaos.findings import Findings

SHORT_LEASE: dict[str, Any] = {"LEASE_SECONDS": "2", "HEARTBEAT_SECONDS": "0.6"}
HOUR = 3600
CLOCK = Path(__file__).with_name("clock.c")


async def worker_killed_everywhere(full: bool) -> Findings:
    """F4: at each point, with two rows at a time so that a second one is in hand when it happens."""
    times = 25 if full else 2
    async with open_scene(workers=0, **SHORT_LEASE) as scene:
        for point in OF_A_WORKER:
            worker = scene.start_doomed_worker(point)
            async with kept_alive(worker):
                for _ in range(times):
                    scene.flag.touch()
                    await scene.traffic.create(2, 0.1)
                    await scene.flag_taken()
                    seconds = await scene.settle()
                    scene.findings.expect(seconds < 60, f"{point}: still open after {seconds:.0f} s")
            await worker.stop()
        kills = sum(program.deaths for program in scene.machines.programs if "worker" in program.name)
        scene.findings.figures["points"], scene.findings.figures["kills"] = str(len(OF_A_WORKER)), str(kills)
        scene.findings.expect(kills == times * len(OF_A_WORKER), f"{kills} kills, not {times * len(OF_A_WORKER)}")
        return await scene.check()


async def api_killed_before_its_answer(full: bool) -> Findings:
    """F5: the row is committed and nobody was told; the client asks again with the same Idempotency-Key."""
    tries = 200 if full else 10
    async with open_scene(doomed_api="between commit and answer") as scene, kept_alive(*scene.apis):
        for _ in range(tries):
            scene.flag.touch()
            await scene.traffic.create(1, 0)
        deaths = scene.apis[0].deaths
        scene.findings.figures["API killed"] = str(deaths)
        scene.findings.expect(deaths == tries, f"{deaths} kills, not {tries}")
        scene.findings.expect(len(scene.traffic.acked) == tries, "not every try was acknowledged")
        return await scene.check()


async def event_loop_blocked(full: bool) -> Findings:
    """F25: a worker's event loop stands still far beyond its lease, in the middle of a run; another one takes over."""
    seconds, times = (20.0, 5) if full else (9.0, 2)
    async with open_scene(workers=0) as scene:
        blocked = scene.start_doomed_worker("at a step", seconds)
        for number in range(times):
            scene.flag.touch()
            await scene.traffic.create(2, 0.1)
            await scene.flag_taken()
            if number == 0:
                scene.machines.start_worker()
            await scene.traffic.create(8, seconds)
        scene.findings.figures["blocked"] = f"{times} x {seconds:.0f} s"
        findings = await scene.check()
        findings.expect(blocked.process.poll() is None, "the blocked worker ended")
        return findings


async def clock_jumps(full: bool) -> Findings:
    """F24: the clocks of two workers go an hour ahead and an hour back while they run."""
    number = 60 if full else 20
    async with open_scene(workers=0) as scene:
        library = scene.machines.folder / "clock.so"
        build = ("cc", "-shared", "-fPIC", "-o", library, CLOCK, "-ldl")
        await asyncio.to_thread(subprocess.run, build, check=True)
        for seconds in (HOUR, -HOUR):
            jump = {"LD_PRELOAD": str(library), "CLOCK_JUMP_SECONDS": str(seconds), "CLOCK_JUMP_AFTER_SECONDS": "5"}
            scene.machines.start_worker(**jump)
        await scene.traffic.create(number, number * 0.4)
        scene.findings.figures["jumps"] = "+1 h, -1 h"
        return await scene.check()
