"""One chaos run: traffic and faults side by side, then silence, then every promise is checked."""

import asyncio
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from time import time

import httpx2

from tests.chaos import rows
from tests.chaos.faults import Faults, plan
from tests.chaos.findings import Findings
from tests.chaos.gpu_runs import judge, read_runs
from tests.chaos.stage import Stage, open_stage
from tests.chaos.traffic import Traffic
from tests.chaos.watcher import Watcher
from tests.waiting import until_async

SETTLE_SECONDS = 15.0
LOOKING_SECONDS = 60.0
REQUEST_SECONDS = 15.0
CONNECTIONS_PER_PROGRAM = 11  # the pool, and the one that listens
ORDERLY = {0, -signal.SIGTERM}  # uvicorn ends its graceful stop by raising the signal anew


@dataclass(frozen=True, slots=True)
class Size:
    """`seconds_each` is the pace of the requests; ComfyUI needs about half of it for a picture."""

    generations: int
    seed: int
    seconds_each: float = 0.65
    step_seconds: float = 0.05
    api_kills: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    findings: Findings
    table: str


async def run(size: Size, folder: Path) -> Outcome:
    """Raises nothing for a broken promise; it stands in the findings."""
    random = Random(size.seed)
    findings = Findings()
    async with open_stage(folder, step_seconds=size.step_seconds) as stage, open_run_traffic(stage) as traffic:
        faults = Faults(stage, random)
        watcher = Watcher(stage.api_url, traffic.sessions)
        watching = asyncio.create_task(watcher.watch())
        seconds = size.generations * size.seconds_each
        async with asyncio.TaskGroup() as group:
            group.create_task(traffic.create(size.generations, seconds))
            group.create_task(faults.inject(plan(size.generations, seconds, random, size.api_kills)))
        await settle(stage)
        await _check(findings, stage, traffic, faults)
        await _check_readers(findings, traffic, watcher)
        watching.cancel()
        await _check_orderly_end(findings, stage)
    counted = Counter(str(each.kind) for each in faults.done)
    return Outcome(findings, findings.table(counted))


@asynccontextmanager
async def open_run_traffic(stage: Stage) -> AsyncIterator[Traffic]:
    async with httpx2.AsyncClient(base_url=stage.api_url, timeout=REQUEST_SECONDS, trust_env=False) as http:
        traffic = Traffic(http)
        await traffic.prepare(stage)
        yield traffic


async def settle(stage: Stage) -> None:
    """Waits until nothing is open, longer than the bar allows, so that the figure tells how far it was missed."""
    with suppress(TimeoutError):
        await until_async(partial(rows.none_open, stage.admin()), within_seconds=LOOKING_SECONDS)


async def _check(findings: Findings, stage: Stage, traffic: Traffic, faults: Faults) -> None:
    engine = stage.admin()
    generations = await rows.read(engine, rows.GENERATIONS)
    findings.figures["acknowledged"] = f"{len(traffic.acked)} ({traffic.retries} retries)"
    findings.violations += [f"I1: {sentence}" for sentence in traffic.refused]
    rows.check_generations(findings, generations, traffic.acked)
    media = await rows.read(engine, rows.MEDIA)
    rows.check_results(findings, generations, media, stage.home / "media")
    rows.check_counters(findings, await rows.read(engine, rows.SESSIONS), generations)
    _check_time(findings, [row["ended_at"] for row in generations], max(each.ended for each in faults.done))
    _check_gpu(findings, stage, faults, {row["id"] for row in generations})
    await _check_queue(findings, stage)
    for program in stage.programs:
        sentence = f"{program.name} ended {program.deaths - program.kills} times by itself"
        findings.expect(program.deaths == program.kills, sentence)
    most = CONNECTIONS_PER_PROGRAM * (1 + len(stage.workers))
    await rows.check_connections(findings, engine, "after the run", most)


def _check_time(findings: Findings, ended_at: list[float | None], last_fault: float) -> None:
    still_open = sum(1 for at in ended_at if at is None)
    last_end = time() if still_open else max((float(at) for at in ended_at if at is not None), default=time())
    seconds = max(0.0, last_end - last_fault)
    findings.figures["seconds from the last fault to the last end"] = f"{seconds:.1f}"
    findings.expect(not still_open, f"I2: {still_open} generations are still open")
    findings.expect(seconds <= SETTLE_SECONDS, f"I2: the last end came {seconds:.1f} s after the last fault")


def _check_gpu(findings: Findings, stage: Stage, faults: Faults, generations: set[str]) -> None:
    runs = read_runs(stage.run_log)
    findings.expect({run.prompt_id for run in runs} == generations, "I4: the run log knows other prompts than the rows")
    repeats = judge(runs, faults.comfyui_kills)
    findings.figures["run twice"] = str(len(repeats.twice))
    findings.figures["run again because ComfyUI was killed in the middle"] = str(repeats.excused)
    findings.expect(not repeats.twice, f"I4: run twice without need: {repeats.twice}")


async def _check_readers(findings: Findings, traffic: Traffic, watcher: Watcher) -> None:
    """I6: whoever asks is told of the end, and who listens hears one end at most."""
    told = Counter([await traffic.state(known) for known in traffic.acked.values()])
    findings.expect(told.total() == told["completed"], f"I6: readers are told {dict(told)}")
    heard = watcher.ends()
    findings.figures["ends heard by socket"] = f"{len(heard)} of {len(traffic.acked)}"
    findings.expect(len(heard) == len(traffic.acked), "I6: a browser that stayed did not hear of every end")
    several = [known for known, ends in heard.items() if len(ends) > 1]
    findings.expect(not several, f"I3: more than one end was told of {several[:5]}")


async def _check_queue(findings: Findings, stage: Stage) -> None:
    async with httpx2.AsyncClient(base_url=stage.comfyui_url, timeout=5, trust_env=False) as http:
        queue = (await http.get("/queue")).json()
    left = len(queue["queue_running"]) + len(queue["queue_pending"])
    findings.expect(left == 0, f"I7: {left} prompts are left in ComfyUI's queue")


async def _check_orderly_end(findings: Findings, stage: Stage) -> None:
    """SIGTERM: programs end in time and in order, and their database connections with them."""
    stopped = [stage.api, *stage.workers]
    seconds = [await program.stop() for program in stopped]
    findings.figures["seconds to stop a program"] = f"{max(seconds):.1f}"
    for program in stopped:
        status = program.process.returncode
        findings.expect(status in ORDERLY, f"{program.name} ended with {status}")
    await rows.check_connections(findings, stage.admin(), "after the stop", 0)


@contextmanager
def own_folder() -> Iterator[Path]:
    """A short path that the database's user can enter; removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="sf-chaos-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
