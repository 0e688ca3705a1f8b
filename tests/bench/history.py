"""A page of 50 of one long session among a million generations, against asyncpg and orjson; and a deep page."""

from contextlib import AsyncExitStack
from datetime import datetime
from uuid import UUID

import httpx2

from spoonfeeder.core.pagination import Cursor
from tests.bench import bare_history, library
from tests.bench.figures import Line, at_most
from tests.bench.stage import Api, api, cpu_seconds, load


async def measure(is_quick: bool) -> list[Line]:
    lines: list[Line] = []
    for rows in (10_000, library.QUICK_ROWS if is_quick else library.ROWS):
        async with AsyncExitStack() as stack:
            variables = stack.enter_context(library.opened(rows))
            ours = await stack.enter_async_context(api(variables))
            floor = await stack.enter_async_context(
                bare_history.served(variables["DATABASE_URL"], library.LONG_SESSION)
            )
            lines += await _measured(floor, ours, rows, *((3, 1.5) if is_quick else (7, 2.5)))
    return lines


async def _measured(floor: Api, ours: Api, rows: int, rounds: int, seconds: float) -> list[Line]:
    page = f"{ours.url}/api/comfyui/sessions/{library.LONG_SESSION}"
    deep = f"{page}?cursor={await _deep_cursor(ours)}"
    loads = {"floor": (floor.pid, f"{floor.url}/"), "first": (ours.pid, page), "deep": (ours.pid, deep)}
    measured = []
    for number in range(rounds + 1):
        one = {}
        for name, (pid, url) in loads.items():
            before = cpu_seconds(pid)
            one[name] = await load("calls", url=url, clients=1, seconds=seconds)
            one[name]["cpu"] = (cpu_seconds(pid) - before) / one[name]["count"] * 1000
        measured += [one] if number else []
    who = f"history page of {bare_history.ROWS}, {rows:,} rows"
    is_large = rows > 10_000

    def line(what: str, least: str, us: str, key: str, most: float) -> Line:
        pairs = [(one[least][key], one[us][key]) for one in measured]
        return Line.of_pairs(f"{who}: {what}", "ms", pairs, at_most(most) if is_large else None)

    return [
        line("CPU of the server", "floor", "first", "cpu", 4.0),
        line("p50", "floor", "first", "p50", 3.0),
        line("deep page against the first, p50", "first", "deep", "p50", 1.6),
    ]


async def _deep_cursor(ours: Api) -> str:
    """What follows are the session's 500 oldest."""
    oldest = f"{ours.url}/api/comfyui/generations?session_id={library.LONG_SESSION}&order=asc&limit=1&page=501"
    async with httpx2.AsyncClient(timeout=60) as http:
        [row] = (await http.get(oldest)).json()["data"]
        return str(Cursor(datetime.fromisoformat(row["created_at"]), UUID(row["id"])))
