"""The sweep (R8): a plain loop in every API and worker process that finds due work nobody rang for, and rings.

It reads Postgres only; Redis may be away or wiped.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from zlib import crc32

import structlog

from spoonfeeder.durable.claim import count_claimable
from spoonfeeder.durable.line import Line
from spoonfeeder.durable.turns import PAUSED_SECONDS, try_turn
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_system_work

log = structlog.get_logger(__name__)
SWEEP_LOCK_KEY = 7_301_001
CHORE_LOCK_KEY = 1
CHORE_SECONDS = 600.0
FIRST_CHORES_SECONDS = 20.0
CHORE_IDLE_SECONDS = 60
MOST_RINGS = 32

MOST_ROUNDS = 20

Chore = Callable[[Work], Awaitable[object]]
"""One that gives True has left something for a further round."""


async def sweep_for_ever(runtime: Runtime, lines: Sequence[Line]) -> None:
    while True:
        await asyncio.sleep(jittered(runtime.settings.sweep_seconds))
        for line in lines:
            await guarded(f"ring {line.name}", sweep_line(runtime, line))


async def do_chores_for_ever(runtime: Runtime, chores: Sequence[Chore]) -> None:
    """Slow upkeep of the features (purges), each round in a transaction of its own, in one process at a time.

    Not at once: a server that has just started is waited for.
    """
    await asyncio.sleep(jittered(FIRST_CHORES_SECONDS))
    while True:
        for chore in chores:
            for _ in range(MOST_ROUNDS):
                if await guarded(chore.__name__, _run_chore(runtime, chore)) is not True:
                    break
        await asyncio.sleep(jittered(CHORE_SECONDS))


async def watch_for_ever(runtime: Runtime, chores: Sequence[Chore]) -> None:
    """Quick upkeep at the pace of the sweep, each chore in one process at a time."""
    while True:
        await asyncio.sleep(jittered(runtime.settings.sweep_seconds))
        for chore in chores:
            await guarded(chore.__name__, _run_chore(runtime, chore, _key_of(chore), PAUSED_SECONDS))


def _key_of(chore: Chore) -> int:
    return crc32(chore.__qualname__.encode()) >> 1


def jittered(seconds: float) -> float:
    return seconds * random.uniform(0.75, 1.25)


async def sweep_line(runtime: Runtime, line: Line) -> None:
    async with open_system_work(runtime, f"sweep {line.name}") as work:
        if not await try_turn(work, SWEEP_LOCK_KEY, line.lock_key):
            return
        due = await count_claimable(work, line)
        for _ in range(min(due, MOST_RINGS)):
            work.ring(line.name)


async def _run_chore(
    runtime: Runtime, chore: Chore, key: int = CHORE_LOCK_KEY, idle_seconds: int = CHORE_IDLE_SECONDS
) -> object:
    async with open_system_work(runtime, chore.__name__) as work:
        if await try_turn(work, SWEEP_LOCK_KEY, key, idle_seconds=idle_seconds):
            return await chore(work)
    return None


async def guarded(name: str, step: Awaitable[object]) -> object:
    """What the step gives; None where it fails."""
    try:
        async with asyncio.timeout(10):
            return await step
    except Exception as error:  # noqa: BLE001 - the sweep goes on, whatever one step met
        log.warning("sweep_step_failed", step=name, error=type(error).__name__, detail=str(error)[:200])
        return None
