import sys
from pathlib import Path

from spoonfeeder.embedded.part import Gate, Program
from tests.embedded.processes import wait_for

STUB = """
import pathlib, sys
folder = pathlib.Path(sys.argv[1])
(folder / "loaded").touch()
sys.stdin.buffer.read()
(folder / "begun").touch()
"""


def test_a_gated_program_loads_at_once_and_begins_when_the_gate_opens(tmp_path: Path) -> None:
    gate = Gate()
    program = Program("stub", [sys.executable, "-c", STUB, tmp_path], {}, 5, gate)
    program.launch()
    assert program.process is not None
    wait_for((tmp_path / "loaded").exists, 30)
    assert not (tmp_path / "begun").exists()
    assert program.process.poll() is None

    gate.open()

    assert program.process.wait(30) == 0
    assert (tmp_path / "begun").exists()


def test_a_program_that_is_started_again_finds_the_gate_open(tmp_path: Path) -> None:
    gate = Gate()
    gate.open()
    program = Program("stub", [sys.executable, "-c", STUB, tmp_path], {}, 5, gate)

    program.launch()

    assert program.process is not None
    assert program.process.wait(30) == 0


def test_a_program_that_waits_at_the_gate_ends_when_asked(tmp_path: Path) -> None:
    program = Program("stub", [sys.executable, "-c", STUB, tmp_path], {}, 5, Gate())
    program.launch()
    wait_for((tmp_path / "loaded").exists, 30)

    program.stop()

    assert program.process is not None
    assert program.process.returncode != 0
    assert not (tmp_path / "begun").exists()
