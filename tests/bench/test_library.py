"""A page of search results among a million generations of one workspace, for each filter, in the server."""

import os
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from statistics import median
from typing import Any

import pytest
import uvloop
from starlette.requests import Request

from spoonfeeder.core.actor import LOCAL_OWNER
from spoonfeeder.core.settings import Settings
from spoonfeeder.features.generations.filters import KNOWN, Named, filters_reader
from spoonfeeder.features.generations.library_router import find_generations
from spoonfeeder.features.generations.sorting import Order, Sort
from spoonfeeder.features.system import days
from spoonfeeder.runtime import Runtime, open_runtime
from spoonfeeder.work import open_work
from tests.bench import library_rows

pytestmark = pytest.mark.bench

ROWS = int(os.environ.get("LIBRARY_ROWS", "1000000"))
MOST_MS = 25.0
MOST_MS_OF_DAYS = 300.0
"""The sums of the dashboard, asked for once a minute: all rows are of the last 30 days."""
TIMES = 40
IDENT = "00000000-0000-0000-0000-0000000000"
SEARCHES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "page 50": {"page": 50},
    "limit 200": {"limit": 200},
    "q common (30 %)": {"q": "portrait"},
    "q in each": {"q": "masterpiece"},
    "q 1 %": {"q": "dragon"},
    "q 0.1 %": {"q": "lighthouse"},
    "q rare": {"q": "zeppelin"},
    "q none": {"q": "unheardof"},
    "q only long ago (6 %)": {"q": "daguerreotype"},
    "q two words": {"q": "portrait dragon"},
    "q phrase": {"q": '"best quality"'},
    "q without": {"q": "dragon -portrait"},
    "q only without": {"q": "-portrait"},
    "seed": {"seed": str(1000003 * (ROWS // 2))},
    "seed none": {"seed": "18446744073709551615"},
    "checkpoint common": {"checkpoint": "models/checkpoint_0.safetensors"},
    "checkpoint 1 %": {"checkpoint": "models/checkpoint_29.safetensors"},
    "checkpoint none": {"checkpoint": "models/nothing.safetensors"},
    "lora": {"lora": "lora_7"},
    "lora none": {"lora": "style/none.safetensors"},
    "sampler": {"sampler": "lcm"},
    "sampler none": {"sampler": "heun"},
    "scheduler": {"scheduler": "karras"},
    "scheduler none": {"scheduler": "beta"},
    "status failed": {"status": ["failed"]},
    "status failed, cancelled": {"status": ["failed", "cancelled"]},
    "status pending": {"status": ["pending"]},
    "width": {"width": 768},
    "width none": {"width": 640},
    "height": {"height": 1216},
    "width from": {"min_width": 1000},
    "width from, none": {"min_width": 5000},
    "height to": {"max_height": 600},
    "steps": {"steps": 25},
    "steps from": {"min_steps": 40, "max_steps": 60},
    "cfg": {"cfg": 5.5},
    "cfg to": {"max_cfg": 0.5},
    "favorite": {"favorite": True},
    "no favorite": {"favorite": False},
    "tag 5 %": {"tag": ["keeper"]},
    "tag 0.01 %": {"tag": ["tag 7"]},
    "two tags": {"tag": ["keeper", "tag 7"]},
    "session": {"session_id": f"{IDENT}07"},
    "project": {"project_id": f"{IDENT}07"},
    "project, word": {"project_id": f"{IDENT}07", "q": "portrait"},
    "workflow": {"workflow_id": f"{IDENT}07"},
    "profile none": {"profile_id": f"{IDENT}07"},
    "batch": {"batch_id": f"{IDENT}07"},
    "to": {"to": "2026-11-18"},
    "parameter": {"parameters.sampler_name": "lcm"},
    "parameter number": {"parameters.3.denoise": "0.50"},
    "parameter none": {"parameters.steps": "21"},
    "rare word, common sampler": {"q": "lighthouse", "sampler": "lcm"},
    "common word, rare tag": {"q": "portrait", "tag": ["tag 7"]},
    "size": {"width": 768, "height": 768},
    "sampler, steps": {"sampler": "lcm", "steps": 25},
    "two that never meet": {"width": 512, "min_height": 1000},
    "two common that never meet": {"width": 512, "parameters.height": "1024"},
    "checkpoint, word": {"checkpoint": "models/checkpoint_3.safetensors", "q": "dragon"},
    "by duration": {"sort": "duration"},
    "by duration, word": {"sort": "duration", "q": "dragon"},
    "by duration, rare word": {"sort": "duration", "q": "zeppelin"},
    "by duration, checkpoint": {"sort": "duration", "checkpoint": "models/checkpoint_3.safetensors"},
    "by duration, in each": {"sort": "duration", "q": "masterpiece", "order": "asc"},
    "by queue": {"sort": "queue"},
}
SLOWER = {
    "q only long ago (6 %)",
    "tag 5 %",
    "two common that never meet",
    "by duration, word",
    "by duration, checkpoint",
}
"""What is frequent, but not among the next rows of the order: gathered whole. Measured, beyond the bar."""
FACETS: dict[str, dict[str, Any]] = {
    "of all": {},
    "of a word (1 %)": {"q": "dragon"},
    "of a common word": {"q": "portrait"},
    "of a checkpoint": {"checkpoint": "models/checkpoint_3.safetensors"},
}


def test_a_page_for_each_filter(database_url: str, settings: Settings) -> None:
    dsn = database_url.replace("postgresql+asyncpg", "postgresql")
    slow = uvloop.run(_measured(dsn, settings))
    assert slow == {}


async def _measured(dsn: str, settings: Settings) -> Mapping[str, float]:
    began = time.perf_counter()
    await library_rows.fill(dsn, ROWS)
    print(f"\n{ROWS:,} rows in {time.perf_counter() - began:.0f} s")  # noqa: T201
    async with open_runtime(settings) as runtime:
        found = {name: await _timed(name, _call(runtime, query)) for name, query in SEARCHES.items()}
        for name, query in FACETS.items():
            await _timed(f"facets {name}", _call(runtime, {**query, "facets": True}), 5)
        by_day = await _timed("days", partial(_days, runtime), 10)
    slow = {name: p95 for name, p95 in found.items() if p95 > MOST_MS and name not in SLOWER}
    return slow | ({"days": by_day} if by_day > MOST_MS_OF_DAYS else {})


async def _days(runtime: Runtime) -> bytes:
    async with open_work(runtime, LOCAL_OWNER) as work:
        return (await days.report(work, None, None)).model_dump_json().encode()


def _call(runtime: Runtime, query: Mapping[str, Any]) -> Callable[[], Awaitable[bytes]]:
    """The route's own work, from the transaction to the bytes of the answer."""

    async def call() -> bytes:
        filters = await read(Request({"type": "http", "query_string": text.encode()}), named)
        async with open_work(runtime, LOCAL_OWNER) as work:
            answer = await find_generations(
                work,
                filters,
                page=query.get("page", 1),
                limit=query.get("limit", 20),
                sort=Sort(query.get("sort", "created_at")),
                order=Order(query["order"]) if "order" in query else None,
                with_facets=query.get("facets", False),
            )
        return bytes(answer.body)

    renamed = {"from": "since", "to": "until"}
    named = Named(**{renamed.get(name, name): value for name, value in query.items() if name in KNOWN})
    text = "&".join(f"{name}={value}" for name, value in query.items() if name.startswith("parameters."))
    read = filters_reader()
    return call


async def _timed(name: str, call: Callable[[], Awaitable[bytes]], times: int = TIMES) -> float:
    """The 95th percentile in milliseconds."""
    taken = sorted([await _milliseconds(call) for _ in range(times)])
    p95 = taken[int(len(taken) * 0.95) - 1]
    print(f"{name:40} p50 {median(taken):7.1f} ms   p95 {p95:7.1f} ms")  # noqa: T201
    return p95


async def _milliseconds(call: Callable[[], Awaitable[bytes]]) -> float:
    began = time.perf_counter()
    await call()
    return (time.perf_counter() - began) * 1000
