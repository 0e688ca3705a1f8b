"""Many people at one row at once: the row ends in one state and the session's counters stay right (A56)."""

import asyncio
from collections import Counter
from typing import Any

import httpx2
import pytest

from tests.fixtures.application import ENDED, Application
from tests.fixtures.workflows import workflow
from tests.waiting import until, until_async

ACTIONS = (("POST", "/cancel"), ("DELETE", ""), ("POST", "/rerun"), ("GET", ""), ("POST", "/restore"))
EXPECTED = {200, 201, 404, 409, 503}
"""503: it waited too long for the row behind the others, and nothing was done."""


async def _storm(api: Application, generation_id: str) -> list[httpx2.Response]:
    """50 requests at once."""
    path = f"/api/comfyui/generations/{generation_id}"
    calls = [api.http.request(method, path + action) for method, action in ACTIONS * 10]
    return list(await asyncio.gather(*calls))


async def _counters_are_right(api: Application, session_id: str) -> dict[str, Any]:
    session: dict[str, Any] = await api.json("GET", f"/comfyui/sessions/{session_id}", params={"limit": 200})
    states = Counter(row["status"] for row in session["generations"])
    told = (session["generation_count"], session["completed_count"], session["failed_count"])
    assert told == (states.total(), states["completed"], states["failed"])
    return session


async def _idle(api: Application) -> bool:
    return not await api.json("GET", "/active")


async def test_a_waiting_row_is_cancelled_once(api: Application) -> None:
    session_id = await api.session(workflow("txt2img_sd15"))
    made = await api.generate(session_id)
    answers = await _storm(api, made["id"])
    assert {answer.status_code for answer in answers} <= EXPECTED
    assert sum(answer.status_code == 200 for answer in answers if answer.request.url.path.endswith("cancel")) <= 1
    session = await _counters_are_right(api, session_id)
    reruns = sum(answer.status_code == 201 for answer in answers)
    assert session["generation_count"] >= reruns


@pytest.mark.parametrize("steps", [1, 200])
async def test_a_row_that_runs_ends_once(application: Application, steps: int) -> None:
    session_id = await application.session(workflow("txt2img_sd15"))
    made = await application.generate(session_id, parameters={"steps": steps})
    await application.until(made["id"], lambda row: row["status"] != "pending")
    answers = await _storm(application, made["id"])
    assert {answer.status_code for answer in answers} <= EXPECTED
    for answer in answers:
        if answer.status_code == 201:
            await application.http.post(f"/api/comfyui/generations/{answer.json()['data']['id']}/cancel")
    await until_async(lambda: _idle(application), within_seconds=90)
    session = await _counters_are_right(application, session_id)
    assert {row["status"] for row in session["generations"]} <= ENDED


async def test_deleting_the_session_in_the_middle_stops_everything_in_it(application: Application) -> None:
    session_id = await application.session(workflow("txt2img_sd15"))
    made = [await application.generate(session_id, parameters={"steps": 8_000}) for _ in range(4)]
    await application.until(made[0]["id"], lambda row: row["status"] == "running")
    path = f"/api/comfyui/sessions/{session_id}"
    answers = await asyncio.gather(*(application.http.delete(path) for _ in range(10)))
    assert {answer.status_code for answer in answers} <= {200, 404}
    await until(lambda: application.simulator.queue.remaining() == 0)
    assert "success" not in {run.outcome for run in application.simulator.runs}
