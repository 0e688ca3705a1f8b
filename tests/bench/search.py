"""Searches among a million generations, against the same page by a statement of one's own, asyncpg and orjson."""

import asyncio
from contextlib import AsyncExitStack
from urllib.parse import quote, urlencode

from tests.bench import bare_history, library
from tests.bench.figures import Line, at_most
from tests.bench.filters import FILTERS
from tests.bench.load import Wire, milliseconds, opened, quantile, request_of
from tests.bench.stage import OTHER_CORE, api, pin

MOST_SECONDS = 30.0
"""Of one search."""


async def measure(is_quick: bool) -> list[Line]:
    rounds, times = (3, 5) if is_quick else (6, 20)
    async with AsyncExitStack() as stack:
        variables = stack.enter_context(library.opened(library.QUICK_ROWS if is_quick else library.ROWS))
        ours = await stack.enter_async_context(api(variables))
        floor = await stack.enter_async_context(bare_history.served(variables["DATABASE_URL"], library.LONG_SESSION))
        pin(0, OTHER_CORE)
        lines = []
        for name, (query, *_) in FILTERS.items():
            least_request = request_of("GET", f"{floor.url}/found/{quote(name)}")
            url = f"{ours.url}/api/comfyui/generations?{urlencode({**query, 'limit': bare_history.ROWS})}"
            request, pairs = request_of("GET", url), []
            for number in range(rounds + 1):
                least = await _portion(f"{name}, the floor", floor.url, least_request, times)
                us = await _portion(f"{name}, ours", ours.url, request, times)
                pairs += [(quantile(least, 0.95), quantile(us, 0.95))] if number else []
            lines.append(Line.of_pairs(f"search by {name}: p95", "ms", pairs, at_most(10.0)))
    return lines


async def _portion(who: str, url: str, request: bytes, times: int) -> list[float]:
    """On a connection of its own: the API closes one that rests for 15 s while the floor is asked."""
    wire = await opened(url)
    took = [await milliseconds(_asked(who, wire, request)) for _ in range(times)]
    wire.writer.close()
    return took


async def _asked(who: str, wire: Wire, request: bytes) -> None:
    try:
        async with asyncio.timeout(MOST_SECONDS):
            status, content = await wire.call(request)
    except TimeoutError:
        raise TimeoutError(f"The search by {who} took more than {MOST_SECONDS:g} s.") from None
    assert status == 200, f"The search by {who} was answered by {status}: {content[:500]!r}"
