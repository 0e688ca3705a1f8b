"""How long `spoonfeeder up` takes until it answers, in a home that was used before."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import httpx2

from spoonfeeder.core.settings import Settings
from tests.bench.figures import Line, Spread, at_most
from tests.bench.processes import ROOT, free_port
from tests.bench.stage import own_folder

MOST_SECONDS = 120.0
POLL_SECONDS = 0.01


async def measure(is_quick: bool) -> list[Line]:
    with own_folder() as folder:
        first, *warm = [await _started(folder / "home") for _ in range(3 if is_quick else 6)]
    told = Spread.of([(1.0, seconds) for seconds in warm])
    name = f"`up`, warm, median of {len(warm)} ({told.low:.2f}-{told.high:.2f})"
    return [Line(name, "s", told.middle, target=at_most(4.0, "s")), Line("`up`, the very first start", "s", first)]


async def _started(home: Path) -> float:
    """From the command to the first page and a database and Redis that answer; ended again."""
    port = free_port()
    own = {name.upper() for name in Settings.model_fields}
    variables = {name: value for name, value in os.environ.items() if name not in own}
    variables |= {"SPOONFEEDER_HOME": str(home), "PORT": str(port), "SIMULATOR_PORT": str(free_port())}
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "spoonfeeder", "up"),
        cwd=ROOT,
        env=variables,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await _answered(f"http://127.0.0.1:{port}")
        return time.perf_counter() - began
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), MOST_SECONDS)


async def _answered(url: str) -> None:
    async with httpx2.AsyncClient(timeout=5) as http, asyncio.timeout(MOST_SECONDS):
        for path in ("/", "/api/health/ready"):
            while not await _is_there(http, url + path):  # noqa: ASYNC110 - it is another process
                await asyncio.sleep(POLL_SECONDS)


async def _is_there(http: httpx2.AsyncClient, url: str) -> bool:
    try:
        return (await http.get(url)).status_code == 200
    except httpx2.TransportError:
        return False
