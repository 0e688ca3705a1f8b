"""Bar: no generated request finds a 5xx of ours or an answer that is not as the OpenAPI document says."""

import asyncio
import os
import pickle
import secrets
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.fixtures.application import Application
from tests.fuzz.stage import fill

ROOT = Path(__file__).parents[2]
ONLY_WHILE_ONE_RUNS = {"GET /api/comfyui/generations/{generation_id}/preview"}
Answers = dict[str, dict[str, int]]
"""By operation how often it answered with each status."""


async def attack(application: Application, *, examples: int, seed: int, one_in: int = 1) -> Answers:
    document = (await application.http.get("/api/openapi.json")).json()
    _needs_no_login(document)
    told = pickle.dumps((document, await fill(application)))
    command = (sys.executable, "-m", "tests.fuzz.campaign", application.url, str(examples), str(seed), str(one_in))
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=PIPE, stdout=PIPE)
    output, _ = await process.communicate(told)
    assert process.returncode == 0
    result = orjson.loads(output)
    assert result["findings"] == [], f"seed {seed}:\n\n" + "\n\n".join(result["findings"])
    answers: Answers = result["answers"]
    return answers


def _needs_no_login(document: dict[str, Any]) -> None:
    """The server runs in local mode, where what the document asks for is not asked for."""
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["security"] = []


async def test_a_few_requests_to_every_fourth_operation(application: Application) -> None:
    await attack(application, examples=2, seed=1, one_in=4)


@pytest.mark.fuzz
async def test_many_requests_to_every_operation(application: Application) -> None:
    """At least half of EXAMPLES to each that takes anything at all, and each of them succeeds now and then."""
    seed, examples = secrets.randbelow(2**32), int(os.environ.get("EXAMPLES", "100"))
    answers = await attack(application, examples=examples, seed=seed)
    sent = {operation: sum(statuses.values()) for operation, statuses in answers.items()}
    print(f"\nseed {seed}: {sum(sent.values())} requests to {len(sent)} operations")  # noqa: T201
    assert {operation: number for operation, number in sent.items() if 1 < number < examples // 2} == {}
    vain = {operation for operation, statuses in answers.items() if not statuses.keys() & {"200", "201"}}
    assert vain <= ONLY_WHILE_ONE_RUNS
