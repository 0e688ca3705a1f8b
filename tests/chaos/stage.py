"""The real processes of a chaos run: own PostgreSQL and Redis, one ComfyUI, one API and two workers."""

import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import httpx2
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from spoonfeeder.embedded.part import own_command
from spoonfeeder.embedded.postgres import EmbeddedPostgres
from spoonfeeder.embedded.process import run
from spoonfeeder.embedded.redis import EmbeddedRedis
from tests.chaos.program import Program
from tests.fixtures.ports import own_port
from tests.serving import NOBODY_URL
from tests.waiting import until_async

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
READY_SECONDS = 180.0


class Stage:
    """`folder` is short, and the database's user can enter it; everything that the run leaves lies in it."""

    def __init__(self, folder: Path, *, step_seconds: float) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.run_log = folder / "runs.jsonl"
        self.postgres = EmbeddedPostgres(folder)
        self.redis = EmbeddedRedis(folder / "redis")
        self.api_url = f"http://{HOST}:{own_port()}"
        self.comfyui_url = f"http://{HOST}:{own_port()}"
        self.environment = self._environment()
        self.comfyui = self._program("comfyui", *self._comfyui_command(step_seconds))
        self.api = self._program("api", *own_command("api"))
        self.workers = [self._program(f"worker-{number}", *own_command("worker")) for number in (1, 2)]

        self.others: list[Program] = []

    @property
    def programs(self) -> list[Program]:
        return [*self.others, self.comfyui, self.api, *self.workers]

    def add(self, name: str, *command: str | Path) -> None:
        """One more program, before anything is started."""
        self.others.append(self._program(name, *command))

    def admin(self) -> AsyncEngine:
        """A superuser's way into the application's database, with a fresh connection each time."""
        return create_async_engine(self.postgres.url(user="postgres"), poolclass=NullPool)

    def _program(self, name: str, *command: str | Path) -> Program:
        return Program(name, command, self.environment, self.folder / f"{name}.log")

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        return kept | {
            "PYTHONPATH": str(ROOT),
            "SPOONFEEDER_HOME": str(self.home),
            "HOST": HOST,
            "PORT": self.api_url.rpartition(":")[2],
            "DATABASE_URL": self.postgres.url(),
            "REDIS_URL": self.redis.url,
            "ENCRYPTION_KEY": secrets.token_hex(32),
            "DEMO": "off",
            "OLLAMA_URL": NOBODY_URL,
        }

    def _comfyui_command(self, step_seconds: float) -> list[str | Path]:
        port = self.comfyui_url.rpartition(":")[2]
        data = self.folder / "comfyui"
        return [sys.executable, "-m", "tests.chaos.comfyui", port, data, self.run_log, str(step_seconds)]

    async def wait_until_ready(self) -> None:
        """Returns when ComfyUI answers and the API can serve; raises TimeoutError."""
        async with httpx2.AsyncClient(timeout=2, trust_env=False) as http:
            for url in (f"{self.comfyui_url}/system_stats", f"{self.api_url}/api/health/ready"):
                await until_async(partial(is_ok, http, url), within_seconds=READY_SECONDS)


async def is_ok(http: httpx2.AsyncClient, url: str) -> bool:
    try:
        return (await http.get(url)).status_code == httpx2.codes.OK
    except httpx2.TransportError:
        return False


@asynccontextmanager
async def open_stage(
    folder: Path, *, step_seconds: float, prepare: Callable[[Stage], None] = lambda _: None
) -> AsyncIterator[Stage]:
    """Everything up and migrated; at the end every process is ended, the hard way if need be."""
    stage = Stage(folder, step_seconds=step_seconds)
    prepare(stage)
    stage.home.mkdir()
    with stage.postgres, stage.redis:
        run(own_command("migrate"), environment=stage.environment, folder=folder)
        keepers: list[asyncio.Task[None]] = []
        try:
            for program in stage.programs:
                program.launch()
                keepers.append(asyncio.create_task(program.keep_alive()))
            await stage.wait_until_ready()
            yield stage
        finally:
            for keeper in keepers:
                keeper.cancel()
            for program in stage.programs:
                program.end()
