"""`python -m tests.chaos.drills.doomed api|worker POINT FLAG KILL|SECONDS`: the real program, up to a named point.

Whoever passes the point while the file FLAG is there removes it, and the process ends as by SIGKILL or its event loop
stands still for so many seconds.
"""

import importlib
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

from spoonfeeder.embedded.part import own_command

GENERATIONS = "spoonfeeder.features.generations"
KILL = "kill"


def always(arguments: tuple[Any, ...], result: Any) -> bool:
    return True


def found(arguments: tuple[Any, ...], result: Any) -> bool:
    return result is not None


def rings(arguments: tuple[Any, ...], result: Any) -> bool:
    return bool(arguments[0]._rings)


@dataclass(frozen=True, slots=True)
class Point:
    """Before or after a call of `name` in `module`; `counts` decides which calls are meant."""

    module: str
    name: str
    after: bool = False
    counts: Callable[[tuple[Any, ...], Any], bool] = always


OF_A_WORKER = {
    "after the claim": Point("spoonfeeder.durable.serving", "claim", after=True, counts=found),
    "before the intent": Point(f"{GENERATIONS}.course", "prepare"),
    "after the intent, before the submit": Point("spoonfeeder.comfy.client", "ComfyClient.submit"),
    "after the submit": Point("spoonfeeder.comfy.client", "ComfyClient.submit", after=True),
    "before the start is written": Point(f"{GENERATIONS}.course", "Course._mark_started"),
    "after the start is written": Point(f"{GENERATIONS}.course", "Course._mark_started", after=True),
    "at a step": Point(f"{GENERATIONS}.course", "Course._take", after=True),
    "at a heartbeat": Point("spoonfeeder.durable.lease", "Lease.beat", after=True),
    "before the copy": Point(f"{GENERATIONS}.course", "collect"),
    "in the middle of the copy": Point("spoonfeeder.storage.disk", "DiskStorage.put", after=True),
    "after the copy": Point(f"{GENERATIONS}.course", "collect", after=True),
    "before the last commit": Point(f"{GENERATIONS}.outcomes", "_end", after=True),
    "after the last commit": Point(f"{GENERATIONS}.outcomes", "complete", after=True),
}
OF_THE_API = {"between commit and answer": Point("spoonfeeder.work", "Work._commit", after=True, counts=rings)}


def doomed(program: str, point: str, flag: Path, action: str | float = KILL) -> list[str | Path]:
    """The command line."""
    python = own_command()[:2]
    return [*python, "-m", "tests.chaos.drills.doomed", program, point, flag, str(action)]


def arm(point: Point, act: Callable[[], None], flag: Path) -> None:
    owner: Any = importlib.import_module(point.module)
    *path, name = point.name.split(".")
    for part in path:
        owner = getattr(owner, part)
    call: Callable[..., Awaitable[Any]] = getattr(owner, name)

    @wraps(call)
    async def wrapped(*arguments: Any, **named: Any) -> Any:
        if not point.after:
            _act_once(point, (arguments, None), act, flag)
        result = await call(*arguments, **named)
        if point.after:
            _act_once(point, (arguments, result), act, flag)
        return result

    setattr(owner, name, wrapped)


def _act_once(point: Point, seen: tuple[tuple[Any, ...], Any], act: Callable[[], None], flag: Path) -> None:
    if point.counts(*seen):
        try:
            flag.unlink()
        except FileNotFoundError:
            return
        act()


def _killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    program, name, flag, action = sys.argv[1:]
    point = (OF_A_WORKER | OF_THE_API)[name]
    arm(point, _killed if action == KILL else lambda: time.sleep(float(action)), Path(flag))
    from spoonfeeder.cli import main

    sys.argv = ["spoonfeeder", program]
    main()
