"""Several API and worker processes on one PostgreSQL and one Redis, as an installation on many machines runs them."""

import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from itertools import count, cycle
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from spoonfeeder.db import migrate
from spoonfeeder.embedded.part import own_command
from spoonfeeder.embedded.postgres import EmbeddedPostgres
from spoonfeeder.embedded.redis import EmbeddedRedis
from tests.chaos.program import Program
from tests.chaos.run import own_folder
from tests.chaos.stage import ROOT, is_ok
from tests.chaos.traffic import Traffic
from tests.fixtures.ports import own_port
from tests.serving import NOBODY_URL
from tests.waiting import until_async

HOST = "127.0.0.1"
READY_SECONDS = 90.0
REQUEST_SECONDS = 15.0
Command = Sequence[str | Path]


class Api(Program):
    url: str

    async def wait_until_ready(self) -> None:
        async with httpx2.AsyncClient(timeout=3, trust_env=False) as http:
            await until_async(partial(is_ok, http, f"{self.url}/api/health/ready"), within_seconds=READY_SECONDS)


class Machines:
    """`programs` holds everything that was ever started here; `run_log` is what the simulated ComfyUI really did."""

    def __init__(self, folder: Path, *, durable: bool = False, **settings: str) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.run_log = folder / "runs.jsonl"
        self.postgres = EmbeddedPostgres(folder, durable=durable)
        self.redis = EmbeddedRedis(folder / "redis", durable=False)
        self.comfyui_url = f"http://{HOST}:{own_port()}"
        self.programs: list[Program] = []
        self._numbers = count(1)
        self._settings = settings

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        servers = {"DATABASE_URL": self.postgres.url(), "REDIS_URL": self.redis.url}
        own = {"PYTHONPATH": str(ROOT), "SPOONFEEDER_HOME": str(self.home), "HOST": HOST, "DEMO": "off"}
        return kept | own | {"OLLAMA_URL": NOBODY_URL} | servers | self._settings

    async def start_apis(self, number: int, command: Command | None = None) -> list[Api]:
        """New ones, each on a port of its own, ready."""
        apis = [self._launch_api(command or own_command("api")) for _ in range(number)]
        await asyncio.gather(*(api.wait_until_ready() for api in apis))
        return apis

    def _launch_api(self, command: Command) -> Api:
        port = own_port()
        name = f"api-{next(self._numbers)}"
        api = Api(name, command, self.environment | {"PORT": str(port)}, self.folder / f"{name}.log")
        api.url = f"http://{HOST}:{port}"
        self._launch(api)
        return api

    def start_worker(self, command: Command | None = None, **more: str) -> Program:
        """`more` are environment variables of this one."""
        name = f"worker-{next(self._numbers)}"
        worker = Program(name, command or own_command("worker"), self.environment | more, self.folder / f"{name}.log")
        self._launch(worker)
        return worker

    async def start_comfyui(self, step_seconds: float) -> Program:
        port = self.comfyui_url.rpartition(":")[2]
        arguments = (port, self.folder / "comfyui", self.run_log, str(step_seconds))
        command = (sys.executable, "-m", "tests.chaos.comfyui", *arguments)
        comfyui = Program("comfyui", command, self.environment, self.folder / "comfyui.log")
        self._launch(comfyui)
        async with httpx2.AsyncClient(timeout=3, trust_env=False) as http:
            await until_async(partial(is_ok, http, f"{self.comfyui_url}/system_stats"), within_seconds=READY_SECONDS)
        return comfyui

    def admin(self) -> AsyncEngine:
        """A superuser's way into the application's database, with a fresh connection each time."""
        return create_async_engine(self.postgres.url(user="postgres"), poolclass=NullPool)

    def _launch(self, program: Program) -> None:
        self.programs.append(program)
        program.launch()


class RoundRobin(httpx2.AsyncClient):
    """Each request goes to the next API: a balancer that knows nothing of their health."""

    def __init__(self, urls: list[str]) -> None:
        super().__init__(timeout=REQUEST_SECONDS, trust_env=False)
        self._urls: Iterator[str] = cycle(urls)

    async def request(self, method: str, url: Any, **options: Any) -> httpx2.Response:
        return await super().request(method, f"{next(self._urls)}{url}", **options)


@asynccontextmanager
async def open_machines(
    *, step_seconds: float = 0.02, migrated: bool = True, durable: bool = False, **settings: str
) -> AsyncIterator[Machines]:
    """Servers up and migrated, ComfyUI running, no API and no worker yet."""
    with own_folder() as folder:
        machines = Machines(folder, durable=durable, ENCRYPTION_KEY=secrets.token_hex(32), **settings)
        machines.home.mkdir()
        with machines.postgres, machines.redis:
            try:
                if migrated:
                    await asyncio.to_thread(migrate.upgrade, machines.postgres.url())
                await machines.start_comfyui(step_seconds)
                yield machines
            finally:
                for program in machines.programs:
                    program.process.kill()
                await asyncio.gather(*(asyncio.to_thread(program.process.wait) for program in machines.programs))


@asynccontextmanager
async def open_traffic(machines: Machines, apis: list[Api]) -> AsyncIterator[Traffic]:
    """A client over all of `apis` that tries again, with its profile, workflow and sessions made."""
    async with RoundRobin([api.url for api in apis]) as http:
        traffic = Traffic(http)
        await traffic.prepare(machines)
        yield traffic


class Running(NamedTuple):
    machines: Machines
    api: Api
    traffic: Traffic


@asynccontextmanager
async def open_running() -> AsyncIterator[Running]:
    """One API with a session to generate in; no worker runs but those that a test brings."""
    async with open_machines() as machines:
        [api] = await machines.start_apis(1)
        async with open_traffic(machines, [api]) as traffic:
            yield Running(machines, api, traffic)
