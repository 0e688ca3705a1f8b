"""`spoonfeeder up` as a whole, as a process: ready, used, ended, killed, started again."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest

from spoonfeeder.embedded.readiness import free_port
from tests.embedded.processes import descendants, is_running, wait_for

pytestmark = pytest.mark.alone

READY_SECONDS = 30.0


class Up:
    """A running `up` with its data in `home`."""

    def __init__(self, home: Path) -> None:
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.port = free_port("127.0.0.1")
        self.output = home / "output"
        self.started = time.monotonic()
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "spoonfeeder", "up"],
                env=inherited | {"SPOONFEEDER_HOME": str(home), "PORT": str(self.port)},
                cwd="/",
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.children: list[int] = []

    def until_ready(self) -> float:
        """Waits until it is ready and returns how long that took from its start."""
        try:
            wait_for(self._is_ready_or_ended, READY_SECONDS)
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
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api{path}", timeout=10) as response:
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


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="sf-up-"))
    folder.chmod(0o711)
    yield folder
    rmtree(folder)


@pytest.fixture
def start(home: Path) -> Iterator[Callable[[], Up]]:
    started: list[Up] = []

    def start_up() -> Up:
        started.append(Up(home))
        return started[-1]

    yield start_up
    for up in started:
        up.process.kill()
        up.process.wait()
        wait_for(up.all_gone, 5)


def seconds_to_import() -> float:
    """How long this machine, as busy as it is now, takes to load the application alone."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import spoonfeeder.app"], check=True)
    return time.monotonic() - began


def test_up_is_ready_used_ended_killed_and_ready_again(home: Path, start: Callable[[], Up]) -> None:
    first = start()
    first.until_ready()
    profiles = first.get("/profiles")
    assert len(first.children) >= 5, "postgres, redis, simulator, worker, api"
    assert [profile["name"] for profile in profiles] == ["Demo (simulated ComfyUI)"]
    assert (home.stat().st_mode & 0o777, (home / "keys").stat().st_mode & 0o777) == (0o711, 0o700)
    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(15) == 0
    assert first.all_gone()
    assert "Traceback" not in first.said()

    bar_seconds = max(5.0, 4 * seconds_to_import())
    second = start()
    assert second.until_ready() <= bar_seconds
    assert second.get("/profiles") == profiles
    second.process.kill()
    second.process.wait()
    wait_for(second.all_gone, 5)

    third = start()
    third.until_ready()
    assert third.get("/profiles") == profiles
    assert re.fullmatch(
        rf"spoonfeeder: Spoon Feeder already runs on .* \(process {third.process.pid}\).*\n", refusal_of_another(home)
    )
    for server in ("postgres", "valkey-server"):
        os.kill(third.child_named(server), signal.SIGKILL)
    wait_for(lambda: third.said().count("part_ended") == 2, 5)
    wait_for(third.answers, 10)
    third.process.send_signal(signal.SIGTERM)
    assert third.process.wait(15) == 0
    assert third.all_gone()


def refusal_of_another(home: Path) -> str:
    """What a second `up` on the same data says."""
    run = subprocess.run(
        [sys.executable, "-P", "-m", "spoonfeeder", "up"],
        env={"SPOONFEEDER_HOME": str(home), "PORT": "0", "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    return run.stderr
