"""One PostgreSQL server on a socket in a private folder, reached by nobody else."""

import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from spoonfeeder.embedded.binaries import may_enter, postgres_programs
from spoonfeeder.embedded.cluster import SUPERUSER, create_cluster, forget_zombie, refuse_other_major
from spoonfeeder.embedded.errors import StartError
from spoonfeeder.embedded.folders import give_back, open_log, own_private_folder, private_folder, socket_folder
from spoonfeeder.embedded.process import database_account, end, run, spawn

START_SECONDS = 30.0
STOP_SECONDS = 15.0
# What a killed postmaster leaves behind (itself while it ends, its children) keeps the next one out for a moment.
RELAUNCH_SECONDS = 5.0
POLL_SECONDS = 0.02

OWNER = "spoonfeeder"
DATABASE = "spoonfeeder"

# CREATEROLE lets the migrations make the role of row-level security; it is far from being a superuser.
ENSURE_OWNER_AND_DATABASE = r"""
SELECT 'CREATE ROLE spoonfeeder LOGIN CREATEROLE' WHERE NOT EXISTS
 (SELECT FROM pg_roles WHERE rolname = 'spoonfeeder') \gexec
SELECT 'CREATE DATABASE spoonfeeder OWNER spoonfeeder' WHERE NOT EXISTS
 (SELECT FROM pg_database WHERE datname = 'spoonfeeder') \gexec
"""


class EmbeddedPostgres:
    """PostgreSQL 16 with its data in `folder/postgres`.

    `durable=False` switches off everything that protects against a power cut: for tests.
    """

    name = "postgres"

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self._folder = folder
        self._data = folder / "postgres"
        self._durable = durable
        self._account = database_account()
        self._sockets = socket_folder(folder / "run")
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = DATABASE, user: str = OWNER) -> str:
        """The SQLAlchemy URL (asyncpg) of a database of this server."""
        return f"postgresql+asyncpg://{user}@/{database}?host={self._sockets}"

    @property
    def pid(self) -> int:
        assert self.process is not None, "not started"
        return self.process.pid

    def start(self) -> None:
        """Makes the cluster at the first time, starts the server, and sees that owner and database exist."""
        self.launch()
        self.wait_until_ready()

    def launch(self) -> None:
        """Starts the server without waiting for it, making its cluster first where there is none."""
        self._require_entry()
        self._programs = postgres_programs(self._account, self._folder / "binaries")
        own_private_folder(self._sockets, self._account)
        if self._data.exists():
            refuse_other_major(self._data)
            for lock in (self._data / "postmaster.pid", self._sockets / ".s.PGSQL.5432.lock"):
                forget_zombie(lock)
        else:
            create_cluster(self._programs, self._data, self._account, durable=self._durable)
        private_folder(self._data, self._account)
        with open_log(self._log) as log:
            self.process = spawn(
                self._command(), death_signal=signal.SIGQUIT, account=self._account, output=log, folder=self._folder
            )

    def wait_until_ready(self) -> None:
        """Returns when the server accepts connections; raises StartError after 30 seconds."""
        deadline = time.monotonic() + START_SECONDS
        last_launch = time.monotonic() + RELAUNCH_SECONDS
        while not self._accepts():
            ended = self.process is None or self.process.poll() is not None
            if time.monotonic() > (last_launch if ended else deadline):
                raise StartError(f"PostgreSQL did not start; {self._log} says why.")
            if ended:
                self.launch()
            time.sleep(POLL_SECONDS)
        self.execute(ENSURE_OWNER_AND_DATABASE)

    def stop(self) -> None:
        """Ends the server with a checkpoint, disconnecting whoever is still there."""
        if self.process is not None:
            end(self.process, signal.SIGINT, STOP_SECONDS)
        give_back(self._sockets)

    def execute(self, sql: str, database: str = "postgres") -> str:
        """Runs statements as the superuser and returns what psql printed; raises StartError when one fails."""
        options = ("-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=terse")
        address = ("-h", str(self._sockets), "-U", SUPERUSER, "-d", database)
        return run((self._programs / "psql", *options, *address), text=sql)

    def create_database(self, name: str, template: str = "template0") -> None:
        """Makes a database of the application's role, as a copy of `template` (to which nobody may be connected)."""
        self.execute(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {template}")

    def drop_database(self, name: str) -> None:
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _log(self) -> Path:
        return self._folder / "logs" / "postgres.log"

    def _command(self) -> list[str | Path]:
        settings = ["listen_addresses=", f"unix_socket_directories={self._sockets}", "unix_socket_permissions=0700"]
        if not self._durable:
            settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        options = [word for setting in settings for word in ("-c", setting)]
        return [self._programs / "postgres", "-D", self._data, *options]

    def _accepts(self) -> bool:
        command = (self._programs / "pg_isready", "-q", "-h", str(self._sockets), "-U", SUPERUSER)
        return subprocess.run(command, check=False).returncode == 0

    def _require_entry(self) -> None:
        if self._account and not may_enter(self._folder, self._account):
            raise StartError(
                f"{self._folder} lies in a folder that the database's user (nobody) cannot enter; "
                "choose another SPOONFEEDER_HOME."
            )
