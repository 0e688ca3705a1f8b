"""Waiting for something to become true, with a deadline instead of a guess."""

import asyncio
import time
from collections.abc import Awaitable, Callable

SHORTEST_PAUSE_SECONDS = 0.005
LONGEST_PAUSE_SECONDS = 0.1


async def until(condition: Callable[[], object], *, within_seconds: float = 30.0) -> None:
    """Returns when `condition` holds; raises TimeoutError when it does not in time."""

    async def ask() -> object:
        return condition()

    await until_async(ask, within_seconds=within_seconds)


async def until_async(condition: Callable[[], Awaitable[object]], *, within_seconds: float = 30.0) -> None:
    """As `until`, for a condition that must be awaited; it is asked less often the longer it takes."""
    began = time.monotonic()
    async with asyncio.timeout(within_seconds):
        while not await condition():
            waited = time.monotonic() - began
            await asyncio.sleep(min(max(waited / 10, SHORTEST_PAUSE_SECONDS), LONGEST_PAUSE_SECONDS))
