"""Waiting for something to become true, with a deadline instead of a guess."""

import asyncio
from collections.abc import Awaitable, Callable

PAUSE_SECONDS = 0.005


async def until(condition: Callable[[], object], *, within_seconds: float = 10.0) -> None:
    """Returns when `condition` holds; raises TimeoutError when it does not in time."""

    async def ask() -> object:
        return condition()

    await until_async(ask, within_seconds=within_seconds)


async def until_async(condition: Callable[[], Awaitable[object]], *, within_seconds: float = 10.0) -> None:
    """As `until`, for a condition that must be awaited."""
    async with asyncio.timeout(within_seconds):
        while not await condition():  # noqa: ASYNC110 - the condition lies outside of this program
            await asyncio.sleep(PAUSE_SECONDS)
