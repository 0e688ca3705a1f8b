"""F26, smaller: every process of an installation is restarted in turn, under load, and nobody notices."""

import asyncio
import sys
from collections import Counter
from functools import partial

import httpx2
import pytest

from tests.chaos import rows
from tests.chaos.findings import Findings
from tests.chaos.gpu_runs import judge, read_runs
from tests.chaos.program import Program
from tests.chaos.run import ORDERLY
from tests.machines.stage import READY_SECONDS, Api, Machines, open_machines, open_traffic
from tests.waiting import until_async

pytestmark = pytest.mark.alone

EACH_SECONDS = 0.4
MOST_SECONDS_TO_STOP = 9.0


async def workers_running(apis: list[Api]) -> str:
    """What the installation says of its workers, asked at whichever API answers."""
    async with httpx2.AsyncClient(timeout=15, trust_env=False) as http:
        for api in apis:
            try:
                health = (await http.get(f"{api.url}/api/health")).json()["data"]
            except httpx2.TransportError:
                continue
            return str(health["services"]["worker"]["message"])
    return "nobody answers"


async def restart_all(machines: Machines, apis: list[Api], workers: list[Program]) -> list[float]:
    """One after the other, the next one when the one before is back; how many seconds each took to end."""
    seconds = []
    for api in apis:
        seconds.append(await api.stop())
        api.launch()
        await api.wait_until_ready()
    for worker in list(workers):
        workers.append(machines.start_worker())
        await until_async(partial(_are_running, apis, "3 running"), within_seconds=READY_SECONDS)
        seconds.append(await worker.stop())
        workers.remove(worker)
    return seconds


async def _are_running(apis: list[Api], message: str) -> bool:
    return await workers_running(apis) == message


async def test_no_request_and_no_generation_is_lost_in_a_rolling_restart() -> None:
    async with open_machines() as machines:
        apis = await machines.start_apis(2)
        workers = [machines.start_worker(), machines.start_worker()]
        async with open_traffic(machines, apis) as traffic:
            restarting = asyncio.create_task(restart_all(machines, apis, workers))
            begun = await traffic.create_beside(restarting, EACH_SECONDS)
            seconds = await restarting
            assert traffic.refused == []
        engine = machines.admin()
        await until_async(partial(rows.none_open, engine), within_seconds=300)
        findings = Findings()
        generations = await rows.read(engine, rows.GENERATIONS)
        rows.check_generations(findings, generations, traffic.acked)
        rows.check_results(findings, generations, await rows.read(engine, rows.MEDIA), machines.home / "media")
        findings.figures |= {
            "restarts": str(len(seconds)),
            "longest seconds to end": f"{max(seconds):.1f}",
            "retries of the client": str(traffic.retries),
        }
        sys.stdout.write(f"\n{findings.table(Counter())}")
        assert findings.violations == []
        assert len(traffic.acked) == begun
        assert judge(read_runs(machines.run_log), []).twice == []
        assert max(seconds) < MOST_SECONDS_TO_STOP
        assert {status for program in machines.programs if (status := program.process.poll()) is not None} <= ORDERLY
