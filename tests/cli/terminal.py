"""Commands as a terminal shows them: in a process of their own, or here, which spares the start of one."""

import os
import subprocess
import sys
from typing import NamedTuple

from typer.testing import CliRunner

from spoonfeeder.cli import api_keys, app, backups, database, doctor, keys, make, people, serve  # noqa: F401 - commands
from tests.fixtures.log_lines import log_restored


class Ended(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def spoonfeeder(*arguments: str, typed: str = "", **environment: str) -> Ended:
    """Runs a command in this process, without the log of one that nobody expected to fail."""
    with log_restored():
        run = CliRunner().invoke(app, arguments, input=typed, env=environment, catch_exceptions=False)
    return Ended(run.exit_code, run.stdout, run.stderr)


def started(*arguments: str, **environment: str) -> Ended:
    """Runs a command as a shell does, in a process of its own."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    run = subprocess.run(
        [sys.executable, "-P", "-m", "spoonfeeder", *arguments],
        env=inherited | environment,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    return Ended(run.returncode, run.stdout, run.stderr)


def refusal(run: Ended) -> str:
    """The one sentence of a refused start."""
    assert run.returncode == 1, run
    assert run.stderr.startswith("spoonfeeder: ")
    assert run.stderr.count("\n") == 1, run.stderr
    return run.stderr.removeprefix("spoonfeeder: ").strip()
