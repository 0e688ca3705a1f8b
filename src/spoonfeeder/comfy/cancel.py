"""Stopping one prompt, and only that one (RELIABILITY R7; PROTOCOL.md 7)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from spoonfeeder.comfy.errors import ComfyError
from spoonfeeder.comfy.locate import Absent, Finished, Location, Pending, Running

PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 1.0
ABSENCES = 3

Answer = TypeVar("Answer")


class Stoppable(Protocol):
    async def look(self, prompt_id: str) -> Location: ...
    async def delete_pending(self, prompt_id: str) -> None: ...
    async def interrupt(self, prompt_id: str) -> None: ...


async def cancel_prompt(client: Stoppable, prompt_id: str, deadline_seconds: float) -> Location:
    """Looks, deletes while it waits, interrupts while it runs, until it ended or is gone or time is up.

    Gives where it is then: Finished (judge by its entry; success is an outcome), Absent (seen three times), or still
    Pending or Running. Acting only on what the queue just showed keeps servers before 0.3.57, whose interrupt stops
    whatever runs, from stopping somebody else's prompt. Raises ComfyError when the last try failed.
    """
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + deadline_seconds
    absences, pause = 0, PAUSE_SECONDS
    while True:
        place = await _try(lambda: client.look(prompt_id), last=loop.time() >= ends_at)
        absences = absences + 1 if isinstance(place, Absent) else 0
        if place is not None and (isinstance(place, Finished) or absences >= ABSENCES or loop.time() >= ends_at):
            return place
        if isinstance(place, Pending):
            await _try(lambda: client.delete_pending(prompt_id))
        elif isinstance(place, Running):
            await _try(lambda: client.interrupt(prompt_id))
        await asyncio.sleep(pause)
        pause = PAUSE_SECONDS if absences else min(pause * 1.5, LONGEST_PAUSE_SECONDS)


async def _try(step: Callable[[], Awaitable[Answer]], *, last: bool = False) -> Answer | None:
    try:
        return await step()
    except ComfyError:
        if last:
            raise
        return None
