"""The programs with exactly the environment of docker-compose.yml, and Redis with exactly its command line.

Only addresses differ: the containers' names and ports become ones of this machine.
"""

import asyncio
import re
import secrets
import shlex
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
import yaml
from redis import Redis
from redis.exceptions import RedisError

from spoonfeeder.embedded.binaries import valkey_server
from spoonfeeder.embedded.part import own_command
from tests.chaos.stage import ROOT
from tests.chaos.traffic import GRAPH
from tests.fixtures.ports import own_port
from tests.machines.stage import HOST, Api, Machines, open_machines
from tests.test_compose import filled_in
from tests.waiting import until, until_async

pytestmark = pytest.mark.asyncio(loop_scope="module")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
IMAGE_ENVIRONMENT = dict(re.findall(r"([A-Z_]+)=(\S+)(?: \\)?$", (ROOT / "Dockerfile").read_text(), re.MULTILINE))


class Composed:
    """`machines` brings PostgreSQL and ComfyUI; its own Redis stays unused."""

    def __init__(self, machines: Machines) -> None:
        self.machines = machines
        self.redis_port, self.database_port, self.port = (own_port() for _ in range(3))
        self.secrets = {
            "DB_PASSWORD": secrets.token_hex(24),
            "REDIS_PASSWORD": secrets.token_hex(24),
            "ENCRYPTION_KEY": secrets.token_hex(32),
            "COMFYUI_URL": machines.comfyui_url,
        }

    @property
    def redis_url(self) -> str:
        return self.environment("api")["REDIS_URL"]

    def environment(self, service: str) -> dict[str, str]:
        written = COMPOSE["services"][service]["environment"]
        filled = {name: filled_in(value, self.secrets) for name, value in written.items()}
        filled["REDIS_URL"] = filled["REDIS_URL"].replace("@redis:6379", f"@{HOST}:{self.redis_port}")
        places = {"DB_HOST": HOST, "DB_PORT": str(self.database_port), "PORT": str(self.port)}
        home = {"SPOONFEEDER_HOME": str(self.machines.home), "PATH": self.machines.environment["PATH"]}
        return IMAGE_ENVIRONMENT | filled | places | home

    def start(self, service: str) -> Api:
        [command] = COMPOSE["services"][service]["command"]
        log = self.machines.folder / f"composed-{service}.log"
        program = Api(service, own_command(command), self.environment(service), log)
        program.url = f"http://{HOST}:{self.port}"
        return self._launched(program)

    def start_redis(self, folder: Path) -> None:
        shell, option, line = COMPOSE["services"]["redis"]["command"]
        here = f"{valkey_server()} --bind {HOST} --port {self.redis_port} --dir {shlex.quote(str(folder))}"
        line = line.replace("$$", "$").replace("docker-entrypoint.sh redis-server", here)
        environment = {"REDIS_PASSWORD": self.secrets["REDIS_PASSWORD"]}
        self._launched(Api("redis", (shell, option, line), environment, folder / "composed-redis.log"))

    def _launched(self, program: Api) -> Api:
        self.machines.programs.append(program)
        program.launch()
        return program


@asynccontextmanager
async def by_tcp(socket_path: Path, port: int) -> AsyncIterator[None]:
    """PostgreSQL's socket at a port of this machine."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
        writer.close()

    writers: list[asyncio.StreamWriter] = []

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_unix_connection(socket_path)
        writers.extend((writer, server_writer))
        both = (pump(reader, server_writer), pump(server_reader, writer))
        await asyncio.gather(*both, return_exceptions=True)

    async with await asyncio.start_server(join, HOST, port):
        yield
        for writer in writers:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in writers), return_exceptions=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def composed() -> AsyncIterator[Composed]:
    async with AsyncExitStack() as stack:
        machines = await stack.enter_async_context(open_machines(migrated=False))
        running = Composed(machines)
        sockets = Path(machines.postgres.url().partition("host=")[2])
        await stack.enter_async_context(by_tcp(sockets / ".s.PGSQL.5432", running.database_port))
        running.start_redis(machines.folder)
        migrate = running.start("migrate")
        await until(lambda: migrate.process.poll() is not None, within_seconds=60)
        assert migrate.process.returncode == 0, migrate.log.read_text()
        yield running
        for program in machines.programs:
            program.end()  # or it would connect again while the port is being closed


async def test_a_browser_at_the_published_port_makes_a_picture(composed: Composed) -> None:
    api = composed.start("api")
    composed.start("worker")
    await api.wait_until_ready()
    page = {"Host": f"localhost:{composed.port}", "Origin": f"http://localhost:{composed.port}"}
    async with httpx2.AsyncClient(base_url=api.url, headers=page, timeout=30, trust_env=False) as http:
        [profile] = (await http.get("/api/profiles")).json()["data"]
        assert profile["url"] == composed.machines.comfyui_url
        made = await http.post("/api/comfyui/prompt", json={"workflow_json": GRAPH})
        path = f"/api/comfyui/generations/{made.json()['data']['id']}"

        async def outputs() -> list[Any]:
            row = (await http.get(path)).json()["data"]
            return list(row["outputs"])

        await until_async(outputs, within_seconds=60)
        [picture] = await outputs()
        assert (await http.get(picture["url"])).headers["content-type"] == "image/png"
        stranger = await http.get("/api/profiles", headers={"Host": f"evil.example:{composed.port}"})
        assert stranger.status_code == httpx2.codes.MISDIRECTED_REQUEST


async def test_the_application_cannot_empty_configure_or_script_redis(composed: Composed) -> None:
    with Redis.from_url(composed.redis_url) as client:
        assert client.ping()
        for command in (("FLUSHALL",), ("CONFIG", "GET", "*"), ("EVAL", "return 1", "0"), ("KEYS", "*")):
            with pytest.raises(RedisError, match="no permissions"):
                client.execute_command(*command)
    with (
        Redis(host=HOST, port=composed.redis_port) as nobody,
        pytest.raises(RedisError, match="Authentication required"),
    ):
        nobody.ping()
