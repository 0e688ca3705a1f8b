"""What the drills share: an installation whose programs are started again, traffic that is counted, and its end."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx2

from tests.chaos import rows
from tests.chaos.__main__ import keep_logs
from tests.chaos.drills.doomed import doomed
from tests.chaos.findings import Findings
from tests.chaos.gpu_runs import judge, read_runs
from tests.chaos.program import Program
from tests.chaos.traffic import Traffic
from tests.embedded.processes import descendants
from tests.machines.load import Answer, Load
from tests.machines.stage import Api, Machines, open_machines, open_traffic
from tests.waiting import until, until_async

SETTLE_SECONDS = 15.0
LOOKING_SECONDS = 90.0
GIVE_UP_SECONDS = 30.0
FLAG = "armed"
LOGS: ContextVar[Path | None] = ContextVar("LOGS", default=None)
"""A folder to keep the programs' logs of a drill in."""
READS = ("/api/profiles", "/api/comfyui/generations?limit=20", "/api/active")
OK, UNAVAILABLE = httpx2.codes.OK, httpx2.codes.SERVICE_UNAVAILABLE


@dataclass
class Scene:
    machines: Machines
    apis: list[Api]
    workers: list[Program]
    traffic: Traffic
    findings: Findings = field(default_factory=Findings)

    @property
    def flag(self) -> Path:
        return self.machines.folder / FLAG

    @property
    def media(self) -> Path:
        return self.machines.home / "media"

    def start_doomed_worker(self, point: str, action: str | float = "kill") -> Program:
        return self.machines.start_worker(doomed("worker", point, self.flag, action))

    async def flag_taken(self, within_seconds: float = 30.0) -> None:
        await until(lambda: not self.flag.exists(), within_seconds=within_seconds)

    async def stop_postgres(self, away_seconds: float) -> None:
        """An immediate stop; back, and answering, when it returns."""
        postgres = self.machines.postgres
        assert postgres.process is not None
        postgres.process.send_signal(signal.SIGQUIT)
        await asyncio.to_thread(postgres.process.wait)
        await asyncio.sleep(away_seconds)
        postgres.launch()
        await asyncio.to_thread(postgres.wait_until_ready)

    async def settle(self) -> float:
        """How many seconds it took until nothing was open, at most 90."""
        began = time.monotonic()
        with suppress(TimeoutError):
            await until_async(partial(rows.none_open, self.machines.admin()), within_seconds=LOOKING_SECONDS)
        return time.monotonic() - began

    async def check(self, within_seconds: float = SETTLE_SECONDS) -> Findings:
        """The promises that hold after every drill: nothing lost, nothing run twice, one whole result each."""
        findings, engine = self.findings, self.machines.admin()
        seconds = await self.settle()
        generations = await rows.read(engine, rows.GENERATIONS)
        findings.violations += self.traffic.refused
        rows.check_generations(findings, generations, self.traffic.acked)
        rows.check_results(findings, generations, await rows.read(engine, rows.MEDIA), self.media)
        rows.check_counters(findings, await rows.read(engine, rows.SESSIONS), generations)
        twice = judge(read_runs(self.machines.run_log), []).twice
        findings.figures |= {
            "generations": str(len(self.traffic.acked)),
            "run twice": str(len(twice)),
            "seconds to the last end": f"{seconds:.1f}",
        }
        findings.expect(not twice, f"run twice: {twice[:5]}")
        findings.expect(seconds <= within_seconds, f"the last end came {seconds:.1f} s after the fault")
        return findings


@asynccontextmanager
async def open_scene(
    *, apis: int = 1, workers: int = 1, step_seconds: float = 0.02, doomed_api: str = "", **settings: Any
) -> AsyncIterator[Scene]:
    """`doomed_api`: the point at which its APIs die when the flag is there."""
    async with open_machines(step_seconds=step_seconds, durable=True, **settings) as machines:
        command = doomed("api", doomed_api, machines.folder / FLAG) if doomed_api else None
        started = await machines.start_apis(apis, command)
        own_workers = [machines.start_worker() for _ in range(workers)]
        async with open_traffic(machines, started) as traffic:
            try:
                yield Scene(machines, started, own_workers, traffic)
            finally:
                if (kept := LOGS.get()) is not None:
                    keep_logs(machines.folder, kept)


@asynccontextmanager
async def kept_alive(*programs: Program) -> AsyncIterator[None]:
    """Whatever ends is started again, as a supervisor does."""
    keepers = [asyncio.create_task(program.keep_alive()) for program in programs]
    try:
        yield
    finally:
        for keeper in keepers:
            keeper.cancel()


@contextmanager
def silent(pid: int) -> Iterator[None]:
    """A server and all its processes stand still: connections stay open, and nobody answers."""
    stopped = [pid, *descendants(pid)]
    for one in stopped:
        os.kill(one, signal.SIGSTOP)
    try:
        yield
    finally:
        for one in reversed(stopped):
            os.kill(one, signal.SIGCONT)


@asynccontextmanager
async def reading(url: str, per_second: float, paths: tuple[str, ...] = READS) -> AsyncIterator[Load]:
    """Requests at a steady pace whatever the answers do, each noted; none is tried again."""
    load, asked = Load(), set[asyncio.Task[None]]()
    limits = httpx2.Limits(max_connections=200)
    async with httpx2.AsyncClient(base_url=url, timeout=GIVE_UP_SECONDS, trust_env=False, limits=limits) as http:

        async def keep_asking() -> None:
            for path in cycle(paths):
                task = asyncio.create_task(_ask(http, path, load))
                asked.add(task)
                task.add_done_callback(asked.discard)
                await asyncio.sleep(1 / per_second)

        asking = asyncio.create_task(keep_asking())
        try:
            yield load
        finally:
            asking.cancel()
            await asyncio.gather(*asked, return_exceptions=True)


async def _ask(http: httpx2.AsyncClient, path: str, load: Load) -> None:
    began = time.monotonic()
    try:
        answer = await http.get(path)
        status, retry_after = answer.status_code, answer.headers.get("Retry-After")
    except httpx2.TransportError:
        status, retry_after = 0, None
    load.answers.append(Answer(f"GET {path}", status, began, time.monotonic() - began, retry_after))
