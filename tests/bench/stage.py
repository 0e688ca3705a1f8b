"""The parts that a benchmark runs beside itself: servers of its own, and programs each on its core."""

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx2

from spoonfeeder.embedded.postgres import EmbeddedPostgres
from spoonfeeder.embedded.redis import EmbeddedRedis
from tests.bench.processes import ROOT, free_port

SERVER_CORE, OTHER_CORE = 0, 1
"""What is measured runs on the first alone; who loads it, simulators, PostgreSQL and Redis on the second."""
READY_SECONDS, STOP_SECONDS = 60.0, 30.0
KEY = hashlib.sha256(b"benchmarks").hexdigest()
"""Nobody's secret; always the same, since the large library is kept."""


def pin(pid: int, core: int) -> None:
    """Where there are two cores and the system can."""
    if hasattr(os, "sched_setaffinity") and len(os.sched_getaffinity(0)) > core:
        os.sched_setaffinity(pid, {core})


@contextmanager
def own_folder() -> Iterator[Path]:
    """With a short path that the database's user can enter."""
    folder = Path(tempfile.mkdtemp(prefix="sf-bench-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def servers(folder: Path) -> Iterator[dict[str, str]]:
    """PostgreSQL and Redis as `up` starts them; yields the environment that leads there, for a fresh home."""
    with EmbeddedPostgres(folder) as postgres, EmbeddedRedis(folder / "redis") as redis:
        for server in (postgres, redis):
            assert server.process is not None
            pin(server.process.pid, OTHER_CORE)
        variables = environment(postgres.url(), redis.url, folder)
        subprocess.run([sys.executable, "-m", "spoonfeeder", "migrate"], cwd=ROOT, env=variables, check=True)
        yield variables


def environment(database_url: str, redis_url: str, home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SPOONFEEDER_HOME": str(home),
        "ENCRYPTION_KEY": KEY,
        "DEMO": "off",
        "LOG_LEVEL": "warning",
        "QUEUED_PER_USER": "1000000",
    }


@asynccontextmanager
async def program(
    *command: str, core: int = SERVER_CORE, variables: Mapping[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m` with these words, ended with the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *command, cwd=ROOT, env=dict(variables) if variables else None
    )
    pin(process.pid, core)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


async def load(kind: str, started: Callable[[], Any] | None = None, **spec: Any) -> dict[str, Any]:
    """What `tests.bench.load` measured; `started` is awaited when its sockets listen."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.load", json.dumps({"kind": kind, **spec})),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    pin(process.pid, OTHER_CORE)
    assert process.stdout is not None
    if started is not None:
        assert (await process.stdout.readline()).strip() == b"ready"
        await started()
    told = (await process.stdout.read()).decode()
    assert await process.wait() == 0, f"the load generator failed: {spec}"
    measured: dict[str, Any] = json.loads(told)
    return measured


async def until_answered(url: str) -> None:
    async with httpx2.AsyncClient(timeout=5) as http, asyncio.timeout(READY_SECONDS):
        while True:
            try:
                if (await http.get(url)).status_code < 500:
                    return
            except httpx2.TransportError:
                pass
            await asyncio.sleep(0.1)


class Api:
    """Ours, running; `made` posts something and gives its id."""

    def __init__(self, url: str, pid: int) -> None:
        self.url = url
        self.pid = pid

    async def made(self, path: str, **body: Any) -> str:
        async with httpx2.AsyncClient(timeout=30) as http:
            response = await http.post(f"{self.url}/api{path}", json=body)
            assert response.status_code in {200, 201}, response.text
            return str(response.json()["data"]["id"])


@asynccontextmanager
async def api(variables: Mapping[str, str]) -> AsyncIterator[Api]:
    port = free_port()
    async with program("spoonfeeder", "api", variables={**variables, "PORT": str(port)}) as process:
        url = f"http://127.0.0.1:{port}"
        await until_answered(f"{url}/api/health/ready")
        assert process.returncode is None, "another server has taken the port"
        yield Api(url, process.pid)


@asynccontextmanager
async def api_with_servers() -> AsyncIterator[tuple[Api, dict[str, str]]]:
    async with AsyncExitStack() as stack:
        variables = stack.enter_context(servers(stack.enter_context(own_folder())))
        yield await stack.enter_async_context(api(variables)), variables


def cpu_seconds(pid: int) -> float:
    """Of all threads of a process so far (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> dict[str, float]:
    """`Pss`, the proportional set size (private pages, and a part of each shared one), and `Rss` (Linux)."""
    told = [line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]]
    return {words[0].rstrip(":"): int(words[1]) * 1024 / 1e6 for words in told}
