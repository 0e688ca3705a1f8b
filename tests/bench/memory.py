"""Memory of API and worker, at rest and the most of it under load: proportional set size, and resident beside it."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

from tests.bench import accept, streams
from tests.bench.chat import MESSAGES, made_profile, start_model
from tests.bench.figures import Line, at_most
from tests.bench.processes import free_port
from tests.bench.stage import OTHER_CORE, api_with_servers, load, memory_mb, program

REST_SECONDS = 10.0
MOST_MB = 120.0


async def measure(is_quick: bool) -> list[Line]:
    seconds = 3.0 if is_quick else 10.0
    async with AsyncExitStack() as stack:
        ours, variables = await stack.enter_async_context(api_with_servers())
        worker = await stack.enter_async_context(program("spoonfeeder", "worker", variables=variables, core=OTHER_CORE))
        await asyncio.sleep(REST_SECONDS)
        lines = [*_at_rest("API", ours.pid), *_at_rest("worker", worker.pid)]

        model = f"http://127.0.0.1:{free_port()}/v1"
        await start_model(stack, model)
        asked = {"model": streams.MODEL, "messages": MESSAGES, "stream": True}
        asked["profile_id"] = await made_profile(ours, model)
        streaming = load("streams", url=f"{ours.url}/api/chat", body=asked, clients=64, seconds=seconds)
        lines.append(Line("API, 64 streams", "MB (PSS)", await _most(streaming, lambda: memory_mb(ours.pid)["Pss"])))

        comfyui = free_port()
        command = ("simulator", "--port", str(comfyui), "--step-seconds", "0.01")
        await stack.enter_async_context(program("spoonfeeder", *command, core=OTHER_CORE, variables=variables))
        session = await accept.made_session(ours, f"http://127.0.0.1:{comfyui}")
        to: dict[str, Any] = {"url": f"{ours.url}/api/comfyui/sessions/{session}/generate", "status": 201}
        generating = load("calls", **to, clients=2, seconds=seconds, body={"parameters": {"seed": -1}})
        most = await _most(generating, lambda: memory_mb(worker.pid)["Pss"])
        return [*lines, Line("worker, generations one after the other", "MB (PSS)", most)]


def _at_rest(who: str, pid: int) -> list[Line]:
    """After ten seconds in which nobody asked for anything."""
    told = memory_mb(pid)
    return [
        Line(f"{who} at rest", "MB (PSS)", told["Pss"], target=at_most(MOST_MB, "MB (PSS)")),
        Line(f"{who} at rest, resident", "MB (RSS)", told["Rss"]),
    ]


async def _most(work: Any, taken: Callable[[], float]) -> float:
    task, most = asyncio.ensure_future(work), 0.0
    while not task.done():
        most = max(most, taken())
        await asyncio.sleep(0.2)
    await task
    return most
