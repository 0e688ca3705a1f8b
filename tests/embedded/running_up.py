"""`spoonfeeder up` as a process of its own, with its data in a folder of its own."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from tests.embedded.processes import descendants, is_running, wait_for
from tests.fixtures.ports import own_port

READY_SECONDS = 90.0


class Up:
    """A running `up` with its data in `home`."""

    def __init__(self, home: Path, **settings: str) -> None:
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "OLLAMA_URL") if name in os.environ}
        self.home = home
        self.port = own_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.output = home / "output"
        self.started = time.monotonic()
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "spoonfeeder", "up"],
                env=inherited | settings | {"SPOONFEEDER_HOME": str(home), "PORT": str(self.port)},
                cwd="/",
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.children: list[int] = []

    def until_ready(self, seconds: float = READY_SECONDS) -> float:
        """Waits until it is ready and returns how long that took from its start."""
        try:
            wait_for(self._is_ready_or_ended, seconds)
        except AssertionError:
            raise AssertionError(self.said()) from None
        assert self.process.poll() is None, self.said()
        self.children = descendants(self.process.pid)
        return time.monotonic() - self.started

    def _is_ready_or_ended(self) -> bool:
        return "Spoon Feeder is ready" in self.said() or self.process.poll() is not None

    def said(self) -> str:
        return self.output.read_text()

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/api{path}", timeout=10) as response:
            return json.load(response)["data"]

    def answers(self) -> bool:
        try:
            return bool(self.get("/profiles"))
        except OSError:
            return False

    def child_named(self, program: str) -> int:
        listing = subprocess.check_output(["ps", "-A", "-o", "pid=,ppid=,comm="], text=True)
        lines = [line.split(None, 2) for line in listing.splitlines()]
        return next(int(pid) for pid, parent, name in lines if int(parent) == self.process.pid and name == program)

    def all_gone(self) -> bool:
        return not any(is_running(pid) for pid in self.children)
