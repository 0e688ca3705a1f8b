"""Cancelling one prompt, and nobody else's."""

import asyncio

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from spoonfeeder.comfy import cancel
from spoonfeeder.comfy.client import ComfyClient
from spoonfeeder.comfy.errors import Unreachable
from spoonfeeder.comfy.locate import Absent, Finished, Running
from tests.comfy.loopback import TROUBLE, Loopback, answer_with, interruption, loopback, success


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cancel, "PAUSE_SECONDS", 0.02)


async def test_a_waiting_prompt_is_taken_from_the_queue(server: Loopback, client: ComfyClient) -> None:
    server.running, server.pending = ["theirs"], ["a", "ours", "b"]
    assert await client.cancel("ours") == Absent()
    assert (server.running, server.pending) == (["theirs"], ["a", "b"])
    assert server.count("POST /interrupt") == server.count("POST /api/jobs") == 0


async def test_a_running_prompt_is_interrupted_by_its_job(server: Loopback, client: ComfyClient) -> None:
    server.running = ["ours"]
    assert await client.cancel("ours") == Finished(interruption("ours"))
    assert server.asked.count("POST /api/jobs/ours/cancel") == 1
    assert server.count("POST /interrupt") == 0


@pytest.mark.parametrize("version", ["0.3.64", "0.3.20", ""])
async def test_before_jobs_it_is_interrupted_by_its_id(http: httpx2.AsyncClient, version: str) -> None:
    async with loopback(version, has_jobs=False) as server:
        server.running, server.pending = ["ours"], ["theirs"]
        assert isinstance(await ComfyClient(server.url, http).cancel("ours"), Finished)
        assert server.count("POST /interrupt") == 1
        assert server.pending == ["theirs"]


@pytest.mark.parametrize("version", ["0.3.64", "0.3.20", ""])
async def test_no_interrupt_while_somebody_elses_prompt_runs(http: httpx2.AsyncClient, version: str) -> None:
    """Servers before 0.3.57 ignore the id and stop whatever runs."""
    async with loopback(version, has_jobs=False) as server:
        server.running, server.pending = ["theirs"], ["ours"]
        assert await ComfyClient(server.url, http).cancel("ours") == Absent()
        assert await ComfyClient(server.url, http).cancel("unknown") == Absent()
        assert server.count("POST /interrupt") == 0
        assert server.running == ["theirs"]


async def test_a_prompt_that_starts_meanwhile_is_followed(server: Loopback, client: ComfyClient) -> None:
    """The delete comes too late and the first interrupt is lost, as ComfyUI clears its flag when a prompt starts."""
    server.pending = ["ours"]
    interrupts: list[str] = []

    async def too_late(request: Request) -> Response:
        server.running, server.pending = ["ours"], []
        return Response()

    def lost_once(prompt_id: str) -> None:
        interrupts.append(prompt_id)
        if len(interrupts) > 1:
            server.end_interrupted(prompt_id)

    server.answers["POST /queue"], server.on_interrupt = too_late, lost_once
    assert await client.cancel("ours") == Finished(interruption("ours"))
    assert interrupts == ["ours", "ours"]


async def test_a_success_that_was_faster_is_an_outcome(server: Loopback, client: ComfyClient) -> None:
    def succeed(prompt_id: str) -> None:
        server.running, server.history = [], {prompt_id: success(prompt_id)}

    server.running, server.on_interrupt = ["ours"], succeed
    assert await client.cancel("ours") == Finished(success("ours"))


async def test_a_stuck_prompt_is_told_as_still_running(server: Loopback, client: ComfyClient) -> None:
    server.running, server.on_interrupt = ["ours"], lambda prompt_id: None
    async with asyncio.timeout(20):
        assert await client.cancel("ours", deadline_seconds=0.2) == Running()


async def test_troubles_on_the_way_are_tried_again(server: Loopback, client: ComfyClient) -> None:
    server.running = ["ours"]
    answers = iter([answer_with(500, text=TROUBLE), answer_with(502, text="")])

    async def sometimes(request: Request) -> Response:
        answer = next(answers, None)
        if answer:
            return await answer(request)
        return JSONResponse({"queue_running": [[0, prompt] for prompt in server.running], "queue_pending": []})

    server.answers["GET /queue"] = sometimes
    assert isinstance(await client.cancel("ours"), Finished)


async def test_a_server_that_stays_away_ends_the_cancel_with_its_error(server: Loopback, client: ComfyClient) -> None:
    await server.stop()
    with pytest.raises(Unreachable):
        await client.cancel("ours", deadline_seconds=0.2)


async def test_an_interrupt_always_names_its_prompt(http: httpx2.AsyncClient) -> None:
    bodies: list[object] = []

    async def note(request: Request) -> Response:
        bodies.append(await request.json())
        server.end_interrupted("ours")
        return Response()

    async with loopback("0.3.20", has_jobs=False) as server:
        server.running, server.answers["POST /interrupt"] = ["ours"], note
        await ComfyClient(server.url, http).cancel("ours")
    assert bodies == [{"prompt_id": "ours"}]
