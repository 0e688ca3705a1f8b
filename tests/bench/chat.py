"""Chats that are not streamed, against a pass-through without a database; both serve on one core."""

from contextlib import AsyncExitStack
from typing import Any

from tests.bench.figures import Line, at_least, at_most
from tests.bench.processes import free_port
from tests.bench.stage import OTHER_CORE, Api, api_with_servers, load, program, until_answered

PIECES = 20
MODEL = f"0-{PIECES}"
MESSAGES = [{"role": "user", "content": "Hello"}]


async def measure(is_quick: bool) -> list[Line]:
    rounds, seconds = (2, 1.5) if is_quick else (7, 2.5)
    async with AsyncExitStack() as stack:
        ours, _ = await stack.enter_async_context(api_with_servers())
        model, floor = f"http://127.0.0.1:{free_port()}/v1", f"http://127.0.0.1:{free_port()}"
        await start_model(stack, model)
        await stack.enter_async_context(program("tests.bench.bare_chat", model, floor.rpartition(":")[2]))
        await until_answered(f"{floor}/docs")
        profile = await made_profile(ours, model)
        asked = {"profile_id": profile, "model": MODEL, "messages": MESSAGES}
        lines: list[Line] = []
        for clients in (1, 16, 64):
            targets: dict[str, dict[str, Any]] = {
                "floor": {"url": f"{floor}/chat", "body": {"model": MODEL, "messages": MESSAGES}},
                "ours": {"url": f"{ours.url}/api/chat", "body": asked},
            }
            measured = []
            for number in range(rounds + 1):
                one = {
                    name: await load("calls", clients=clients, seconds=seconds, **to) for name, to in targets.items()
                }
                measured += [one] if number else []
            lines += _lines(clients, [(one["floor"], one["ours"]) for one in measured])
        return lines


def _lines(clients: int, rounds: list[tuple[dict[str, float], dict[str, float]]]) -> list[Line]:
    who = f"chat, not streamed, {clients} client{'s' if clients > 1 else ''}"

    def line(what: str, unit: str, key: str, target: object = None) -> Line:
        return Line.of_pairs(f"{who}: {what}", unit, [(least[key], ours[key]) for least, ours in rounds], target)  # type: ignore[arg-type]

    throughput = line("answers", "1/s", "per_second", at_least(1.0) if clients == 16 else None)
    latency = line("p50", "ms", "p50", at_most(2.0) if clients == 1 else None)
    return [throughput, latency, line("p95", "ms", "p95")]


async def start_model(stack: AsyncExitStack, url: str) -> None:
    port = url.split(":")[2].split("/")[0]
    await stack.enter_async_context(program("tests.bench.paced_model", port, core=OTHER_CORE))


async def made_profile(ours: Api, model_url: str) -> str:
    return await ours.made("/profiles", name="Bench", provider="openai", url=model_url, api_key="sk-bench-0000000000")
