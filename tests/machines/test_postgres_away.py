"""F11, F14: PostgreSQL is away or says nothing, under load."""

import asyncio
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpx2
import pytest
import pytest_asyncio

from tests.embedded.processes import descendants
from tests.machines.load import Answer, Load, percentile, steady_load
from tests.machines.stage import Api, Running, open_running
from tests.waiting import until

pytestmark = [pytest.mark.alone, pytest.mark.asyncio(loop_scope="module")]

AWAY_SECONDS = 3.0
SILENT_SECONDS = 14.0
MOST_SECONDS = 13.0
HEALTH_SECONDS = 5.0
IN_A_ROW = 12


def statuses(answers: list[Answer]) -> set[int]:
    return {answer.status for answer in answers}


def report(title: str, load: Load) -> None:
    counted = Counter(answer.status for answer in load.answers)
    slowest = percentile(load.answers, 1)
    sys.stdout.write(f"\n{title}: answers {dict(counted)}, slowest {slowest:.1f} s")


def check_answers(load: Load) -> None:
    """Before the server is back, and what is no success is a 503 that says when to come again."""
    assert statuses(load.answers) <= {200, 201, 503}
    assert {answer.retry_after for answer in load.answers if answer.status == httpx2.codes.SERVICE_UNAVAILABLE} == {"2"}
    assert percentile(load.answers, 1) <= MOST_SECONDS


async def until_well(load: Load) -> float:
    """Since when everything is answered as ever."""

    def is_well() -> bool:
        last = load.answers[-IN_A_ROW:]
        return len(last) == IN_A_ROW and statuses(last) == {200, 201}

    await until(is_well)
    return time.monotonic()


@contextmanager
def silent(postmaster: int) -> Iterator[None]:
    """Every process of the server is stopped: connections open, and nobody answers."""
    os.kill(postmaster, signal.SIGSTOP)
    stopped = [postmaster, *descendants(postmaster)]
    for pid in stopped[1:]:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in reversed(stopped):
            os.kill(pid, signal.SIGCONT)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[Running]:
    async with open_running() as opened:
        yield opened


async def test_a_server_that_stops_at_once_makes_503s_until_it_is_back(running: Running) -> None:
    postgres = running.machines.postgres
    worker = running.machines.start_worker()
    async with steady_load(running.api.url, running.traffic) as load:
        await until_well(load)
        assert postgres.process is not None
        postgres.process.send_signal(signal.SIGQUIT)
        await asyncio.to_thread(postgres.process.wait)
        gone = time.monotonic()
        await asyncio.sleep(AWAY_SECONDS)
        during = load.since(gone)
        postgres.launch()
        await asyncio.to_thread(postgres.wait_until_ready)
        well = await until_well(load)
        await asyncio.sleep(1)
    worker.end()
    report("stopped at once", load)
    check_answers(load)
    assert statuses(during) == {503}
    assert statuses(load.since(well)) == {200, 201}


async def test_a_server_that_says_nothing_holds_up_no_request_until_it_is_back(running: Running) -> None:
    async with steady_load(running.api.url, running.traffic) as load:
        await until_well(load)
        with silent(running.machines.postgres.pid):
            paused = time.monotonic()
            await check_health(running.api, paused + SILENT_SECONDS)
        well = await until_well(load)
        await asyncio.sleep(1)
    report("silent", load)
    check_answers(load)
    assert 503 in statuses(load.since(paused))
    assert statuses(load.since(well)) == {200, 201}


async def check_health(api: Api, until: float) -> None:
    """The process answers soon whatever its database does, and says what is away."""
    slowest = {"/api/health": 0.0, "/api/health/live": 0.0}
    async with httpx2.AsyncClient(base_url=api.url, timeout=30, trust_env=False) as http:
        while time.monotonic() < until:
            for path in slowest:
                began = time.monotonic()
                answer = await http.get(path)
                slowest[path] = max(slowest[path], time.monotonic() - began)
            data = (await http.get("/api/health")).json()["data"]
            assert (data["status"], data["services"]["database"]["status"]) == ("down", "down")
            assert answer.status_code == httpx2.codes.OK
    sys.stdout.write(f"\nslowest seconds {slowest}")
    assert max(slowest.values()) <= HEALTH_SECONDS
