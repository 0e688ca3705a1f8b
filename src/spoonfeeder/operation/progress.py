"""How far an operation is, on the standard error."""

import sys
import time

TERMINAL_SECONDS = 0.2
FILE_SECONDS = 20.0


class Progress:
    """A step's line is written anew as it goes on: often on a terminal, now and then in a log, never when quiet."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._terminal = sys.stderr.isatty()
        self._said_at = time.monotonic()

    def step(self, sentence: str) -> None:
        if not self._quiet:
            self._write(sentence)

    def go_on(self, sentence: str) -> None:
        """As `step`, left out where the last line is younger than a moment."""
        pause = TERMINAL_SECONDS if self._terminal else FILE_SECONDS
        if not self._quiet and time.monotonic() - self._said_at >= pause:
            self._write(sentence)

    def end(self) -> None:
        """What is written next begins on a line of its own."""
        if self._terminal and not self._quiet:
            sys.stderr.write("\n")

    def _write(self, sentence: str) -> None:
        self._said_at = time.monotonic()
        sys.stderr.write(f"\r\x1b[K{sentence}" if self._terminal else f"{sentence}\n")
        sys.stderr.flush()


def bytes_in_words(count: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:,.1f} {unit}"
    return f"{count} bytes"
