"""Ending background tasks for certain."""

import asyncio
from typing import Any

AGAIN_SECONDS = 1.0
"""Not so soon that it breaks off what a task does to leave its connections in order."""


async def cancel(*tasks: asyncio.Task[Any]) -> None:
    """Returns when all have ended. Asks more than once: redis-py 5.3 may swallow a cancellation while it connects."""
    waiting = set(tasks)
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=AGAIN_SECONDS)
    await asyncio.gather(*tasks, return_exceptions=True)
