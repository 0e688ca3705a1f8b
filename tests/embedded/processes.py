"""Whether processes are there, and waiting for what must come true."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path


def is_running(pid: int) -> bool:
    """False also for a zombie: it has ended, and only waits for somebody to take note."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            return stat.read_text().rpartition(")")[2].split()[0] != "Z"
        except (FileNotFoundError, ProcessLookupError):
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(condition: Callable[[], bool], seconds: float) -> None:
    """Waits until `condition` holds; fails after `seconds`."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, "it did not come true in time"
        time.sleep(0.01)


def descendants(pid: int) -> list[int]:
    """The pids of all that a process started, and what those started."""
    listing = subprocess.check_output(["ps", "-A", "-o", "pid=,ppid="], text=True)
    pairs = [line.split() for line in listing.splitlines()]
    found = [pid]
    for known in found:
        found += [int(child) for child, parent in pairs if int(parent) == known]
    return found[1:]


def commands_of(pid: int) -> dict[int, str]:
    """The command lines of the children of a process, by pid."""
    listing = subprocess.check_output(["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], text=True)
    lines = [line.split(None, 2) for line in listing.splitlines()]
    return {int(child): command for child, parent, command in lines if int(parent) == pid}
