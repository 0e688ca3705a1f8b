"""What a supervisor keeps running: PostgreSQL, Redis, or one of our own programs."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from spoonfeeder.embedded.process import end, spawn


class Part(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def process(self) -> subprocess.Popen[bytes] | None: ...

    def launch(self) -> None:
        """Starts it without waiting until it is ready."""

    def stop(self) -> None:
        """Ends it, the hard way after a while; does nothing when it is not running."""


class Gate:
    """Lets programs load their code while what they need is made: they read their standard input to its end first.

    That end comes when the gate opens, and at once for a program that is started later.
    """

    def __init__(self) -> None:
        self.reader, self._writer = os.pipe()

    def open(self) -> None:
        os.close(self._writer)


@dataclass
class Program:
    """A program of ours: SIGTERM asks it to end; it is killed with its supervisor, and leases cover what it held."""

    name: str
    command: list[str | Path]
    environment: Mapping[str, str]
    grace_seconds: float
    gate: Gate | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    def launch(self) -> None:
        stdin = self.gate.reader if self.gate else subprocess.DEVNULL
        self.process = spawn(self.command, environment=self.environment, stdin=stdin)

    def stop(self) -> None:
        if self.process is not None:
            end(self.process, signal.SIGTERM, self.grace_seconds)


def own_command(*arguments: str) -> list[str | Path]:
    """The command line of one of our own commands; -P keeps the working folder out of Python's search path."""
    return [sys.executable, "-P", "-m", "spoonfeeder", *arguments]
