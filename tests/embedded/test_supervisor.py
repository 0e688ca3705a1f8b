import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.embedded.processes import is_running, wait_for

STUB_TREE = Path(__file__).with_name("stub_tree.py")


class Tree:
    def __init__(self, process: subprocess.Popen[str], record: Path) -> None:
        self.process = process
        self.record = record
        assert process.stdout is not None
        self.pids: dict[str, int] = json.loads(process.stdout.readline())

    def words(self, word: str) -> list[str]:
        lines = [line.split() for line in self.record.read_text().splitlines()]
        return [name for name, said in lines if said == word]

    def all_gone(self) -> bool:
        return not any(is_running(pid) for pid in self.pids.values())


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Tree]]:
    started: list[subprocess.Popen[str]] = []

    def start_tree(*stubs: str) -> Tree:
        record = tmp_path / "record"
        record.touch()
        process = subprocess.Popen(
            [sys.executable, STUB_TREE, record, *stubs], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return Tree(process, record)

    yield start_tree
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_every_part_in_reverse_order(start: Callable[..., Tree], number: signal.Signals) -> None:
    tree = start("server:polite", "worker:polite", "api:polite")

    tree.process.send_signal(number)

    assert tree.process.wait(30) == 0
    assert tree.words("asked") == ["api", "worker", "server"]
    assert tree.all_gone()


def test_ctrl_c_in_the_terminal_reaches_the_supervisor_alone(tmp_path: Path, start: Callable[..., Tree]) -> None:
    tree = start("server:polite", "api:polite")

    groups = {os.getpgid(pid) for pid in tree.pids.values()}

    assert os.getpgid(tree.process.pid) not in groups


def test_a_part_that_does_not_listen_is_killed_after_its_grace(start: Callable[..., Tree]) -> None:
    tree = start("server:polite", "api:stubborn:3")

    tree.process.terminate()

    assert tree.process.wait(30) == 0
    assert tree.words("asked") == ["api", "server"]
    assert tree.all_gone()


def test_a_second_signal_does_not_wait(start: Callable[..., Tree]) -> None:
    tree = start("server:stubborn:60", "api:stubborn:60")

    tree.process.terminate()
    wait_for(lambda: tree.words("asked") == ["api"], 30)
    tree.process.terminate()

    wait_for(lambda: tree.process.poll() is not None, 30)
    assert tree.words("asked") == ["api"]
    assert tree.all_gone()


def test_nothing_outlives_a_killed_supervisor(start: Callable[..., Tree]) -> None:
    tree = start("server:polite", "worker:stubborn", "api:polite")

    tree.process.kill()

    wait_for(tree.all_gone, 30)


def test_a_part_that_ends_is_started_again(start: Callable[..., Tree]) -> None:
    tree = start("server:polite", "worker:polite")

    os.kill(tree.pids["worker"], signal.SIGKILL)

    wait_for(lambda: tree.words("runs").count("worker") == 2, 30)
    assert is_running(tree.pids["server"])
    tree.process.terminate()
    _, errors = tree.process.communicate(timeout=30)
    assert "part_ended part=worker status=-9" in errors
