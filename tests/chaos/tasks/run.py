"""One chaos run over tasks: traffic and faults side by side, then silence, then every promise is checked."""

import asyncio
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from time import time

import httpx2

from spoonfeeder.embedded.part import own_command
from spoonfeeder.embedded.readiness import free_port
from tests.chaos import rows
from tests.chaos.faults import Faults, plan
from tests.chaos.findings import Findings
from tests.chaos.gpu_runs import judge, read_runs
from tests.chaos.run import CONNECTIONS_PER_PROGRAM, REQUEST_SECONDS, Outcome
from tests.chaos.stage import HOST, Stage, open_stage
from tests.chaos.tasks import checks
from tests.chaos.tasks.traffic import Traffic
from tests.waiting import until_async

SETTLE_SECONDS = 60.0
"""A vendor that refused is asked again after a growing while."""
LOOKING_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Size:
    tasks: int
    seed: int
    seconds_each: float = 0.4


async def run(size: Size, folder: Path) -> Outcome:
    """Raises nothing for a broken promise; it stands in the findings."""
    random = Random(size.seed)
    findings = Findings()
    bill = folder / "bill.jsonl"
    bill.touch()
    vendors, ollama = free_port(HOST), free_port(HOST)

    def others(stage: Stage) -> None:
        stage.add("vendors", sys.executable, "-m", "tests.chaos.tasks.vendors", str(vendors), bill, str(size.seed))
        stage.add("ollama", *own_command("simulator-ollama", "--port", str(ollama), "--chunks", "12"))

    async with (
        open_stage(folder, step_seconds=0.03, prepare=others) as stage,
        httpx2.AsyncClient(base_url=stage.api_url, timeout=REQUEST_SECONDS, trust_env=False) as http,
    ):
        traffic = Traffic(http, random)
        base = f"http://{HOST}:{vendors}"
        urls = {"openai": f"{base}/openai/v1", "claude": f"{base}/claude", "gemini": f"{base}/gemini"}
        await traffic.prepare(urls | {"ollama": f"http://{HOST}:{ollama}", "comfyui": stage.comfyui_url})
        faults = Faults(stage, random)
        seconds = size.tasks * size.seconds_each
        async with asyncio.TaskGroup() as group:
            group.create_task(traffic.create(size.tasks, seconds))
            group.create_task(faults.inject(plan(round(seconds / 0.65), seconds, random)))
        with suppress(TimeoutError):
            await until_async(partial(_none_open, stage), within_seconds=LOOKING_SECONDS)
        await _check(findings, stage, traffic, faults, bill)
    return Outcome(findings, findings.table(Counter(str(each.kind) for each in faults.done)))


async def _none_open(stage: Stage) -> bool:
    [row] = await rows.read(stage.admin(), checks.OPEN)
    return int(row["count"]) == 0


async def _check(findings: Findings, stage: Stage, traffic: Traffic, faults: Faults, bill: Path) -> None:
    engine = stage.admin()
    tasks = await rows.read(engine, checks.TASKS)
    findings.figures["acknowledged"] = f"{len(traffic.acked)} ({traffic.retries} retries)"
    findings.violations += [f"I1: {sentence}" for sentence in traffic.refused]
    checks.check_rows(findings, tasks, traffic)
    checks.check_results(findings, tasks, await rows.read(engine, checks.FILES), stage.home / "media")
    checks.check_bill(findings, tasks, traffic, checks.read_bill(bill), faults.done)
    last_fault = max((each.ended for each in faults.done), default=time())
    _check_time(findings, [row["ended_at"] for row in tasks], last_fault)
    repeats = judge(read_runs(stage.run_log), faults.comfyui_kills)
    findings.figures["run twice by ComfyUI"] = str(len(repeats.twice))
    findings.expect(not repeats.twice, f"I4: run twice without need: {repeats.twice}")
    [calls] = await rows.read(engine, checks.OPEN_CALLS)
    findings.expect(calls["open"] == 0, f"I5: {calls['open']} calls of complete tasks are still open in the usage")
    await rows.check_connections(findings, engine, "after the run", CONNECTIONS_PER_PROGRAM * (1 + len(stage.workers)))


def _check_time(findings: Findings, ended_at: list[float | None], last_fault: float) -> None:
    still_open = sum(1 for at in ended_at if at is None)
    findings.expect(not still_open, f"I2: {still_open} tasks are still open")
    ends = [float(at) for at in ended_at if at is not None]
    seconds = max(0.0, max(ends, default=time()) - last_fault)
    findings.figures["seconds from the last fault to the last end"] = f"{seconds:.1f}"
    findings.expect(seconds <= SETTLE_SECONDS, f"I2: the last end came {seconds:.1f} s after the last fault")
