"""One Valkey server (it speaks Redis' protocol) on a socket in a private folder."""

import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from spoonfeeder.embedded.binaries import valkey_server
from spoonfeeder.embedded.errors import StartError
from spoonfeeder.embedded.folders import give_back, open_log, own_private_folder, private_folder, socket_folder
from spoonfeeder.embedded.process import end, spawn

START_SECONDS = 20.0
STOP_SECONDS = 5.0


class EmbeddedRedis:
    """Redis in `folder`, kept by an append-only file; with `durable=False` nothing is written to disk."""

    name = "redis"

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self._folder = folder
        self._durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self._socket = socket_folder(folder) / "redis.sock"

    @property
    def url(self) -> str:
        return f"unix://{self._socket}?db=0"

    @property
    def pid(self) -> int:
        assert self.process is not None, "not started"
        return self.process.pid

    def start(self) -> None:
        self.launch()
        self.wait_until_ready()

    def launch(self) -> None:
        """Starts the server without waiting; a socket file that a killed one left behind is removed by the server."""
        private_folder(self._folder)
        own_private_folder(self._socket.parent)
        with open_log(self._folder / "redis.log") as log:
            self.process = spawn(self._command(), death_signal=signal.SIGTERM, output=log, folder=self._folder)

    def wait_until_ready(self) -> None:
        """Returns when the server answers PING; raises StartError when it ended or is silent for 20 seconds."""
        assert self.process is not None, "not started"
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise StartError(f"Redis did not start; {self._folder / 'redis.log'} says why.")
            time.sleep(0.01)

    def stop(self) -> None:
        if self.process is not None:
            end(self.process, signal.SIGTERM, STOP_SECONDS)
        give_back(self._socket.parent)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _command(self) -> list[str | Path]:
        kept = ["--appendonly", "yes", "--appendfsync", "everysec"] if self._durable else ["--appendonly", "no"]
        return [
            *(valkey_server(), "--port", "0", "--unixsocket", self._socket, "--unixsocketperm", "700"),
            *("--dir", self._folder, "--daemonize", "no", "--save", "", "--maxmemory-policy", "noeviction"),
            *kept,
        ]

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            try:
                connection.connect(str(self._socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
            except OSError:
                return False
