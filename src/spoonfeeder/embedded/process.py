"""Child processes that cannot outlive the one that started them."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

from spoonfeeder.embedded.errors import StartError
from spoonfeeder.embedded.guard import Guard

PR_SET_PDEATHSIG = 1  # linux/prctl.h


class ProgramFailed(StartError):
    """A program ended with an error; `written` is all that it wrote."""

    def __init__(self, name: str, written: str, status: int) -> None:
        self.last_words = written.splitlines()[-1] if written else f"exit status {status}"
        self.written = written
        super().__init__(f"{name} failed: {self.last_words}")


@dataclass(frozen=True)
class Account:
    """A user of the operating system."""

    uid: int
    gid: int

    def own(self, path: Path) -> None:
        os.chown(path, self.uid, self.gid)


def database_account() -> Account | None:
    """Whom PostgreSQL runs as: the caller (None), or `nobody` because it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise StartError("PostgreSQL does not run as root and there is no user nobody; set DATABASE_URL.") from None
    return Account(entry.pw_uid, entry.pw_gid)


def spawn(
    arguments: Sequence[str | Path],
    *,
    death_signal: signal.Signals = signal.SIGKILL,
    environment: Mapping[str, str] | None = None,
    account: Account | None = None,
    output: IO[bytes] | int | None = None,
    errors: IO[bytes] | int | None = None,
    folder: Path | None = None,
    stdin: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Starts a program in a session of its own that gets `death_signal` when this process is gone, however it went.

    On Linux the kernel sends it (when the *thread* that called this ends, so call it from the main thread);
    elsewhere a guard process does. Without `errors`, the standard error goes where the output goes.
    """
    command = [str(argument) for argument in arguments]
    on_linux = sys.platform == "linux"
    process = subprocess.Popen(
        command,
        stdin=stdin,
        stdout=output,
        stderr=errors if errors is not None or output is None else subprocess.STDOUT,
        env=dict(environment) if environment is not None else None,
        cwd=folder,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        start_new_session=True,
        preexec_fn=_die_with_parent(death_signal) if on_linux else None,  # noqa: PLW1509 - it only makes system calls
    )
    if not on_linux:
        _guard().watch(process.pid, death_signal)
    return process


def run(
    arguments: Sequence[str | Path],
    *,
    text: str | None = None,
    environment: Mapping[str, str] | None = None,
    account: Account | None = None,
    folder: Path | None = None,
) -> str:
    """Runs a program to its end, with `text` as its input, and returns what it wrote.

    Raises ProgramFailed when it ends with an error.
    """
    stdin = subprocess.DEVNULL if text is None else subprocess.PIPE
    process = spawn(
        arguments, environment=environment, account=account, folder=folder, stdin=stdin, output=subprocess.PIPE
    )
    written = process.communicate(text.encode() if text else None)[0].decode(errors="replace").strip()
    if process.returncode:
        raise ProgramFailed(Path(arguments[0]).name, written, process.returncode)
    return written


def end(process: subprocess.Popen[bytes], request: signal.Signals, grace_seconds: float) -> None:
    """Asks a process to end and kills it after `grace_seconds`."""
    if process.poll() is None:
        process.send_signal(request)
        try:
            process.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


def _die_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()
    prctl = ctypes.CDLL(None).prctl

    def in_the_child() -> None:
        prctl(PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return in_the_child


@cache
def _guard() -> Guard:
    return Guard()
