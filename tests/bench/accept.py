"""Generations accepted by 16 clients, against a relay without a database; then all of some are run, each once."""

import asyncio
import collections
import json
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import asyncpg

from tests.bench.figures import Line, at_least, at_most
from tests.bench.processes import ROOT, free_port
from tests.bench.stage import OTHER_CORE, Api, api_with_servers, load, pin, program, until_answered
from tests.fixtures.workflows import workflow

CLIENTS = 16
RUN_SECONDS = 180
GRAPH = workflow("txt2img_sd15")
STATES = "SELECT id::text, status FROM comfyui_generations"


async def measure(is_quick: bool) -> list[Line]:
    rounds, seconds, few_seconds = (2, 1.5, 0.5) if is_quick else (9, 3.0, 1.0)
    async with AsyncExitStack() as stack:
        ours, variables = await stack.enter_async_context(api_with_servers())
        database = await asyncpg.connect(variables["DATABASE_URL"].replace("+asyncpg", ""))
        stack.push_async_callback(database.close)
        comfyui, floor = f"http://127.0.0.1:{free_port()}", f"http://127.0.0.1:{free_port()}"
        silent = program("tests.bench.silent_comfyui", comfyui.rpartition(":")[2], core=OTHER_CORE)
        async with silent:
            await _start_floor(stack, comfyui, floor)
            session = await made_session(ours, comfyui)
            asked: dict[str, Any] = {"clients": CLIENTS, "status": 201, "body": {"parameters": {"seed": 7, "steps": 1}}}
            to_ours = asked | {"url": f"{ours.url}/api/comfyui/sessions/{session}/generate"}
            pairs, accepted = [], list[str]()
            for number in range(rounds + 1):
                least = await load("calls", **asked, url=f"{floor}/generate", seconds=seconds)
                us = await load("calls", **to_ours, seconds=seconds)
                accepted += us["ids"]
                pairs += [(least, us)] if number else []
        missing, twice = _compared(accepted, [row["id"] for row in await database.fetch(STATES)])
        await database.execute("DELETE FROM comfyui_generations")
        run_log = Path(variables["SPOONFEEDER_HOME"]) / "runs.jsonl"
        command = ("simulator", "--port", comfyui.rpartition(":")[2], "--step-seconds", "0", "--run-log", str(run_log))
        for words in (command, ("worker",)):
            await stack.enter_async_context(program("spoonfeeder", *words, core=OTHER_CORE, variables=variables))
        few = (await load("calls", **to_ours, seconds=few_seconds))["ids"]
        await _until_ended(database, len(few))
        never, again = _compared(few, _executed(run_log))
    return [
        Line.of_pairs(
            f"generations accepted, {CLIENTS} clients",
            "1/s",
            [(a["per_second"], b["per_second"]) for a, b in pairs],
            at_least(0.12),
        ),
        Line.of_pairs(f"generations accepted, {CLIENTS} clients: p95", "ms", [(a["p95"], b["p95"]) for a, b in pairs]),
        Line(
            f"of {len(accepted)} accepted: missing in the database",
            "generations",
            missing,
            target=at_most(0, "generations"),
        ),
        Line(f"of {len(accepted)} accepted: there twice", "generations", twice, target=at_most(0, "generations")),
        Line(f"of {len(few)} run by a worker: never executed", "generations", never, target=at_most(0, "generations")),
        Line(f"of {len(few)} run by a worker: executed twice", "generations", again, target=at_most(0, "generations")),
    ]


async def _start_floor(stack: AsyncExitStack, comfyui: str, floor: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.bare_accept", comfyui, floor.rpartition(":")[2]),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
    )
    pin(process.pid, 0)
    stack.push_async_callback(process.wait)
    stack.callback(process.terminate)
    assert process.stdin is not None
    process.stdin.write(json.dumps(GRAPH).encode())
    process.stdin.close()
    await until_answered(f"{floor}/docs")


async def made_session(ours: Api, comfyui: str) -> str:
    profile = await ours.made("/profiles", name="Bench", provider="comfyui", url=comfyui)
    made = await ours.made("/comfyui/workflows", name="Bench", profile_id=profile, workflow_json=GRAPH)
    return await ours.made("/comfyui/sessions", profile_id=profile, workflow_id=made)


async def _until_ended(database: asyncpg.Connection, count: int) -> None:
    async with asyncio.timeout(RUN_SECONDS):
        while True:
            ended = [row for row in await database.fetch(STATES) if row["status"] in {"completed", "failed"}]
            if len(ended) >= count:
                return
            await asyncio.sleep(0.5)


def _executed(run_log: Path) -> list[str]:
    """The prompts that ComfyUI began."""
    begun = [json.loads(line) for line in run_log.read_text().splitlines()]
    return [told["prompt_id"] for told in begun if told["event"] == "start"]


def _compared(accepted: list[str], found: list[str]) -> tuple[int, int]:
    """How many are missing, and how many are there more than once."""
    counted = collections.Counter(found)
    return sum(not counted[one] for one in accepted), sum(counted[one] > 1 for one in accepted)
