"""A soak: mixed traffic for minutes or hours, a fault every minute, and at the end everything as it was (F43)."""

import asyncio
import time
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from tests.chaos import rows
from tests.chaos.drills.scene import reading
from tests.chaos.faults import PER_300, Faults, Kind, Planned
from tests.chaos.findings import Findings
from tests.chaos.gpu_runs import judge as judge_runs
from tests.chaos.gpu_runs import read_runs
from tests.chaos.run import open_run_traffic, settle
from tests.chaos.soak.drift import judge
from tests.chaos.soak.sampling import Sample, sample_every
from tests.chaos.stage import Stage, open_stage
from tests.machines.load import Load

REQUESTS_PER_SECOND = 5.0
GENERATION_SECONDS = 0.5
FAULT_SECONDS = 60.0
SAMPLE_SECONDS = 5.0
STEP_SECONDS = 0.01
ALLOWED = {200, 503, 0}
WINDOW_SECONDS = 15.0
"""A fault has ended within this time of its begin, save for its consequences."""


@dataclass(frozen=True, slots=True)
class Outcome:
    findings: Findings
    samples: list[Sample]

    def as_json(self) -> dict[str, Any]:
        samples = [asdict(sample) for sample in self.samples]
        return self.findings.as_json() | {"samples": samples}


def plan(seconds: float, random: Random) -> list[Planned]:
    """One fault a minute from the first minute on, every kind in turn in a drawn order, none in the last minute."""
    moments = [minute * FAULT_SECONDS for minute in range(1, int(seconds // FAULT_SECONDS))]
    kinds: list[Kind] = []
    while len(kinds) < len(moments):
        kinds += random.sample(list(PER_300), len(PER_300))
    return [Planned(moment, kind) for moment, kind in zip(moments, kinds, strict=False)]


async def run(minutes: float, seed: int, folder: Path) -> Outcome:
    """Raises nothing for a broken promise; it stands in the findings."""
    findings, samples, seconds = Findings(), list[Sample](), minutes * 60
    async with open_stage(folder, step_seconds=STEP_SECONDS) as stage, open_run_traffic(stage) as traffic:
        began = time.monotonic()
        faults, planned = Faults(stage, Random(seed)), plan(seconds, Random(seed))
        programs = [stage.api, *stage.workers]
        sampling = asyncio.create_task(sample_every(SAMPLE_SECONDS, programs, stage.admin(), samples))
        async with reading(stage.api_url, REQUESTS_PER_SECOND) as load, asyncio.TaskGroup() as group:
            group.create_task(traffic.create(int(seconds / GENERATION_SECONDS), seconds))
            group.create_task(faults.inject(planned))
        await settle(stage)
        sampling.cancel()
        ended = [(began + one.after_seconds, began + one.after_seconds + WINDOW_SECONDS) for one in planned]
        judge(findings, samples, load.answers, ended)
        await _check(findings, stage, faults, traffic.acked)
        findings.violations += traffic.refused
    findings.figures |= {"faults": str(len(faults.done)), "retries of creates": str(traffic.retries)}
    _check_answers(findings, load)
    return Outcome(findings, samples)


async def _check(findings: Findings, stage: Stage, faults: Faults, acked: dict[str, str]) -> None:
    engine = stage.admin()
    generations = await rows.read(engine, rows.GENERATIONS)
    rows.check_generations(findings, generations, acked)
    rows.check_results(findings, generations, await rows.read(engine, rows.MEDIA), stage.home / "media")
    rows.check_counters(findings, await rows.read(engine, rows.SESSIONS), generations)
    repeats = await asyncio.to_thread(partial(judge_runs, read_runs(stage.run_log), faults.comfyui_kills))
    findings.figures["run twice"] = f"{len(repeats.twice)} (and {repeats.excused} after a kill of ComfyUI)"
    findings.expect(not repeats.twice, f"run twice without need: {repeats.twice[:5]}")
    for program in stage.programs:
        findings.expect(program.deaths == program.kills, f"{program.name} ended by itself")


def _check_answers(findings: Findings, load: Load) -> None:
    counted = {status: sum(answer.status == status for answer in load.answers) for status in sorted(ALLOWED)}
    odd = {answer.status for answer in load.answers} - ALLOWED
    findings.figures["reads"] = str(counted)
    findings.expect(not odd, f"reads were answered with {odd}")
