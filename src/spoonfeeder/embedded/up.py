"""`spoonfeeder up`: the servers that no URL names, migrations, the demo, the API and a worker, as one tree."""

import json
import os
import sys
from pathlib import Path

import structlog

from spoonfeeder.core.key_ring import KeyRing
from spoonfeeder.core.settings import Demo, Settings
from spoonfeeder.embedded.errors import StartError
from spoonfeeder.embedded.folders import (
    last_simulator_port,
    lock_home,
    open_home,
    private_folder,
    require_whole,
    simulator_port_file,
)
from spoonfeeder.embedded.part import Gate, Program, own_command
from spoonfeeder.embedded.postgres import EmbeddedPostgres
from spoonfeeder.embedded.process import ProgramFailed, run
from spoonfeeder.embedded.readiness import free_port, is_ready, local_address, require_free
from spoonfeeder.embedded.redis import EmbeddedRedis
from spoonfeeder.embedded.supervisor import Stopped, Supervisor

log = structlog.get_logger(__name__)

PREFIX = "spoonfeeder: "
READY_SECONDS = 60.0
API_GRACE_SECONDS = 12.0
WORKER_GRACE_SECONDS = 25.0
SIMULATOR_GRACE_SECONDS = 3.0
SIMULATOR_PORT = 8199


def run_up(settings: Settings) -> None:
    """Runs everything until a signal comes; raises StartError or SettingsError where it cannot start."""
    settings.require_safe_bind()
    if settings.port == 0:
        settings.port = free_port(settings.host)
    require_free(settings.host, settings.port)
    settings.home = open_home(settings.home)
    for name in ("media", "simulator"):
        private_folder(settings.home / name)
    KeyRing.of_settings(settings)
    with lock_home(settings.home), Supervisor() as supervisor:
        require_whole(settings.home)
        try:
            _start(supervisor, settings)
            supervisor.watch()
        except Stopped:
            log.info("stopping")


def _start(supervisor: Supervisor, settings: Settings) -> None:
    servers, environment = _servers(settings)
    gate = Gate()
    for server in servers:
        supervisor.launch(server)
    # On two cores the API's imports take as long as what is prepared meanwhile; a third program would hold up both.
    supervisor.launch(Program("api", own_command("api", "--gated"), environment, API_GRACE_SECONDS, gate))
    for server in servers:
        server.wait_until_ready()
    simulator_port = _prepare(environment)
    gate.open()
    supervisor.launch(Program("worker", own_command("worker"), environment, WORKER_GRACE_SECONDS))
    if simulator_port is not None:
        command = own_command("simulator", "--port", str(simulator_port), "--data", str(settings.home / "simulator"))
        supervisor.launch(Program("simulator", command, environment, SIMULATOR_GRACE_SECONDS))
    supervisor.watch_until(lambda: is_ready(settings), READY_SECONDS, steady=["api"])
    _announce(settings)


def _servers(settings: Settings) -> tuple[list[EmbeddedRedis | EmbeddedPostgres], dict[str, str]]:
    """The servers that no URL names, and the environment by which the programs find everything."""
    servers: list[EmbeddedRedis | EmbeddedPostgres] = []
    environment = dict(os.environ)
    environment |= {"SPOONFEEDER_HOME": str(settings.home), "HOST": settings.host, "PORT": str(settings.port)}
    if settings.redis_address() is None and not settings.without_redis:
        redis = EmbeddedRedis(settings.home / "redis")
        servers.append(redis)
        environment["REDIS_URL"] = redis.url
    if settings.postgres_url() is None:
        postgres = EmbeddedPostgres(settings.home)
        servers.append(postgres)
        environment["DATABASE_URL"] = postgres.url()
    if settings.demo is not Demo.OFF:
        environment["SIMULATOR_PORT"] = str(settings.simulator_port or _simulator_port(settings.home))
    return servers, environment


def _simulator_port(home: Path) -> int:
    """The one of the last start if it is free. Known before the first program starts, since all must let it through."""
    port = free_port("127.0.0.1", last_simulator_port(home) or SIMULATOR_PORT)
    simulator_port_file(home).write_text(str(port))
    return port


def _prepare(environment: dict[str, str]) -> int | None:
    """Migrations and demo, by a program that ends; returns the port that the simulator must serve, if it must."""
    try:
        written = run(own_command("prepare"), environment=environment)
    except ProgramFailed as error:
        sys.stderr.write(error.written.removesuffix(error.last_words))
        raise StartError(error.last_words.removeprefix(PREFIX)) from None
    port: int | None = json.loads(written.splitlines()[-1])["simulator_port"]
    return port


def _announce(settings: Settings) -> None:
    host, port = local_address(settings)
    log.info("ready", url=f"http://{host}:{port}", home=str(settings.home))
    if settings.log_format == "console":
        address = f"[{host}]" if ":" in host else host
        sys.stdout.write(
            f"\n  Spoon Feeder is ready: http://{address}:{port}\n  Data: {settings.home}   End: Ctrl-C\n\n"
        )
        sys.stdout.flush()
