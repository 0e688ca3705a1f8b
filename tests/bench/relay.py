"""From who emits, through Redis, to sockets in one room: ours against python-socketio alone, in two processes each."""

import json
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

from spoonfeeder.core.actor import LOCAL_OWNER
from tests.bench.figures import Line, Target, at_most
from tests.bench.processes import free_port
from tests.bench.stage import OTHER_CORE, api_with_servers, load, program, until_answered

FINALS = 8
"""So many generations run at once, each of 10 steps a second."""
PER_SECOND = 80
LATE_SECONDS = 20.0
P99 = {1: at_most(3.0), 200: at_most(1.5)}


async def measure(is_quick: bool) -> list[Line]:
    rounds, seconds = (2, 3.0) if is_quick else (4, 7.0)
    async with AsyncExitStack() as stack:
        ours, variables = await stack.enter_async_context(api_with_servers())
        redis_url, port = variables["REDIS_URL"], free_port()
        await stack.enter_async_context(program("tests.bench.bare_relay", "serve", redis_url, str(port)))
        floor = f"http://127.0.0.1:{port}"
        await until_answered(f"{floor}/socket.io/?EIO=4&transport=polling")
        session = await ours.made("/comfyui/sessions", title="Bench")
        source: dict[str, Any] = {"redis_url": redis_url, "session": session, "finals": FINALS, "seconds": seconds}
        source["workspace"] = str(LOCAL_OWNER.workspace_id)
        lines: list[Line] = []
        for clients in (1, 50, 200):
            pairs = []
            for _ in range(rounds):
                spec = {"clients": clients, "finals": FINALS, "within_seconds": seconds + LATE_SECONDS}
                least = await load("sockets", partial(_emit, source | {"bare": True}), url=floor, **spec)
                us = await load(
                    "sockets", partial(_emit, source | {"bare": False}), url=ours.url, session=session, **spec
                )
                pairs.append((least, us))
            lines += _lines(clients, pairs, clients * seconds * PER_SECOND)
        return lines


async def _emit(spec: dict[str, Any]) -> None:
    async with program("tests.bench.event_source", json.dumps(spec), core=OTHER_CORE) as process:
        assert await process.wait() == 0


def _lines(clients: int, pairs: list[tuple[dict[str, float], dict[str, float]]], events: float) -> list[Line]:
    who = f"relay, {clients} socket{'s' if clients > 1 else ''}, {PER_SECOND} events/s"

    def line(what: str, unit: str, key: str, target: Target | None) -> Line:
        return Line.of_pairs(f"{who}: {what}", unit, [(least[key], us[key]) for least, us in pairs], target)

    missing = max(1 - us["events"] / events for _, us in pairs) * 100
    lost = sum(us["finals_lost"] for _, us in pairs)
    return [
        line("p50", "ms", "p50", at_most(2.0) if clients == 1 else None),
        line("p99", "ms", "p99", P99.get(clients)),
        Line(f"{who}: final states lost", "events", lost, target=at_most(0, "events")),
        Line(f"{who}: progress not delivered, at most", "%", missing),
    ]
