"""Ends a supervisor's children when the supervisor is gone, where the kernel has no PR_SET_PDEATHSIG (macOS)."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable


class Guard:
    """A small process that reads a pipe; when the pipe ends, it signals every process it was told of."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-E", __file__], stdin=subprocess.PIPE, start_new_session=True
        )

    def watch(self, pid: int, death_signal: signal.Signals) -> None:
        self._tell(f"{pid} {int(death_signal)}\n")

    def close(self) -> None:
        """Ends the guard, which signals whatever it still watches."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode())
        self._process.stdin.flush()


def wait_for_the_end(lines: Iterable[str]) -> None:
    """Reads `pid signal` lines until the pipe ends, then sends each process its signal."""
    watched: dict[int, int] = {}
    for line in lines:
        pid, death_signal = line.split()
        watched[int(pid)] = int(death_signal)
    for watched_pid, watched_signal in watched.items():
        # A child leads its own session, so its group id is its pid: a pid that was given to another process is spared.
        try:
            if os.getpgid(watched_pid) == watched_pid:
                os.kill(watched_pid, watched_signal)
        except ProcessLookupError:
            continue


if __name__ == "__main__":
    wait_for_the_end(sys.stdin)
