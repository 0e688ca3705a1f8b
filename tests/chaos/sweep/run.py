"""One sweep over two ComfyUIs of unlike speed; somebody else wants single pictures meanwhile, and one may be killed."""

import asyncio
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import time

import httpx2

from tests.chaos import rows
from tests.chaos.findings import Findings
from tests.chaos.stage import READY_SECONDS, Stage, is_ok, open_stage
from tests.chaos.sweep import checks
from tests.chaos.sweep.checks import Times
from tests.chaos.sweep.machines import STEPS, Machines
from tests.chaos.sweep.people import Person, open_people
from tests.chaos.sweep.size import SINGLES, Size
from tests.waiting import until_async

LOOKING_SECONDS = 180.0
DOWN_SECONDS = 1.0


async def run(size: Size, folder: Path) -> Findings:
    """Raises nothing for a broken promise; it stands in the findings."""
    machines = Machines(size)
    async with (
        open_stage(folder, step_seconds=size.fast / STEPS, prepare=machines.prepare) as stage,
        open_people(stage, machines.slow_url) as (one, other),
    ):
        await _wait_for(machines.slow_url)
        times = Times()
        times.asked_at = time()
        batch_id = await one.ask_for_sweep(size)
        times.answered_at = time()
        async with asyncio.TaskGroup() as group:
            group.create_task(_ask_for_singles(size, machines, other, times))
            group.create_task(_kill(size, machines, stage, times))
        with suppress(TimeoutError):
            within = LOOKING_SECONDS + 4 * size.ideal_seconds
            await until_async(partial(rows.none_open, stage.admin()), within_seconds=within)
        return await _check(size, stage, machines, batch_id, times)


async def _wait_for(url: str) -> None:
    async with httpx2.AsyncClient(timeout=2, trust_env=False) as http:
        await until_async(partial(is_ok, http, f"{url}/system_stats"), within_seconds=READY_SECONDS)


async def _ended(size: Size, machines: Machines, share: float) -> None:
    """Returns when this share of the pictures has been made."""

    async def are_there() -> bool:
        return machines.ended() >= size.pictures * share

    await until_async(are_there, within_seconds=LOOKING_SECONDS + 4 * size.ideal_seconds)


async def _ask_for_singles(size: Size, machines: Machines, person: Person, times: Times) -> None:
    """The next one once that before is done, so that each finds the queue as a newcomer does."""
    for number in range(SINGLES):
        await _ended(size, machines, (number + 2) / (SINGLES + 3))
        asked_at = time()
        times.singles[await person.ask_for_one(number)] = asked_at


async def _kill(size: Size, machines: Machines, stage: Stage, times: Times) -> None:
    if size.kill is None:
        return
    await _ended(size, machines, 0.5)
    stage.comfyui.end()
    times.killed_at = time()  # only now can it begin nothing more
    if size.kill == "back":
        await stage.comfyui.kill(DOWN_SECONDS)


async def _check(size: Size, stage: Stage, machines: Machines, batch_id: str, times: Times) -> Findings:
    findings = Findings()
    generations = await rows.read(stage.admin(), checks.GENERATIONS)
    runs = machines.runs()
    checks.check_rows(findings, size, generations, batch_id, times)
    rows.check_results(findings, generations, await rows.read(stage.admin(), rows.MEDIA), stage.home / "media")
    checks.check_runs(findings, runs, generations, times)
    checks.check_times(findings, size, generations, runs, times)
    for program in (stage.api, *stage.workers):
        findings.expect(program.deaths == 0, f"{program.name} ended by itself: {_last_error(program.log)}")
    return findings


def _last_error(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line for line in reversed(lines) if "Error" in line), "its log names no error")
