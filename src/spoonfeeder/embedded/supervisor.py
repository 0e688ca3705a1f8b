"""Keeps parts running, starts them again with back-off, and ends all of them in order."""

import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import NoReturn, Self

import structlog

from spoonfeeder.embedded.errors import StartError
from spoonfeeder.embedded.part import Part

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.1
FIRST_BACK_OFF_SECONDS = 0.2
MOST_BACK_OFF_SECONDS = 2.0
STEADY_SECONDS = 10.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """A signal asked for the end."""


@dataclass
class Watched:
    part: Part
    launched_at: float
    failures: int = 0
    again_at: float | None = None


class Supervisor:
    """Used as a context manager: SIGINT, SIGTERM and SIGHUP raise Stopped inside it; leaving it ends every part,
    the last added first. A second signal while it ends kills what is left."""

    def __init__(self) -> None:
        self._watched: list[Watched] = []

    def __enter__(self) -> Self:
        for number in STOP_SIGNALS:
            signal.signal(number, _raise_stopped)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            for watched in reversed(self._watched):
                watched.part.stop()
        except Stopped:
            self._kill()
        finally:
            for number in STOP_SIGNALS:
                signal.signal(number, signal.SIG_DFL)

    def launch(self, part: Part) -> None:
        """Starts a part and watches it from now on."""
        self._watched.append(Watched(part, time.monotonic()))
        part.launch()

    def watch_until(self, condition: Callable[[], bool], seconds: float, steady: Sequence[str] = ()) -> None:
        """Watches until `condition` holds; raises StartError after `seconds`, or when a part named in `steady` ends."""
        deadline = time.monotonic() + seconds
        while not condition():
            self._look_after()
            for watched in self._watched:
                if watched.part.name in steady and watched.failures:
                    raise StartError(f"The {watched.part.name} ended while it started; what it said stands above.")
            if time.monotonic() > deadline:
                raise StartError(f"The system was not ready within {seconds:.0f} seconds; what it said stands above.")
            time.sleep(POLL_SECONDS)

    def watch(self) -> NoReturn:
        """Watches until a signal comes."""
        while True:
            self._look_after()
            time.sleep(POLL_SECONDS)

    def _look_after(self) -> None:
        now = time.monotonic()
        for watched in self._watched:
            if watched.again_at is not None:
                if now >= watched.again_at:
                    _relaunch(watched, now)
            elif watched.part.process is None or watched.part.process.poll() is not None:
                _plan_relaunch(watched, now)

    def _kill(self) -> None:
        processes = [watched.part.process for watched in self._watched if watched.part.process]
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


def _plan_relaunch(watched: Watched, now: float) -> None:
    if now - watched.launched_at > STEADY_SECONDS:
        watched.failures = 0
    pause_seconds = min(FIRST_BACK_OFF_SECONDS * 2**watched.failures, MOST_BACK_OFF_SECONDS)
    watched.failures += 1
    watched.again_at = now + pause_seconds
    status = watched.part.process.returncode if watched.part.process else None
    log.warning("part_ended", part=watched.part.name, status=status, again_in_seconds=pause_seconds)


def _relaunch(watched: Watched, now: float) -> None:
    try:
        watched.part.launch()
    except (StartError, OSError) as error:
        log.error("part_does_not_start", part=watched.part.name, error=str(error))
        watched.again_at = now + MOST_BACK_OFF_SECONDS
        return
    watched.launched_at, watched.again_at = now, None


def _raise_stopped(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Stopped
