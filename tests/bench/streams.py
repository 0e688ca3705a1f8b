"""Many answers at once, each of 50 tokens a second, against the same read from the model itself."""

from contextlib import AsyncExitStack
from typing import Any

from tests.bench.chat import MESSAGES, made_profile, start_model
from tests.bench.figures import Line, Target, at_least, at_most
from tests.bench.processes import free_port
from tests.bench.stage import api_with_servers, load

PACE_MS = 20
PIECES = 100_000
MODEL = f"{PACE_MS}-{PIECES}-clock"
TARGETS: dict[int, tuple[Target, Target]] = {
    64: (at_least(0.97), at_most(25, "ms")),
    256: (at_least(0.90), at_most(100, "ms")),
}


async def measure(is_quick: bool) -> list[Line]:
    return await measured(64, is_quick=is_quick)


async def measured(clients: int, *, is_quick: bool) -> list[Line]:
    rounds, seconds = (2, 2.0) if is_quick else (5, 5.0)
    async with AsyncExitStack() as stack:
        ours, _ = await stack.enter_async_context(api_with_servers())
        model = f"http://127.0.0.1:{free_port()}/v1"
        await start_model(stack, model)
        profile = await made_profile(ours, model)
        asked = {"model": MODEL, "messages": MESSAGES, "stream": True}
        spec: dict[str, Any] = {"clients": clients, "seconds": seconds}
        pairs = []
        for _ in range(rounds):
            floor = await load("streams", url=f"{model}/chat/completions", body=asked, **spec)
            us = await load("streams", url=f"{ours.url}/api/chat", body=asked | {"profile_id": profile}, **spec)
            pairs.append((floor, us))
        return _lines(clients, pairs, TARGETS[clients])


def _lines(
    clients: int, pairs: list[tuple[dict[str, float], dict[str, float]]], targets: tuple[Target, Target]
) -> list[Line]:
    delivered, late = targets
    who = f"{clients} streams at {1000 // PACE_MS} tokens/s"
    return [
        Line.of_pairs(f"{who}: delivered", "tokens/s", _column(pairs, "per_second"), delivered),
        Line.of_pairs(f"{who}: token latency p50", "ms", _column(pairs, "p50")),
        Line.of_pairs(f"{who}: token latency p95", "ms", _column(pairs, "p95"), late),
        Line(f"{who}: refused at first, in all rounds", "streams", sum(us["refused"] for _, us in pairs)),
    ]


def _column(pairs: list[tuple[dict[str, float], dict[str, float]]], key: str) -> list[tuple[float, float]]:
    return [(floor[key], ours[key]) for floor, ours in pairs]
