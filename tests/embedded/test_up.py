"""`spoonfeeder up` as a whole, as a process: ready, used, ended, killed, started again."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import rmtree

import pytest

from tests.embedded.processes import wait_for
from tests.embedded.running_up import Up

pytestmark = pytest.mark.alone


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
        wait_for(up.all_gone, 30)


def test_up_is_ready_used_ended_killed_and_ready_again(home: Path, start: Callable[[], Up]) -> None:
    first = start()
    first.until_ready()
    profiles = first.get("/profiles")
    assert len(first.children) >= 5, "postgres, redis, simulator, worker, api"
    assert [profile["name"] for profile in profiles] == ["Demo (simulated ComfyUI)"]
    assert (home.stat().st_mode & 0o777, (home / "keys").stat().st_mode & 0o777) == (0o711, 0o700)
    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(30) == 0
    assert first.all_gone()
    assert "Traceback" not in first.said()

    second = start()
    second.until_ready()
    assert second.get("/profiles") == profiles
    second.process.kill()
    second.process.wait()
    wait_for(second.all_gone, 30)

    third = start()
    third.until_ready()
    assert third.get("/profiles") == profiles
    assert re.fullmatch(
        rf"spoonfeeder: Spoon Feeder already runs on .* \(process {third.process.pid}\).*\n", refusal_of_another(home)
    )
    for server in ("postgres", "valkey-server"):
        os.kill(third.child_named(server), signal.SIGKILL)
    wait_for(lambda: all(f"part_ended part={name}" in third.said() for name in ("postgres", "redis")), 30)
    wait_for(third.answers, 30)
    third.process.send_signal(signal.SIGTERM)
    assert third.process.wait(30) == 0
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
