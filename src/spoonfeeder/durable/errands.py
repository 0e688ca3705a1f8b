"""Due work that is looked for in all workspaces at once, and done in transactions of its own, one by one.

Every API and worker process looks; who does an errand makes sure that nobody else has done it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from spoonfeeder.durable.sweep import guarded, jittered
from spoonfeeder.runtime import Runtime
from spoonfeeder.work import Work, open_system_work

Errand = Callable[[], Awaitable[None]]
Finder = Callable[[Work], Awaitable[Sequence[Errand]]]


async def do_errands_for_ever(runtime: Runtime, finders: Sequence[Finder]) -> None:
    """At the pace of the sweep."""
    while True:
        await asyncio.sleep(jittered(runtime.settings.sweep_seconds))
        for find in finders:
            await do_errands(runtime, find)


async def do_errands(runtime: Runtime, find: Finder) -> None:
    """Once. An errand that fails is logged, and found again."""
    found: list[Errand] = []

    async def look() -> None:
        async with open_system_work(runtime, find.__name__) as work:
            found.extend(await find(work))

    await guarded(find.__name__, look())
    for errand in found:
        await guarded(find.__name__, errand())
